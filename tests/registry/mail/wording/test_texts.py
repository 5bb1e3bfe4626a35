"""Where the texts of the letters live: the first ones, what staff made of them, and each version of before."""

import hashlib
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from post_office.models import Email, EmailTemplate

from registry.community import introductions, saved_searches
from registry.mail import letters
from registry.mail.wording import texts
from registry.mail.wording.kinds import KINDS
from registry.models import JobRun, LetterVersion, Proof, Status
from registry.registration import signup
from registry.worklist import for_user
from tests import factories
from tests.reading import read
from tests.registry.mail.spoiling import BAD
from tests.registry.mail.test_budget import TO_STRANGERS

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NAME = "uitnodiging"
What = LetterVersion.What


@pytest.fixture
def row():
    return EmailTemplate.objects.get(name=NAME)


def versions(name=NAME):
    return list(LetterVersion.objects.filter(name=name).order_by("pk").values_list("what", "text"))


def first(name=NAME):
    return texts.first_texts()[name][:2]


# Versions


def test_each_letter_begins_with_a_first_version():
    assert {
        version.name: (version.what, version.subject, version.text) for version in LetterVersion.objects.all()
    } == {name: (What.FIRST, *first(name)) for name in KINDS}


def test_each_change_leaves_a_version_through_whichever_door(row):
    row.content = "Uit de shell {{ adres }}"
    row.save()
    EmailTemplate.objects.filter(pk=row.pk).update(content="Met SQL {{ adres }}")
    row.refresh_from_db()
    row.content = "Weer uit de shell {{ adres }}"
    row.save()
    row.save()
    assert versions() == [
        (What.FIRST, first()[1]),
        (What.CHANGED, "Uit de shell {{ adres }}"),
        (What.CHANGED, "Met SQL {{ adres }}"),
        (What.CHANGED, "Weer uit de shell {{ adres }}"),
    ]


def test_what_is_no_letter_of_ours_has_no_versions(row):
    EmailTemplate.objects.create(name="los", content="x")
    EmailTemplate.objects.create(name=NAME, language="en", default_template=row, content="x")
    assert len(versions()) == 1
    assert not LetterVersion.objects.filter(name="los").exists()


def test_who_is_forgotten_leaves_the_version(row):
    by = factories.person()
    texts.save(row, subject="Kom", text="Kom {{ adres }}", by=by)
    by.delete()
    assert LetterVersion.objects.get(text="Kom {{ adres }}").by is None


# An upgrade


@pytest.fixture
def upgrade(monkeypatch):
    """The site comes with another text for one letter."""

    def come_with(subject, text):
        now = texts.first_texts() | {NAME: (subject, text, "Als iemand meedoet.")}
        monkeypatch.setattr(texts, "first_texts", lambda: now)
        texts.install()
        return EmailTemplate.objects.get(name=NAME)

    return come_with


def test_a_text_that_nobody_edited_goes_along(upgrade):
    found = upgrade("Nieuw", "Nieuw {{ adres }}")
    assert (found.subject, found.content) == ("Nieuw", "Nieuw {{ adres }}")
    found = upgrade("Nieuwer", "Nieuwer {{ adres }}")
    assert (found.subject, found.content) == ("Nieuwer", "Nieuwer {{ adres }}")
    assert [what for what, _text in versions()] == [What.FIRST] * 3


@pytest.mark.parametrize("door", ["form", "sql", "restored"])
def test_a_text_that_staff_made_stays(upgrade, row, door):
    if door == "sql":
        EmailTemplate.objects.filter(pk=row.pk).update(content="Van ons {{ adres }}")
    else:
        what = What.RESTORED if door == "restored" else What.CHANGED
        texts.save(row, subject="Kom", text="Van ons {{ adres }}", by=None, what=what)
    assert upgrade("Nieuw", "Nieuw {{ adres }}").content == "Van ons {{ adres }}"


def test_who_went_back_to_the_first_text_goes_along_again(upgrade, row):
    subject, text = first()
    texts.save(row, subject="Kom", text="Van ons {{ adres }}", by=None)
    texts.save(row, subject=subject, text=text, by=None, what=What.FIRST)
    assert upgrade("Nieuw", "Nieuw {{ adres }}").content == "Nieuw {{ adres }}"


def test_installing_again_changes_nothing():
    before = [*EmailTemplate.objects.values(), *LetterVersion.objects.values()]
    texts.install()
    assert [*EmailTemplate.objects.values(), *LetterVersion.objects.values()] == before


class TestMigration:
    migration = import_module("registry.migrations.0023_first_versions_of_letters")

    def begun(self, subject, text):
        LetterVersion.objects.all().delete()
        EmailTemplate.objects.filter(name=NAME).update(subject=subject, content=text)
        self.migration.begin(apps, connection.schema_editor())
        return LetterVersion.objects.get(name=NAME).what

    def test_what_was_shipped_is_a_first_text(self, monkeypatch):
        assert self.begun(*first()) == What.FIRST
        shipped = hashlib.sha256(f"{NAME}\nOud\nOud".encode()).hexdigest()[:16]
        monkeypatch.setattr(self.migration, "SHIPPED", {shipped})
        assert self.begun("Oud", "Oud\r\n") == What.FIRST

    def test_anything_else_was_made_by_staff(self):
        assert self.begun("Kom", "Kom {{ adres }}") == What.CHANGED
        assert LetterVersion.objects.count() == len(KINDS)

    def test_it_begins_with_a_row_there_twice_and_without_any(self):
        EmailTemplate.objects.create(name=NAME, subject="Tweede", content="x")
        assert LetterVersion.objects.count() == len(KINDS) + 1
        assert self.begun(*first()) == What.FIRST
        EmailTemplate.objects.all().delete()
        LetterVersion.objects.all().delete()
        self.migration.begin(apps, connection.schema_editor())
        assert not LetterVersion.objects.exists()


