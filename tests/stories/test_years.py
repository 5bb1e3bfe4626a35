"""Years of daily work: of who left, or never came in, nothing personal is left."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.lifecycle.merge import merge
from registry.models import Initiative, Role, Status, User
from registry.moderation.decisions import decide
from registry.ownership import make_owner, withdraw
from registry.personal_data import forget, retention
from registry.registration.signup import register
from tests import factories
from tests.stories.kept import left_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return factories.person("collega@voorbeeld.nl", role=Role.EDITOR)


def page(name, email, **fields):
    contact = {"contact_email": email, "contact_name": f"{name} Ooit", "contact_phone": "0612345678"}
    made = factories.initiative(name, **contact | fields)
    return made, make_owner(made, email)


def years_go_by():
    start = timezone.now()
    for day in range(0, 4 * 365, 60):
        retention.apply(now=start + timedelta(days=day))


def is_gone(email, name):
    return left_of(email, f"{name} Ooit", "0612345678") == set()


def test_the_account_of_a_registration_that_was_refused_goes(editor):
    entry, _owner = page("Ria", "ria@voorbeeld.nl", status=Status.SUBMITTED)
    decide(entry, Status.REJECTED, by=editor, reason="Past hier niet.")
    years_go_by()
    assert not User.objects.filter(email="ria@voorbeeld.nl").exists()
    assert is_gone("ria@voorbeeld.nl", "Ria")


def test_a_question_of_staff_that_nobody_answers_ends(editor):
    entry, _owner = page("Vera", "vera@voorbeeld.nl", status=Status.SUBMITTED)
    decide(entry, Status.NEEDS_MORE, by=editor, reason="Waar is het?")
    years_go_by()
    assert not Initiative.objects.exists()
    assert is_gone("vera@voorbeeld.nl", "Vera")


def test_who_kept_a_page_that_is_long_off_the_site_goes(editor):
    entry, owner = page("Olga", "olga@voorbeeld.nl", published_at=timezone.now())
    withdraw(entry, by=owner)
    years_go_by()
    assert Initiative.objects.get().name == "Olga"
    assert is_gone("olga@voorbeeld.nl", "Olga")


def test_who_kept_a_page_that_was_merged_is_known_with_the_page_that_is_left_only(editor):
    old, _owner = page("Mia", "mia@voorbeeld.nl")
    into, _other = page("Tuin", "tuin@voorbeeld.nl")
    merge(old, into, by=editor, reason="Dubbel")
    years_go_by()
    old.refresh_from_db()
    assert (old.contact_email, old.contact_name, old.contact_phone) == ("", "", "")
    assert set(into.ownerships.values_list("user__email", flat=True)) == {
        "mia@voorbeeld.nl",
        "tuin@voorbeeld.nl",
    }
    forget(User.objects.get(email="mia@voorbeeld.nl"))
    assert left_of("mia@voorbeeld.nl", "Mia Ooit") == set()


def test_the_draft_of_who_deletes_their_account_goes_with_it():
    _entry, owner = page("Dora", "dora@voorbeeld.nl")
    register({"name": "Nieuw plan", "summary": "Bel 0612345678"}, email="dora@voorbeeld.nl")
    forget(owner)
    assert is_gone("dora@voorbeeld.nl", "Dora")
    assert Initiative.objects.get().name == "Dora"


def test_an_entry_that_a_manager_deletes_leaves_no_person_in_its_history():
    entry, _owner = page("Hilda", "hilda@voorbeeld.nl")
    client = Client()
    client.force_login(factories.person(role=Role.MANAGER))
    client.post(
        reverse("admin:registry_initiative_delete", args=[entry.pk]), {"post": "yes", "reden": "Dubbel."}
    )
    assert Initiative.history.filter(name="Hilda").exists()
    years_go_by()
    assert is_gone("hilda@voorbeeld.nl", "Hilda")


def test_who_still_keeps_a_page_or_waits_for_one_stays(editor):
    page("Public", "blijft@voorbeeld.nl")
    page("Waiting", "wacht@voorbeeld.nl", status=Status.SUBMITTED)
    years_go_by()
    assert set(User.objects.values_list("email", flat=True)) == {
        "blijft@voorbeeld.nl",
        "wacht@voorbeeld.nl",
        editor.email,
    }


def test_the_privacy_page_says_all_of_it(client):
    text = client.get("/privacy/").text
    rows = re.findall(r"<th scope=\"row\">([^<]+)</th>", text)
    for what in (
        "Accounts zonder pagina",
        "Aanmeldingen waarbij wij iets vroegen",
        "Contactpersoon van pagina’s",
    ):
        assert [row for row in rows if row.startswith(what)], what
    where = text.partition('id="waar"')[2].partition("</table>")[0].lower()
    for table in (
        "initiatieven",
        "organisaties",
        "besluiten",
        "berichten van bezoekers",
        "gevolgde metingen",
    ):
        assert table in where, table
