"""Two machines are one site: whichever answers, and also while one goes and comes."""

import os
import re
import threading
import time
import uuid
from collections import Counter
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone

from registry.mail import letters
from registry.models import Initiative, JobRun, Organisation, Ownership, Role, WebhookSubscription
from registry.partners import api_keys, webhooks
from survey.models import Response
from tests import databases, factories
from tests.machines import running
from tests.machines.running import Visitor
from tests.registry.management.test_backups import photo
from tests.registry.partners.webhooks.conftest import Receiver
from tests.survey import making
from tests.survey.sending import address, sent

pytestmark = pytest.mark.postgresql
A, B = 0, 1


@pytest.fixture(scope="module")
def park(django_db_setup, django_db_blocker, tmp_path_factory):
    """With a database of its own, which the tests of this module read and write too."""
    name, of_the_others = f"machines_{os.getpid()}", connection.settings_dict["NAME"]
    with django_db_blocker.unblock():
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE {name} TEMPLATE "{databases.TEMPLATE}"')
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            call_command("load_deck", verbosity=0)
            with running.running(tmp_path_factory.mktemp("machines")) as park:
                bucket = {"BACKEND": "samenbuurten.object_storage.S3Storage", "OPTIONS": park.bucket}
                with override_settings(STORAGES=settings.STORAGES | {"default": bucket}):
                    park.start_nginx()
                    yield park
        finally:
            connection.close()
            connection.settings_dict["NAME"] = of_the_others
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def haven(park):
    page = factories.initiative("HavenHart", slug="havenhart-a", image_alt="Een haven")
    page.image.save("beeld.webp", ContentFile(photo()))
    return page


@pytest.fixture(scope="module")
def staff(park):
    """Somebody who is logged in, as a browser that both machines see."""
    manager = factories.person("beheer@flevoland.example", role=Role.MANAGER)
    client, visitor = Client(), Visitor(park)
    client.force_login(manager)
    visitor.cookies["__Host-sessionid"] = client.cookies["sessionid"].value
    return visitor


def test_both_give_the_same_bytes_and_know_each_others_versions(park, haven):
    visitor = Visitor(park, "203.0.113.1")
    for path in (
        "/api/v1/initiatieven", "/api/v1/initiatieven/havenhart-a", "/initiatieven/havenhart-a/beeld/",
        "/open-data/initiatieven.csv", "/open-data/initiatieven.geojson", "/catalogus.ttl",
    ):  # fmt: skip
        one, other = visitor.get(path, A), visitor.get(path, B)
        assert (one.status, one.body) == (other.status, other.body) == (200, other.body), path
        etag = one.headers["ETag"]
        assert etag == other.headers["ETag"]
        assert visitor.get(path, B, **{"If-None-Match": etag}).status == 304, path
    haven.name = "HavenHart aan het water"
    haven.save()
    for at in (A, B, None):
        assert b"aan het water" in visitor.get("/api/v1/initiatieven/havenhart-a", at).body
        assert b"aan het water" in visitor.get("/initiatieven/?zoek=havenhart", at).body


def test_nginx_gives_files_of_the_front_end_and_no_token_to_a_log(park):
    visitor = Visitor(park)
    page = visitor.get("/")
    assert page.headers["Strict-Transport-Security"]
    (path,) = {path.decode() for path in re.findall(rb'href="(/static/[^"]+\.css)"', page.body)}
    file = visitor.get(path, **{"Accept-Encoding": "gzip"})
    assert (file.status, file.headers["Content-Encoding"]) == (200, "gzip")
    assert "immutable" in file.headers["Cache-Control"]
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert visitor.get("/bevestigen/geheim/").status < 500
    assert not [log for log in (park.home / "nginx").glob("*.log") if log.read_text()]


def test_an_import_is_seen_on_one_and_agreed_to_on_the_other(park, staff):
    page = reverse("admin:registry_organisation_import")
    assert staff.get(page, A).status == 200
    shown = staff.post(page, {}, B, files={"file": ("a.csv", b"naam\nBuurthuis de Brug\n")})
    ticket = re.search(rb'name="ticket" value="([^"]+)"', shown.body)
    assert ticket, shown.body[-3000:]
    done = staff.post(page, {"ticket": ticket[1].decode()}, A)
    assert done.status == 302
    assert Organisation.objects.filter(name="Buurthuis de Brug").count() == 1


def test_a_code_that_one_mailed_lets_in_at_the_other_and_is_mailed_once(park, haven):
    owner = factories.person("eigenaar@voorbeeld.example")
    Ownership.objects.create(initiative=haven, user=owner)
    visitor, ask, confirm = (
        Visitor(park),
        reverse("account_request_login_code"),
        reverse("account_confirm_login_code"),
    )
    visitor.get(ask, A)
    assert visitor.post(ask, {"email": owner.email}, B).status == 302
    works = [park.manage(at, "work", "--every", "0.2", "--rounds", "8") for at in (A, B)]
    for number in range(20):
        link = f"{settings.SITE_URL}/enquete/"
        letters.send(
            "meting-volgen-bevestigen", f"lezer-{number}@voorbeeld.example", meting="Festival", adres=link
        )
    assert [work.wait(120) for work in works] == [0, 0]
    counts = Counter(recipients for recipients, _content in park.mail.taken)
    assert set(counts.values()) == {1}
    assert len(counts) == 21
    code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", park.mail.last_letter(owner.email), re.M)[1]
    visitor.get(confirm, A)
    assert visitor.post(confirm, {"code": code}, A).status == 302
    assert visitor.get(reverse("registry:mine"), B).status == 200


