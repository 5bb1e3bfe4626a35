"""What the daily work says and does, as the person who runs it sees it."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from post_office.models import Email

from registry.models import ChangeProposal, Initiative, Notice, Proof, Role, SavedSearch, Status, User
from registry.worklist import send_digests
from tests import factories

pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue().splitlines()


def long_ago(days):
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def three_due():
    for number in range(3):
        entry = factories.initiative(f"Tuin {number}", published_at=long_ago(400))
        factories.owner(entry)


@pytest.mark.usefixtures("three_due")
def test_reminders_tell_first_and_ask_no_more_than_the_limit():
    assert run("send_reminders", "--dry-run") == ["Tuin 0", "Tuin 1", "Tuin 2", "Aan de beurt: 3"]
    assert run("send_reminders", "--dry-run", "--limit", "2")[-1] == "Aan de beurt: 2"
    assert (Email.objects.count(), Proof.objects.count()) == (0, 0)
    assert run("send_reminders", "--limit", "2") == ["Tuin 0", "Tuin 1", "Gevraagd: 2"]
    assert run("send_reminders") == ["Tuin 2", "Gevraagd: 1"]
    assert run("send_reminders") == ["Gevraagd: 0"]
    assert Email.objects.count() == 3


def test_retention_tells_first_what_it_would_delete():
    SavedSearch.objects.create(email="a@voorbeeld.nl", label="alles")
    SavedSearch.objects.update(created_at=long_ago(31))
    line = "  Gevolgde filters die niet zijn bevestigd: 1"
    told = run("apply_retention", "--dry-run")
    assert (told[0], line in told) == ("Zou verwijderen:", True)
    assert SavedSearch.objects.count() == 1
    done = run("apply_retention")
    assert (done[0], line in done) == ("Verwijderd:", True)
    assert SavedSearch.objects.count() == 0


def test_retention_leaves_what_something_else_leans_on():
    """One such row must not stop the rest of the night's work."""
    with_case = factories.initiative("Met casus", status=Status.REJECTED)
    factories.case(initiative=with_case)
    kept = factories.initiative("Bewaard", status=Status.WITHDRAWN)
    factories.initiative("Samen", status=Status.MERGED, merged_into=kept)
    factories.initiative("Weg", status=Status.REJECTED)
    Initiative.objects.update(changed_at=long_ago(200))
    run("apply_retention")
    assert sorted(Initiative.objects.values_list("name", flat=True)) == ["Bewaard", "Met casus", "Samen"]


@pytest.fixture
def waiting():
    """In Lelystad two things wait, in Almere one, and one that waits for its owners."""
    for code, name in (("GM0995", "Lelystad tuin"), ("GM0034", "Almere tuin")):
        factories.initiative(name, municipality=factories.municipality(code), status=Status.SUBMITTED)
    public = factories.initiative(municipality=factories.municipality())
    Notice.objects.create(kind="melding", page="/", text="x", initiative=public)
    ChangeProposal.objects.create(initiative=public, waits_for=ChangeProposal.Waits.OWNERS)


@pytest.mark.usefixtures("waiting")
def test_staff_get_one_letter_a_day_about_their_own_work():
    factories.person("redacteur@x.nl", role=Role.EDITOR)
    for name, code in (("lelystad", "GM0995"), ("almere", "GM0034"), ("urk", "GM0184")):
        factories.person(
            f"{name}@x.nl", role=Role.MUNICIPALITY_EDITOR, municipality=factories.municipality(code)
        )
    factories.person("stil@x.nl", role=Role.EDITOR, wants_digest=False)
    factories.person("weg@x.nl", role=Role.EDITOR, is_active=False)
    factories.person("eigenaar@x.nl")
    assert run("send_digests") == ["Aan volgers: 0. Aan medewerkers: 3."]
    assert run("send_digests") == ["Aan volgers: 0. Aan medewerkers: 0."]
    subjects = {email.to[0]: email.subject for email in Email.objects.all()}
    assert subjects == {
        "redacteur@x.nl": "Samen Buurten: 3 wachten op u",
        "lelystad@x.nl": "Samen Buurten: 2 wachten op u",
        "almere@x.nl": "Samen Buurten: 1 wacht op u",
    }
    assert send_digests(timezone.localdate() + timedelta(days=1)) == 3


def test_nothing_waiting_is_no_letter():
    factories.person(role=Role.EDITOR)
    assert send_digests() == 0
    assert not Email.objects.exists()
    assert User.history.count() == 1
