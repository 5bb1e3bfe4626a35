"""What is not public shows through no door: each secret, each door, each person who may not see it."""

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.urls import get_resolver

from registry.api.hsds_urls import urlpatterns as of_hsds
from registry.exporting.writers import FILES
from registry.foundation import ratelimit
from registry.models import ContentStamp
from registry.urls import urlpatterns
from tests.registry.leaks import api, given
from tests.registry.leaks.doors import DOORS, SCOPED, text_of
from tests.registry.leaks.world import HIDDEN, Secret, add_secrets, nothing, public_world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
OUTSIDERS = ["bezoeker", "andere eigenaar", "andere gemeente"]
# As a visitor every door is tried on each database; who is logged in differs by rules that know none.
EVERYWHERE = OUTSIDERS[:1]
WHAT = [f"status {status}" for status in HIDDEN] + [
    "voorstel",
    "contactgegevens",
    "precieze plek",
    "adres van de eigenaar",
    "reden van een besluit",
    "melding",
    "brief",
    "volger",
    "koppeling",
    "casus van iets verborgens",
    "casus in concept",
]
# Who may see it, does: a walk that finds nothing anywhere proves nothing.
CONTROLS = [
    *(("eigenaar", "my-edit erover", f"status {status}") for status in HIDDEN if status != "samengevoegd"),
    *(("eigen gemeente", "admin:registry_initiative_change erover", f"status {status}") for status in HIDDEN),
    ("eigenaar", "my-initiative erover", "voorstel"),
    ("eigenaar", "my-initiative erover", "adres van de eigenaar"),
    ("eigenaar", "my-initiative erover", "reden van een besluit"),
    ("eigen gemeente", "admin:registry_initiative_change erover", "contactgegevens"),
    ("eigen gemeente", "admin:registry_initiative_change erover", "precieze plek"),
    ("eigen gemeente", "admin:registry_notice_change erover", "melding"),
    ("eigen gemeente", "admin:registry_changeproposal_change erover", "voorstel"),
    ("eigen gemeente", "admin:registry_link_changelist", "koppeling"),
    ("eigen gemeente", "admin:registry_case_change erover", "casus in concept"),
    ("eigen gemeente", "admin:registry_case_change erover", "casus van iets verborgens"),
]
# The words of the taxonomies, one by one: no initiative is in them, and bottlenecks are in their list.
NO_CONTENT = {"hsds:root", "hsds:taxonomy", "hsds:taxonomy-term"}
# Where words are searched, and by which parameter.
SEARCHES = {
    "/initiatieven/": "zoek",
    "/initiatieven/feed.xml": "zoek",
    "/zoeken/": "zoek",
    "/casussen/": "zoek",
    "/insluiten/lijst/": "zoek",
    "/insluiten/kaart/": "zoek",
    f"{api.ROOT}/initiatieven": "zoek",
    f"{api.ROOT}/casussen": "zoek",
    "/hsds/services": "search",
}
PUBLIC = [door for door in DOORS if not door.covers.startswith("admin:")]


@dataclass
class Walk:
    """What each person read at each door: without any secret there, and about each secret."""

    bare: dict = field(default_factory=dict)
    read: dict = field(default_factory=dict)
    secrets: dict = field(default_factory=dict)
    control: dict = field(default_factory=dict)
    nothing: Secret = field(default_factory=nothing)
    never: dict = field(default_factory=dict)
    searched: dict = field(default_factory=dict)


def _ask(door, client, secret, world):
    """Nothing that a door does stays."""
    with transaction.atomic():
        before = ContentStamp.current()
        text = text_of(door.ask(client, secret, world))
        if ContentStamp.current() != before:
            caches["figures"].clear()
        transaction.set_rollback(True)
    ratelimit.forget()
    Path(settings.LIMITS_AT).unlink(missing_ok=True)
    return text


def _client(user):
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.fixture(scope="module")
def walk(django_db_setup, django_db_blocker, tmp_path_factory):
    """One walk past all doors; the tests look at what was read."""
    done = Walk()
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("django.conf.settings.API_REQUESTS_A_MINUTE", 10**9)
        patch.setattr(
            "django.conf.settings.LIMITS_AT", str(tmp_path_factory.mktemp("limits") / "walk.sqlite3")
        )
        patch.setattr("django.conf.settings.MEDIA_ROOT", str(tmp_path_factory.mktemp("media")))
        world = public_world()
        clients = {who: _client(user) for who, user in world.people.items()}
        for door in PUBLIC:
            if not door.is_about:
                done.bare[door.label] = _ask(door, clients["bezoeker"], None, world)
        done.secrets = add_secrets(world)
        for who in OUTSIDERS if connection.vendor == "sqlite" else EVERYWHERE:
            for door in DOORS:
                # Nothing stays of what was asked before: of two secrets of which a door names the same, it is asked once.
                heard = {}
                for what, secret in done.secrets.items():
                    about = door.names(secret) if door.is_about else None
                    if about not in heard:
                        heard[about] = _ask(door, clients[who], secret, world)
                    done.read[who, door.label, what] = heard[about]
        done.control = {
            (who, label, what): _ask(door, clients[who], done.secrets[what], world)
            for who, label, what in CONTROLS
            for door in DOORS
            if door.label == label
        }
        for door in PUBLIC:
            if door.is_about:
                done.never[door.label] = _ask(door, clients["bezoeker"], done.nothing, world)
        for address, name in SEARCHES.items():
            for word in ("zqnergens", *hidden_words(done)):
                response = clients["bezoeker"].get(address, {name: word})
                done.searched[address, word] = _without(text_of(response), word)
        transaction.set_rollback(True)
    caches["figures"].clear()
    return done