def test_webhooks_go_once_and_the_daily_work_is_done_once(park, haven):
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    key = api_keys.issue(
        name="Gemeente",
        email="api@voorbeeld.nl",
        expires_on=timezone.localdate() + timedelta(days=9),
        by=None,
    )[0]
    subscription = WebhookSubscription(key=key, url=receiver.url)
    webhooks.start(subscription)
    subscription.save()
    for number in range(10):
        factories.initiative(f"Nieuw {number}")
    works = [park.manage(at, "deliver_webhooks") for at in (A, B)]
    works += [park.manage(at, "daily_work") for at in (A, B)]
    assert [work.wait(120) for work in works] == [0, 0, 0, 0]
    messages = Counter(
        headers.get("webhook-id") or headers["Webhook-Id"] for headers, _body in receiver.received
    )
    receiver.shutdown()
    receiver.server_close()
    assert (len(messages), set(messages.values())) == (10, {1})
    assert not JobRun.objects.filter(is_failed=True).exists()
    assert JobRun.objects.filter(ended_at=None).count() == 0


def test_limits_are_counted_for_both_together(park):
    visitor = Visitor(park, "203.0.113.77")
    began, statuses = time.monotonic(), {A: [], B: []}
    for at in (A, B) * 40:
        statuses[at].append(visitor.get("/api/v1/niveaus", at).status)
    windows = 1 + (time.monotonic() - began) // 60
    taken = [one.count(200) for one in statuses.values()]
    assert sum(taken) <= 60 * windows
    assert min(taken) > 0
    # What a process has on lease and does not use is at most a twentieth.
    assert windows > 1 or (sum(taken) >= 60 - 4 * 3 and all(429 in one for one in statuses.values()))


class Load:
    """Visitors who read and answer, through nginx, until told to stop."""

    PATHS = (
        "/",
        "/initiatieven/",
        "/initiatieven/havenhart-a/",
        "/initiatieven/havenhart-a/beeld/",
        "/knelpunten/",
    )

    def __init__(self, park):
        self.park, self.is_over = park, threading.Event()
        self.read, self.sent, self.acknowledged, self.broken = Counter(), 0, set(), Counter()

    def reads(self):
        visitor, number = Visitor(self.park), 0
        while not self.is_over.is_set():
            number += 1
            try:
                self.read[visitor.get(self.PATHS[number % len(self.PATHS)]).status] += 1
            except OSError as error:
                self.read[type(error).__name__] += 1

    def answers(self):
        visitor = Visitor(self.park)
        while not self.is_over.is_set():
            key = str(uuid.uuid4())
            status = visitor.post(address(), sent(sleutel=key)).status
            if status == 200:
                self.acknowledged.add(key)
            else:
                self.broken[status] += 1

    def __enter__(self):
        acts = [self.reads, self.reads, self.answers, self.answers]
        self.threads = [threading.Thread(target=act) for act in acts]
        for thread in self.threads:
            thread.start()
        return self

    def goes_on(self, reads=30, answers=10):
        """Wait until so many more were read and answered."""
        read, answered = self.read.total() + reads, len(self.acknowledged) + answers
        ends_by = time.monotonic() + 120
        while self.read.total() < read or len(self.acknowledged) < answered:
            assert time.monotonic() < ends_by, (self.read, len(self.acknowledged), self.broken)
            time.sleep(0.02)

    def __exit__(self, *_error):
        self.is_over.set()
        for thread in self.threads:
            thread.join()


# nginx leaves a server that refused alone for so long (deploy/nginx/upstream.conf).
LEFT_ALONE = 3.5


def test_one_is_stopped_killed_and_added_under_load(park, haven, capsys):
    making.round()
    with Load(park) as load:
        load.goes_on()
        # Stopped, as an upgrade does it: nothing fails.
        park.machines[A].stop()
        load.goes_on()
        assert (set(load.read), load.broken) == ({200}, Counter())
        park.machines[A].start()
        time.sleep(LEFT_ALONE)
        load.goes_on()
        assert (set(load.read), load.broken) == ({200}, Counter())
        park.machines[B].kill()
        load.goes_on()
        park.machines[B].start()
        time.sleep(LEFT_ALONE)
        load.goes_on()
    with capsys.disabled():
        print(f"\nread {dict(load.read)}, acknowledged {len(load.acknowledged)}, broken {dict(load.broken)}")
    # Killed without a word: what was only read is asked of the other; of what was sent, only what it was at is broken.
    assert set(load.read) == {200}
    assert set(load.broken) <= {502}
    assert load.broken[502] <= 2
    assert load.acknowledged <= {str(key) for key in Response.objects.values_list("pk", flat=True)}
    assert Initiative.objects.filter(pk=haven.pk).exists()
