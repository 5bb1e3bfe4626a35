import pytest
from django.urls import reverse
from post_office.models import Email

from registry.community import introductions
from registry.lifecycle.merge import merge
from registry.mail import letters, verification
from registry.models import Initiative, Introduction, Proof, SavedSearch, Status, User
from registry.moderation.decisions import decide
from registry.ownership import leave
from tests import factories

pytestmark = pytest.mark.django_db
Purpose = Proof.Purpose
EMAIL = "trekker@voorbeeld.nl"


@pytest.fixture
def initiative():
    made = factories.initiative("Buurttuin", slug="buurttuin", run_by="inwoners")
    factories.owner(made, EMAIL)
    return made


def link(purpose, email=EMAIL, **fields):
    _proof, token, _code = verification.issue(purpose, email, **fields)
    return reverse("registry:proof", args=[token])


def now(initiative):
    return Initiative.objects.get(pk=initiative.pk)


@pytest.fixture
def yearly(initiative):
    return link(Purpose.STILL_TRUE, initiative=initiative)


def test_still_true_by_one_tap_and_only_by_the_button(client, initiative, yearly):
    before = now(initiative).changed_at
    assert client.get(yearly).status_code == 200
    assert now(initiative).confirmed_on is None
    assert "is bevestigd" in client.post(yearly, {"antwoord": "klopt"}).text
    assert now(initiative).confirmed_on is not None
    assert now(initiative).changed_at == before
    assert client.post(yearly, {"antwoord": "gestopt"}).status_code == 410
    assert now(initiative).activity == ""


def test_it_needs_a_change_leads_to_the_edit_page_logged_in(client, initiative, yearly):
    response = client.post(yearly, {"antwoord": "aanpassen"}, follow=True)
    assert response.redirect_chain[-1][0] == reverse("registry:my-edit", args=["buurttuin"])
    assert response.status_code == 200
    assert now(initiative).confirmed_on is None


def test_it_has_stopped_keeps_the_page_and_asks_for_lessons(client, initiative, yearly):
    client.post(yearly, {"antwoord": "gestopt", "lessons": "Begin klein"})
    assert (now(initiative).activity, now(initiative).status) == ("gestopt", Status.PUBLISHED)
    assert initiative.proposals.get().changes.get().new == "Begin klein"
    page = client.get(initiative.get_absolute_url())
    assert "Dit initiatief is gestopt." in page.text
    assert "Begin klein" not in page.text


def test_a_mailbox_of_staff_answers_but_is_not_logged_in(client, initiative, yearly):
    User.objects.filter(email=EMAIL).update(is_staff=True)
    client.post(yearly, {"antwoord": "aanpassen"})
    assert "_auth_user_id" not in client.session


def test_who_left_or_a_page_that_is_gone_is_not_asked_any_more(client, initiative, yearly):
    other = factories.owner(initiative, "ander@voorbeeld.nl")
    leave(initiative, initiative.ownerships.exclude(user=other).get().user)
    assert client.get(yearly).status_code == client.post(yearly).status_code == 410
    theirs = link(Purpose.STILL_TRUE, "ander@voorbeeld.nl", initiative=initiative)
    decide(initiative, Status.WITHDRAWN, by=None, reason="Weg")
    assert client.get(theirs).status_code == client.post(theirs, {"antwoord": "klopt"}).status_code == 410
    assert now(initiative).confirmed_on is None