def hidden_words(walk):
    """One word each: a number with a comma would be looked for as two."""
    return {mark for secret in walk.secrets.values() for mark in secret.marks if "," not in mark}


def _without(text, *words):
    """The same for each word of any length that was typed."""
    for word in words:
        text = text.replace(word.lower(), "…")
    return re.sub(r"'content-length': '\d+'", "", steady(text))


@pytest.mark.parametrize(
    "who", [who if who in EVERYWHERE else pytest.param(who, marks=pytest.mark.once) for who in OUTSIDERS]
)
def test_no_leak(walk, who):
    """At once for all doors and secrets: ten thousand tests would take longer to count than to look."""
    assert {(door.label, what) for door in DOORS for what in WHAT} == {
        (label, what) for person, label, what in walk.read if person == who
    }
    shown = [
        (label, what, mark)
        for (person, label, what), text in walk.read.items()
        for mark in walk.secrets[what].marks
        if person == who and mark in text
    ]
    assert shown == []


@pytest.mark.parametrize(("who", "door", "what"), CONTROLS)
def test_who_may_see_it_does(walk, who, door, what):
    text = walk.control[who, door, what]
    assert [mark for mark in walk.secrets[what].marks if mark in text] != []


@pytest.mark.parametrize("door", [door for door in PUBLIC if not door.is_about], ids=str)
def test_a_public_page_is_the_same_as_if_nothing_were_hidden(walk, door):
    """Counts, totals, choices, order and all."""
    assert steady(walk.read["bezoeker", door.label, WHAT[0]]) == steady(walk.bare[door.label])


@pytest.mark.parametrize(
    "door", [door for door in PUBLIC if door.label.startswith("api /api/v1/init")], ids=str
)
def test_the_api_does_tell_what_is_public(walk, door):
    """A door that answers nothing leaks nothing, and proves nothing."""
    assert ("havenhart" in walk.bare[door.label]) == (not re.search("zoek|bbox", door.label))


@pytest.mark.parametrize("door", [door for door in PUBLIC if door.is_about], ids=str)
@pytest.mark.parametrize("status", [status for status in HIDDEN if status != "samengevoegd"])
def test_what_is_hidden_answers_as_what_never_was(walk, status, door):
    """The same status, the same words, the same headers: an address cannot be tried out."""
    secret = walk.secrets[f"status {status}"]
    hidden = walk.read["bezoeker", door.label, f"status {status}"]
    assert _named(hidden, secret) == _named(walk.never[door.label], walk.nothing)


def _named(text, secret):
    entry = secret.entry
    return _without(text, str(entry.public_id), entry.name[:-1], entry.slug, secret.word)


@pytest.mark.parametrize("address", SEARCHES)
def test_no_search_finds_anything_by_what_is_hidden(walk, address):
    """Nor does it count, sort or suggest differently."""
    nowhere = walk.searched[address, "zqnergens"]
    assert nowhere.startswith("200 ")
    assert [word for word in hidden_words(walk) if walk.searched[address, word] != nowhere] == []


def steady(text):
    """Without what is drawn anew for each request: tokens and the time of day."""
    drawn = (
        r'name="(?:csrfmiddlewaretoken|begonnen)" value="[^"]*"|csrftoken=\S+|\d\d:\d\d:\d\d[.\d]*'
        # The version of the content, which counts what is hidden too; how many questions are left.
        r"|'etag': '[^']*'|cursor=[\w-]+|ratelimit-\w+': '\d+'"
    )
    return re.sub(drawn, "", text)


def test_the_matrix_has_every_secret_and_every_address(walk):
    covered = {door.covers for door in DOORS}
    assert {pattern.name for pattern in urlpatterns} <= covered
    outside = {pattern.name for pattern in get_resolver().url_patterns if getattr(pattern, "name", None)}
    assert outside <= covered
    scoped = [model for model in admin.site._registry if hasattr(model.objects, "visible_to")]
    assert sorted(model._meta.model_name for model in scoped) == sorted(SCOPED)
    assert {f"api:{name}" for name in api.COVERED} <= covered
    assert {f"hsds:{pattern.name}" for pattern in of_hsds if pattern.name} - NO_CONTENT <= covered
    assert {door.label for door in DOORS} >= {f"download {kind}" for kind in FILES}
    assert len([door for door in DOORS if door.ask.__module__ == given.__name__]) == 2 + len(given.WITH_A_KEY)
    names = {
        f"admin:{pattern.name}"
        for model in scoped
        for pattern in admin.site._registry[model].get_urls()
        if getattr(pattern, "name", None)
    }
    # These three cannot be added to by anybody.
    nothing_to_add = {f"admin:registry_{model}_add" for model in ("decision", "changeproposal", "notice")}
    assert names - nothing_to_add <= covered
