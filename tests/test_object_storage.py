"""Whatever the site keeps as a file works in a bucket as it does on a disk, and what is not there is 404."""

import re
import socket

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.foundation.away import StorageAway
from registry.importing import staging
from registry.management import backups
from registry.models import Role
from samenbuurten import object_storage
from samenbuurten.object_storage import S3Storage
from tests import factories, object_store

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    with object_store.running(tmp_path_factory.mktemp("s3")) as options:
        yield options


@pytest.fixture(params=["disk", "bucket"])
def storage(request, settings, tmp_path):
    """The default storage, on a disk and in a bucket."""
    if request.param == "disk":
        default = {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        }
    else:
        options = request.getfixturevalue("bucket") | {"prefix": tmp_path.name}
        default = {"BACKEND": "samenbuurten.object_storage.S3Storage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"default": default}
    expected = FileSystemStorage if request.param == "disk" else S3Storage
    assert not default_storage.exists("x")
    assert isinstance(default_storage._wrapped, expected)
    return default_storage


def read(storage, name):
    with storage.open(name) as file:
        return file.read()


def test_both_do_the_same(storage):
    assert storage.save("map/een", ContentFile(b"inhoud")) == "map/een"
    # A second one of the name is not written over the first.
    other = storage.save("map/een", ContentFile(b"anders"))
    assert other != "map/een"
    assert read(storage, "map/een") == b"inhoud"
    assert storage.size(other) == 6
    assert abs((timezone.now() - storage.get_modified_time("map/een")).total_seconds()) < 60
    storage.save("boven", ContentFile(b""))
    assert storage.listdir("") == (["map"], ["boven"])
    assert sorted(storage.listdir("map")[1]) == sorted(["een", other.removeprefix("map/")])
    with storage.open("map/een", "w") as file:
        file.write("weer anders")
    assert read(storage, "map/een") == b"weer anders"
    storage.delete("map/een")
    storage.delete("map/een")
    assert not storage.exists("map/een")
    for act in (storage.open, storage.size, storage.get_modified_time):
        with pytest.raises(FileNotFoundError):
            act("map/een")


def test_a_parked_file_comes_back_once(storage, db):
    by = factories.person("redacteur@flevoland.example", role=Role.EDITOR)
    ticket = staging.park(b"naam\nHavenHart\n", by=by, what="initiative", file_name="a.csv")
    promise = staging.promise(ticket, sheet="", columns=["naam"], seen=[1])
    plan = staging.promised(promise, by=by, what="initiative")
    assert (plan.file.content(), plan.seen) == (b"naam\nHavenHart\n", [1])
    staging.put(plan.key, {"done": 1})
    assert staging.got(plan.key) == {"done": 1}
    staging.discard(plan)
    assert (staging.parked(ticket, by=by, what="initiative"), staging.got(plan.key)) == (None, {})


def test_what_nobody_said_yes_to_is_swept(storage, db, monkeypatch):
    by = factories.person("redacteur@flevoland.example", role=Role.EDITOR)
    ticket = staging.park(b"x", by=by, what="initiative", file_name="a.csv")
    staging.sweep()
    assert staging.parked(ticket, by=by, what="initiative")
    monkeypatch.setattr(staging, "MAX_AGE", timezone.timedelta(seconds=-60))
    staging.sweep()
    assert storage.listdir(staging.FOLDER) == ([], [])


@pytest.mark.django_db
def test_an_image_goes_out_and_one_that_is_not_there_is_404(storage, client):
    page = factories.initiative("HavenHart", slug="havenhart", image_alt="Een haven")
    page.image.save("beeld.webp", ContentFile(b"beeld"))
    address = reverse("registry:initiative-image", args=["havenhart"])
    assert b"".join(client.get(address).streaming_content) == b"beeld"
    storage.delete(page.image.name)
    assert client.get(address).status_code == 404
    manager = factories.person("beheer@flevoland.example", role=Role.MANAGER)
    client.force_login(manager)
    assert client.get(reverse("admin:registry_initiative_image", args=[page.pk])).status_code == 404


@pytest.mark.usefixtures("nobody_else")
@pytest.mark.django_db(transaction=True)
def test_a_backup_takes_images_from_either_and_puts_them_back(storage, tmp_path_factory):
    page = factories.initiative("HavenHart", image_alt="Een haven")
    page.image.save("beeld.webp", ContentFile(b"beeld"))
    staging.park(b"x", by=page, what="initiative", file_name="a.csv")
    file = backups.make(tmp_path_factory.mktemp("backup") / "a.backup", key="")
    assert len(backups.verify(file, key="")["files"]) == 3
    storage.delete(page.image.name)
    _manifest, aside = backups.restore(file, key="", replace=True)
    aside.unlink()
    assert read(storage, page.image.name) == b"beeld"


def test_a_store_that_hangs_holds_nobody_long(bucket, monkeypatch):
    """It takes connections, and says nothing: whoever comes once that is known waits for nothing."""
    monkeypatch.setattr(object_storage, "TIMEOUT_OF_A_LOOK_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        host, port = silent.getsockname()
        storage = S3Storage(**bucket | {"endpoint": f"http://{host}:{port}"})
        with pytest.raises(StorageAway) as first:
            storage.exists("een")
        with pytest.raises(StorageAway) as second:
            storage.open("een")
    assert (bool(first.value.__cause__), second.value.__cause__) == (True, None)


def test_a_wrong_key_does_not_open_the_bucket(bucket):
    stranger = S3Storage(**bucket | {"secret_key": "geraden"})
    with pytest.raises(StorageAway) as refusal:
        stranger.save("een", ContentFile(b"x"))
    assert re.search(r"(?i)denied|forbidden|signature|403", str(refusal.value.__cause__))


@pytest.mark.django_db
def test_a_store_that_is_away_is_503_for_what_needs_it_and_is_not_asked_all_the_time(
    settings, bucket, client
):
    client.raise_request_exception = False
    nowhere = {"BACKEND": "samenbuurten.object_storage.S3Storage"}
    nowhere["OPTIONS"] = bucket | {"endpoint": "http://127.0.0.1:1"}
    settings.STORAGES = settings.STORAGES | {"default": nowhere}
    page = factories.initiative("HavenHart", slug="havenhart", image_alt="Een haven", image="beeld.webp")
    manager = Client(raise_request_exception=False)
    manager.force_login(factories.person("beheer@flevoland.example", role=Role.MANAGER))
    of_staff = manager.get(reverse("admin:registry_initiative_image", args=[page.pk]))
    with pytest.raises(StorageAway) as refusal:
        default_storage.open("beeld.webp")
    assert refusal.value.__cause__ is None  # known a moment ago: the store was not asked
    answer = client.get(reverse("registry:initiative-image", args=["havenhart"]))
    for response in (answer, of_staff):
        assert (response.status_code, response["Retry-After"]) == (503, "15")
        assert "public" not in response["Cache-Control"]
    assert client.get(reverse("registry:initiative-detail", args=["havenhart"])).status_code == 200
    # It is back: after a while one asks, and then everybody.
    default_storage.options, default_storage.ask_after = bucket, 0.0
    for connected in ("store", "store_for_a_look"):
        default_storage._wrapped.__dict__.pop(connected, None)
    assert client.get(reverse("registry:initiative-image", args=["havenhart"])).status_code == 404
    assert not default_storage.is_away