@pytest.mark.parametrize("purpose", [Purpose.INVITE, Purpose.CLAIM])
def test_an_invitation_and_a_claim_make_an_owner_by_the_button(client, initiative, purpose):
    address = link(purpose, "nieuw@voorbeeld.nl", initiative=initiative)
    assert "nieuw@voorbeeld.nl" in client.get(address).text
    assert initiative.ownerships.count() == 1
    done = client.post(address, follow=True)
    assert done.redirect_chain[-1][0] == reverse("registry:my-initiative", args=["buurttuin"])
    assert done.status_code == 200
    assert initiative.ownerships.filter(user__email="nieuw@voorbeeld.nl").exists()
    told = {email.to[0]: email.message for email in Email.objects.all()}
    sitting = initiative.ownerships.exclude(user__email="nieuw@voorbeeld.nl").get().user.email
    assert set(told) == {"nieuw@voorbeeld.nl", sitting}
    assert "nieuw@voorbeeld.nl" in told[sitting]
    assert client.post(address).status_code == 410


def test_a_claim_of_what_was_merged_meanwhile_is_about_what_is_left(client, initiative):
    kept = factories.initiative("Tuin", slug="tuin")
    address = link(Purpose.CLAIM, "nieuw@voorbeeld.nl", initiative=initiative)
    merge(initiative, kept, by=factories.person())
    done = client.post(address, follow=True)
    assert done.redirect_chain[-1][0] == reverse("registry:my-initiative", args=["tuin"])
    assert done.status_code == 200


def test_following_starts_by_the_button(client):
    search = SavedSearch.objects.create(email=EMAIL, label="alles")
    address = link(Purpose.FOLLOW, subject=search.pk)
    assert client.get(address).status_code == 200
    assert SavedSearch.objects.get().confirmed_at is None
    assert "ten hoogste één keer per week" in client.post(address).text
    assert SavedSearch.objects.get().confirmed_at is not None


@pytest.fixture
def asked(initiative):
    """The link with which the other side answers, and that side."""
    other = factories.initiative("Buren")
    factories.owner(other, "buren@voorbeeld.nl")
    asking = User.objects.get(email=EMAIL)
    introduction = introductions.ask(initiative, other, why="Samen sterk", yes_from=initiative, by=asking)
    Email.objects.all().delete()
    return link(Purpose.INTRODUCE, "buren@voorbeeld.nl", initiative=other, subject=introduction.pk), other


def test_yes_introduces_both_and_no_page_shows_an_address(client, asked):
    address, _other = asked
    page = client.get(address)
    assert "Samen sterk" in page.text
    assert Introduction.objects.get().introduced_at is None
    done = client.post(address, {"antwoord": "ja"})
    assert [EMAIL in response.text for response in (page, done)] == [False, False]
    assert sorted(email.to[0] for email in Email.objects.all()) == ["buren@voorbeeld.nl", EMAIL]


@pytest.mark.parametrize("answer", ["nee", "", "misschien"])
def test_anything_but_yes_is_no(client, asked, answer):
    address, _other = asked
    assert "nee gezegd" in client.post(address, {"antwoord": answer}).text
    assert Introduction.objects.get().declined_at is not None
    told = Email.objects.get()
    assert (told.to, "buren@voorbeeld" in told.message) == ([EMAIL], False)


def test_nobody_is_introduced_to_what_is_no_longer_public(client, asked, initiative):
    address, _other = asked
    decide(initiative, Status.WITHDRAWN, by=None, reason="Weg")
    for response in (client.get(address), client.post(address, {"antwoord": "ja"})):
        assert response.status_code == 410
        assert "Buurttuin" not in response.text
    assert not Email.objects.exists()


def test_a_made_up_link_is_gone(client):
    assert client.get(reverse("registry:proof", args=["verzonnen"])).status_code == 410
    assert client.post(reverse("registry:proof", args=["x" * 5000])).status_code == 410


def test_what_fails_half_way_can_be_tried_again(client, initiative, monkeypatch):
    """The link is spent together with what it is for, or not at all."""
    address = link(Purpose.INVITE, "nieuw@voorbeeld.nl", initiative=initiative)
    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr(letters, "post", lambda *_given, **_more: 1 / 0)
        assert client.post(address).status_code == 500
    assert initiative.ownerships.count() == 1
    assert client.post(address).status_code == 302
    assert initiative.ownerships.count() == 2
