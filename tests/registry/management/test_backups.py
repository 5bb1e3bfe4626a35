"""A backup of a site that answers, put back in a new place: the same answers, and nothing half."""

import os
import subprocess
import sys
import threading
import uuid
from contextlib import closing
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection
from PIL import Image

from registry.management import backups
from registry.management.backups import archive, sealing
from registry.models import Initiative, Role, User
from survey.models import Response
from tests import factories
from tests.serving.running import ROOT, RunningSite
from tests.survey import making
from tests.survey.sending import address, sent

KEY = "een sleutel voor back-ups, apart bewaard"


def photo(colour="green"):
    out = BytesIO()
    Image.new("RGB", (20, 10), colour).save(out, "WEBP")
    return out.getvalue()


def var_dir(path):
    """Of a machine of its own, with the front end of this clone."""
    path.mkdir()
    for name in ("static", "frontend"):
        (path / name).symlink_to(Path(site.VAR_DIR) / name)
    return path


@pytest.fixture
def new_place(tmp_path):
    """The environment of an empty site, on the kind of database that the tests run on."""
    environment = {
        "VAR_DIR": str(var_dir(tmp_path / "new")),
        "SECRET_KEY": site.SECRET_KEY,
        "BACKUP_KEY": KEY,
    }
    if connection.vendor == "sqlite":
        yield environment | {"DATABASE_URL": f"sqlite:///{tmp_path}/new/new.sqlite3"}
        return
    given, name = connection.settings_dict, f"restored_{os.getpid()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    yield environment | {"DATABASE_URL": f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{name}"}
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def manage(environment, *words):
    command = [sys.executable, "manage.py", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True)


@pytest.fixture
def one_page(db, settings, tmp_path, nobody_else):
    """A page with an image, and a member of staff."""
    settings.MEDIA_ROOT = tmp_path / "media"
    page = factories.initiative("HavenHart", slug="havenhart", image_alt="Een haven")
    page.image.save("beeld.webp", ContentFile(photo()))
    factories.person("beheer@flevoland.example", role=Role.MANAGER)
    return page


