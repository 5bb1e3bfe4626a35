"""A disk that is full or a database that takes nothing in: reading goes on, and what was typed is not lost."""

import sqlite3
import uuid
from contextlib import contextmanager
from html import unescape

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from registry.foundation import ratelimit
from registry.models import Notice
from survey.models import OpenAnswer, Response
from tests import factories
from tests.survey import making
from tests.survey.sending import address, sent

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
TELL = reverse("registry:tell")
WRITTEN_TO = ("survey_response", "registry_notice", "registry_searchmiss")
LONG = "Regel één\n<b>HavenHart</b> " + "é" * 1900  # two do not fit in the page that an empty table has


def run(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            result = cursor.fetchone() if cursor.description else None
    return result


@contextmanager
def read_only():
    is_sqlite = connection.vendor == "sqlite"
    run("PRAGMA query_only = ON" if is_sqlite else "SET default_transaction_read_only = on")
    try:
        yield
    finally:
        run("PRAGMA query_only = OFF" if is_sqlite else "SET default_transaction_read_only = off")


@contextmanager
def full():
    """On SQLite not one page more. PostgreSQL gives the error that it gives then."""
    if connection.vendor == "sqlite":
        run("VACUUM")
        (pages,) = run("PRAGMA page_count")
        run(f"PRAGMA max_page_count = {pages}")
        try:
            yield
        finally:
            run("PRAGMA max_page_count = 1073741823")
        return
    run(
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$",
        *(
            f"CREATE TRIGGER no_room BEFORE INSERT ON {table} EXECUTE FUNCTION no_room()"
            for table in WRITTEN_TO
        ),
    )
    try:
        yield
    finally:
        run("DROP FUNCTION no_room CASCADE")


@contextmanager
def locked():
    """Somebody else writes for longer than a request waits."""
    if connection.vendor == "sqlite":
        run("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.close()
            run("PRAGMA busy_timeout = 20000")
        return
    run("SET lock_timeout = 50")
    other = connections.create_connection("default")
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {', '.join(WRITTEN_TO)} IN SHARE MODE")
        yield
    finally:
        other.close()
        run("SET lock_timeout = 0")


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def form_of(page):
    """The fields of the form on a page, as a browser sends them."""
    names_and_values = page.text.split('<textarea name="')[1:]
    fields = {}
    for part in names_and_values:
        name, _mark, rest = part.partition('" hidden>\n')
        fields.setdefault(unescape(name), []).append(unescape(rest.partition("</textarea>")[0]))
    return fields


def assert_kept(page, *, can_read=True):
    assert page.status_code == 503
    assert (page["Retry-After"], page["Cache-Control"]) == ("15", "no-store")
    assert ("Lezen kan nog wel" in page.text) == can_read
    assert "Het is niet opgeslagen" in page.text
    form = form_of(page)
    assert LONG in (form.get("woorden-voorbeeld") or form["text"])[0]


def post_until_refused(client, path, make):
    """The fields and the answer of the first that is not taken. What fits in pages that are there already is."""
    for taken in range(9):
        fields = make()
        page = client.post(path, fields)
        if page.status_code >= 400:
            return fields, page, taken
    raise AssertionError("The disk is not full.")


@pytest.mark.parametrize("fault", [full, read_only, locked])
def test_an_answer_and_a_form_keep_what_was_typed(client, fault):
    round = making.round()
    readable = f"/ /initiatieven/ /enquete/ {address()} /api/v1/initiatieven /zoeken/?zoek=onvindbaar"
    with fault():
        answer, kept_answer, answers = post_until_refused(
            client, address(), lambda: sent(**{"woorden-voorbeeld": LONG})
        )
        _note, kept_note, notes = post_until_refused(
            client, TELL, lambda: factories.typed(text=f"{LONG}{uuid.uuid4()}", kind="fout")
        )
        assert {path: client.get(path).status_code for path in readable.split()} == dict.fromkeys(
            readable.split(), 200
        )
    assert_kept(kept_answer, can_read=fault is not locked)
    assert_kept(kept_note, can_read=fault is not locked)
    assert not kept_answer.cookies
    # The device keeps what no receipt came for.
    assert "X-Inzending" not in kept_answer
    assert (Response.objects.count(), Notice.objects.count()) == (answers, notes)
    again = client.post(address(), form_of(kept_answer))
    assert (again.status_code, again["X-Inzending"]) == (200, f"ontvangen {answer['sleutel']}")
    words = OpenAnswer.objects.get(response=answer["sleutel"], response__round=round).text
    assert words.split() == LONG.split()
    client.post(TELL, form_of(kept_note))
    assert (Response.objects.count(), Notice.objects.count()) == (answers + 1, notes + 1)


def test_without_its_cache_people_still_log_in(client):
    person = factories.person("eigenaar@voorbeeld.nl")
    run("ALTER TABLE cache RENAME TO gone")
    ratelimit.forget()
    try:
        response = client.post("/account/login/code/", {"email": person.email})
    finally:
        run("ALTER TABLE gone RENAME TO cache")
    assert (response.status_code, response.url) == (302, "/account/login/code/confirm/")


def test_an_image_that_was_not_put_back_is_not_there(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    initiative = factories.initiative("HavenHart", image="initiatieven/weg.webp", image_alt="Een tuin")
    assert client.get(reverse("registry:initiative-detail", args=[initiative.slug])).status_code == 200
    assert client.get(reverse("registry:initiative-image", args=[initiative.slug])).status_code == 404