# What is bad all the same


def goes_out_as_at_first(name, caplog):
    caplog.clear()
    letter = letters.write(name, **letters.examples(name))
    return letter == letters.sample(name, *first(name)) and len(caplog.records) == 1


def spoilt_by(bad):
    """The letters that are bad by it: some need no words."""
    return sorted(name for name in KINDS if bad != "without words" or KINDS[name].needed)


@pytest.mark.parametrize("bad", BAD)
def test_the_first_text_goes_out_and_the_worklist_says_so(bad, caplog):
    names = spoilt_by(bad)
    for name in names:
        BAD[bad](name)
    assert [name for name in names if not goes_out_as_at_first(name, caplog)] == []
    assert texts.not_going() == set(names)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_one_bad_text_is_the_only_one_that_does_not_go(name, caplog):
    """Each letter spoilt in a way of its own, which differs with the letter."""
    ways = [bad for bad in BAD if name in spoilt_by(bad)]
    BAD[ways[sorted(KINDS).index(name) % len(ways)]](name)
    assert texts.not_going() == {name}
    assert goes_out_as_at_first(name, caplog)


def test_the_worklist_asks_as_often_however_many_texts_are_bad(django_assert_num_queries):
    manager = factories.person(role="beheerder")
    for names, count in (([], 0), (sorted(KINDS)[:1], 1), (sorted(KINDS), len(KINDS))):
        for name in names:
            BAD["empty"](name)
        with django_assert_num_queries(1):
            assert len(texts.not_going()) == count
        [item] = [item for item in for_user(manager).items if item.model == "emailtemplate"]
        assert (item.count, item.is_urgent) == (count, True)


def test_of_two_rows_the_first_is_the_text(row):
    EmailTemplate.objects.create(name=NAME, subject="Tweede", content="Tweede {{ adres }}")
    texts.save(row, subject="Eerste", text="Eerste {{ adres }}", by=None)
    assert letters.write(NAME, adres="x").subject == "Eerste"
    assert list(texts.rows().filter(name=NAME)) == [row]


def test_a_letter_without_a_text_gets_its_first_one_back():
    BAD["gone"](NAME)
    BAD["renamed"]("klopt-het-nog")
    assert texts.put_back() == ["klopt-het-nog", NAME]
    assert texts.put_back() == []
    assert texts.not_going() == set()


@pytest.mark.django_db(transaction=True)  # the delivery closes its connection
@pytest.mark.parametrize("bad", [["gone"], ["twice"], list(BAD), list(reversed(BAD))], ids=range(4))
def test_no_bad_text_stops_what_sends_it(bad, settings, monkeypatch):
    """With all texts bad at once: visitors, staff, owners and the night's work do what they do.

    That each of them in each way gives the first text is proved above; here each way meets what sends.
    """
    settings.MAIL_TRANSPORT = "django.core.mail.backends.locmem.EmailBackend"
    for at, name in enumerate(KINDS):
        BAD[bad[at % len(bad)]](name)
    for cause in TO_STRANGERS:
        assert cause(Client(), "iemand@voorbeeld.nl").status_code < 400
    _entry, proof = signup.register({"name": "Buurttuin"}, email="trekker@voorbeeld.nl")
    signup.confirm(proof)
    client, manager = Client(), factories.person(role="beheerder", is_staff=True)
    client.force_login(manager)
    for name, steps in {
        "a": ["gepubliceerd", "ingetrokken"],
        "b": ["aanvulling-gevraagd", "afgewezen"],
    }.items():
        decided = factories.initiative(name, status=Status.SUBMITTED)
        factories.owner(decided)
        for step in steps:
            _decide(client, decided, step)
    _first, second = factories.initiative("Een"), factories.initiative("Twee")
    factories.owner(_first), factories.owner(second)
    introductions.ask(_first, second, why="Samen.")
    saved_searches.follow("volger@voorbeeld.nl", "", "Alles")
    saved_searches.confirm(Proof.objects.get(email="volger@voorbeeld.nl"))
    factories.initiative("Nieuw", slug="nieuw", published_at=timezone.now())
    moment = timezone.localtime().replace(hour=9)
    monkeypatch.setattr(timezone, "localtime", lambda *_args: moment)
    call_command("work", rounds=1)
    assert not JobRun.objects.filter(is_failed=True).exists()
    assert Email.objects.count() > 12
    assert not Email.objects.filter(subject="").exists()


def _decide(client, entry, step):
    page, seen = f"/beheer/registry/initiative/{entry.pk}/besluit/", entry.status
    given = {"to": step, "reason": "Daarom.", "seen": seen} | read(entry)
    form = client.post(page, given).context["letter"]
    sent = {form.add_prefix(name): form.initial.get(name, "") for name in ("subject", "text", "about")}
    assert client.post(page, given | sent | {form.add_prefix("is_mailed"): "on"}).status_code == 302
    entry.refresh_from_db()
    assert entry.status == step