class Writer(threading.Thread):
    """Sends answers until told to stop."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.server, self.is_over, self.acknowledged = server, threading.Event(), set()

    def run(self):
        while not self.is_over.is_set():
            key = str(uuid.uuid4())
            if self.server.send("POST", address(), sent(sleutel=key)) == 200:
                self.acknowledged.add(key)


PAGES = [
    "/api/v1/initiatieven",
    "/api/v1/initiatieven/havenhart",
    "/initiatieven/havenhart/beeld/",
    "/initiatieven/",
]


@pytest.mark.django_db(transaction=True)
def test_a_backup_of_a_site_that_answers_gives_the_same_site_elsewhere(
    one_page, tmp_path, new_place, settings
):
    settings.BACKUP_KEY = KEY
    making.round()
    old = {
        "VAR_DIR": str(var_dir(tmp_path / "old")),
        "SECRET_KEY": site.SECRET_KEY,
        "ANSWERS_A_MINUTE": "1000000",
    }
    Path(tmp_path / "old" / "media").symlink_to(settings.MEDIA_ROOT)
    first, second = RunningSite(**old), RunningSite(**new_place)
    try:
        first.start()
        writer = Writer(first)
        writer.start()
        while len(writer.acknowledged) < 10 and writer.is_alive():
            writer.is_over.wait(0.01)
        before = set(writer.acknowledged)
        call_command("backup", tmp_path, stdout=StringIO())
        writer.is_over.set()
        writer.join()
        (file,) = tmp_path.glob("samenbuurten-*.backup")
        assert file.stat().st_mode & 0o777 == 0o600
        assert b"HavenHart" not in file.read_bytes()
        done = manage(new_place, "restore", file)
        assert (done.returncode, done.stderr) == (0, "")
        assert "MAIL_TO_EVERYONE" in done.stdout
        second.start()
        assert [second.fetch(path) for path in PAGES] == [first.fetch(path) for path in PAGES]
        assert photo() == second.fetch("/initiatieven/havenhart/beeld/")
    finally:
        first.kill()
        second.kill()
    restored = connection.copy()
    restored.settings_dict["NAME"] = (
        new_place["DATABASE_URL"].partition("///")[2] or f"restored_{os.getpid()}"
    )
    with restored.cursor() as cursor:
        cursor.execute("SELECT id FROM survey_response")
        stored = {str(uuid.UUID(str(key))) for (key,) in cursor.fetchall()}
        cursor.execute("SELECT password FROM registry_user WHERE email = 'beheer@flevoland.example'")
        (password,) = cursor.fetchone()
    restored.close()
    assert User.objects.get().password == password
    assert before - stored == set()
    assert stored <= {str(key) for key in Response.objects.values_list("pk", flat=True)}


@pytest.mark.django_db(transaction=True)
def test_a_restore_brings_back_this_very_site_and_asks_before(one_page, tmp_path, settings):
    file = backups.make(tmp_path / "a.backup", key="")
    one_page.name = "Anders"
    one_page.save()
    one_page.image.delete()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE of_a_newer_version (initiative bigint REFERENCES registry_initiative (id))"
        )
    # Of a page of after the backup: nobody shows it again, and nobody can have it erased.
    newer = default_storage.save("initiatieven/nieuwer.webp", ContentFile(b"x"))
    fresh = default_storage.save("initiatieven/net-gestuurd.webp", ContentFile(b"x"))
    os.utime(default_storage.path(newer), (0, 0))
    with pytest.raises(CommandError, match="niet leeg"):
        call_command("restore", file)
    assert Initiative.objects.get().name == "Anders"
    with closing(connection.copy()) as somebody_else:
        somebody_else.ensure_connection()
        with pytest.raises(CommandError, match="Stop de site"):
            call_command("restore", file, replace=True)
    assert Initiative.objects.get().name == "Anders"
    told = StringIO()
    call_command("restore", file, replace=True, stdout=told)
    assert "1 afbeeldingen die bij geen pagina horen" in told.getvalue()
    aside = next(site.VAR_DIR.glob("*.before-restore"), None)
    page = Initiative.objects.get()
    os.utime(page.image.path, (0, 0))
    call_command("sweep_images", dry_run=True)
    assert default_storage.exists(newer)
    call_command("sweep_images")
    assert (default_storage.exists(newer), default_storage.exists(fresh)) == (False, True)
    with page.image.open() as image:
        assert (page.name, image.read()) == ("HavenHart", photo())
    assert "of_a_newer_version" not in connection.introspection.table_names()
    if aside:
        aside.unlink()


@pytest.fixture
def sealed(one_page, tmp_path, monkeypatch):
    monkeypatch.setattr(sealing, "CHUNK", 4096)
    return backups.make(tmp_path / "sealed.backup", key=KEY)


def broken(data):
    """Name, and what became of a backup that holds these bytes."""
    middle = len(data) // 2
    yield "a bit", data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    yield "cut off", data[:middle]
    yield "cut off between two chunks", data[: len(sealing.MAGIC) + 16 + 2 * (4096 + 16)]
    yield "the last byte", data[:-1]
    yield "something behind it", data + b"x"
    yield "empty", b""
    yield "something else", b"PK\3\4" + os.urandom(3000)
    yield "a seal around nothing", sealing.MAGIC


@pytest.mark.django_db(transaction=True)
def test_what_is_damaged_or_foreign_is_refused_and_changes_nothing(sealed, one_page, tmp_path):
    plain = backups.make(tmp_path / "plain.backup", key="")
    assert backups.verify(sealed, key=KEY)["rows"] == backups.verify(plain, key="")["rows"]
    Initiative.objects.update(name="Van nu")
    for whole, key in ((sealed, KEY), (plain, "")):
        for what, data in broken(whole.read_bytes()):
            file = tmp_path / "broken.backup"
            file.write_bytes(data)
            with pytest.raises(backups.Unusable):
                backups.restore(file, key=key, replace=True)
            assert Initiative.objects.get().name == "Van nu", what
    for key in ("", "another"):
        with pytest.raises(backups.Unusable, match="BACKUP_KEY"):
            backups.verify(sealed, key=key)
    assert not list(tmp_path.glob(".*"))


def rewritten(source, target, **changes):
    """The backup again, with another manifest."""
    with archive.writing(target, "") as out:
        for name, content in archive.members(source, ""):
            if name == archive.LAST:
                out.add_json(name, content | changes | {"files": dict(out.files)})
            else:
                data = content.read()
                out.add(name, BytesIO(data), len(data))
    return target


@pytest.mark.django_db(transaction=True)
def test_of_another_database_a_newer_version_or_with_other_rows_is_refused(one_page, tmp_path):
    file, other = backups.make(tmp_path / "a.backup", key=""), tmp_path / "b.backup"
    manifest = backups.verify(file, key="")
    newer = {**manifest["migrations"], "registry": ["0001_initial", "9999_of_tomorrow"]}
    for changes, words in (
        ({"vendor": "oracle"}, "oracle"),
        ({"migrations": newer}, "9999_of_tomorrow"),
        ({"rows": manifest["rows"] | {"registry_initiative": 2}}, "andere rijen"),
    ):
        with pytest.raises(backups.Unusable, match=words):
            backups.restore(rewritten(file, other, **changes), key="", replace=True)
    assert backups.verify(rewritten(file, other), key="")


@pytest.mark.django_db(transaction=True)
def test_of_settings_it_names_what_is_set_and_holds_no_value(one_page, tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "geheim-van-de-site")
    file = backups.make(tmp_path / "a.backup", key="")
    contents = {
        name: content if name == archive.LAST else content.read()
        for name, content in archive.members(file, "")
    }
    manifest = contents[archive.LAST]
    assert "SECRET_KEY" in manifest["settings"]
    assert "geheim-van-de-site" not in str(contents)
    assert set(manifest) == {"made_at", "vendor", "code", "migrations", "settings", "rows", "files"}


@pytest.mark.once
def test_what_a_killed_backup_left_goes_with_the_next(tmp_path):
    folder, file, fresh = (tmp_path / f".samenbuurten-{name}.backup.1" for name in "abc")
    folder.mkdir()
    for path in (folder / "database.dump", file, fresh):
        path.touch()
    for path in (folder, file):
        os.utime(path, (0, 0))
    with archive.writing(tmp_path / "nieuw.backup", ""):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {"nieuw.backup", fresh.name}


@pytest.mark.once
def test_only_the_newest_stay(tmp_path):
    names = [f"samenbuurten-2026-11-{day}T000000Z.backup" for day in (10, 11, 12)]
    for name in (*names, "van-iemand-anders.backup"):
        (tmp_path / name).touch()
    assert backups.prune(tmp_path, keep=2) == names[:1]
    assert len(list(tmp_path.iterdir())) == 3
