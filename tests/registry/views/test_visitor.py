import re
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from registry.mail import budget, unsubscribe
from registry.models import ContactMessage, Notice, Proof, Role, SavedSearch, Status
from registry.moderation.decisions import decide
from tests import factories

pytestmark = pytest.mark.django_db
EMAIL = "trekker@voorbeeld.nl"


@pytest.fixture
def initiative():
    made = factories.initiative("Buurttuin", slug="buurttuin", contact_email="ander@voorbeeld.nl")
    factories.owner(made, EMAIL)
    return made


CONTACT = reverse("registry:contact", args=["buurttuin"])
CLAIM = reverse("registry:claim", args=["buurttuin"])
TELL = reverse("registry:tell")
FOLLOW = reverse("registry:follow")


def letter(**fields):
    return factories.typed(sender_name="Jan", sender_email="jan@voorbeeld.nl", text="Mag ik helpen?") | fields


def test_a_letter_reaches_the_owners_without_showing_their_address(client, initiative):
    pages = [client.get(CONTACT), client.post(CONTACT, letter(sender_email="x")), client.get("/mijn/")]
    pages.append(client.post(CONTACT, letter(), follow=True))
    for response in pages:
        assert [address in response.text for address in (EMAIL, "ander@voorbeeld.nl")] == [False, False]
    # Who typed an address need not be who reads it: they read nothing of it, and nothing goes on before they press.
    proof = Email.objects.get()
    assert (proof.to, "Mag ik helpen?" in proof.message) == (["jan@voorbeeld.nl"], False)
    assert "Kijk in uw e-mail" in pages[-1].text
    address = mailed(proof)
    assert "Mag ik helpen?" in client.get(address).text
    assert Email.objects.count() == 1
    done = client.post(address)
    to_them = Email.objects.exclude(pk=proof.pk).get()
    assert (to_them.to, to_them.headers) == ([EMAIL], {"Reply-To": "jan@voorbeeld.nl"})
    assert "Mag ik helpen?" in to_them.message
    assert "Het antwoord komt op jan@voorbeeld.nl" in done.text
    assert EMAIL not in done.text
    message = ContactMessage.objects.get()
    assert (message.initiative, message.passed_on_at is not None) == (initiative, True)
    assert client.post(address).status_code == 410
    assert Email.objects.count() == 2


def mailed(letter):
    """The address of the page that a letter leads to."""
    return re.search(r"(/bevestigen/[\w-]+/)", letter.message)[1]


@pytest.mark.parametrize(("typed", "goes"), [("Jan@Voorbeeld.nl", True), ("ander@voorbeeld.nl", False)])
def test_who_is_logged_in_proves_no_mailbox_but_another(client, initiative, typed, goes):
    client.force_login(factories.person("jan@voorbeeld.nl"))
    client.post(CONTACT, letter(sender_email=typed))
    to = Email.objects.get()
    assert to.to == [EMAIL if goes else typed]


def test_a_message_that_cannot_go_on_now_is_not_lost(client, initiative, monkeypatch):
    client.post(CONTACT, letter())
    address = mailed(Email.objects.get())
    with monkeypatch.context() as patch:
        patch.setattr(budget, "MAILBOX", ((0, 3600),))
        assert "Wacht een uur" in client.post(address, follow=True).text
    assert ContactMessage.objects.get().passed_on_at is None
    assert client.post(address).status_code == 200
    assert Email.objects.filter(to=EMAIL).count() == 1


def test_a_page_that_went_meanwhile_gets_no_message(client, initiative):
    client.post(CONTACT, letter())
    decide(initiative, Status.WITHDRAWN, by=None, reason="Klaar")
    address = mailed(Email.objects.get())
    assert [client.get(address).status_code, client.post(address).status_code] == [410, 410]


def test_a_link_that_ran_out_is_sent_anew(client, initiative):
    client.post(CONTACT, letter())
    address = mailed(Email.objects.get())
    Proof.objects.update(expires_at=timezone.now())
    client.post(address, {"opnieuw": "1"})
    assert client.post(mailed(Email.objects.latest("pk"))).status_code == 200
    assert Email.objects.filter(to=EMAIL).count() == 1


def test_the_sixth_letter_in_an_hour_is_too_many(client, initiative):
    for _time in range(5):
        assert client.post(CONTACT, letter()).status_code == 302
    response = client.post(CONTACT, letter())
    assert response.status_code == 429
    assert "Mag ik helpen?" in response.text
    assert ContactMessage.objects.count() == 5


def test_who_cannot_be_written_to_has_no_form(client, initiative):
    initiative.ownerships.all().delete()
    initiative.contact_email = ""
    initiative.save()
    factories.initiative(slug="verzonnen", is_sample=True, contact_email="x@voorbeeld.nl")
    factories.initiative(slug="verborgen", status=Status.SUBMITTED, contact_email="x@voorbeeld.nl")
    for slug in ("buurttuin", "verzonnen", "verborgen"):
        address = reverse("registry:contact", args=[slug])
        assert client.get(address).status_code == client.post(address, letter()).status_code == 404


def test_a_claim_is_handed_over_by_staff_and_makes_an_owner(client, initiative):
    client.post(CLAIM, factories.typed(text="Ik doe dit al jaren", email="nieuw@voorbeeld.nl"))
    notice = Notice.objects.get()
    assert (notice.kind, notice.initiative, notice.page) == (
        "overnemen",
        initiative,
        "/initiatieven/buurttuin/",
    )
    assert not Email.objects.exists()
    staff = Client()
    staff.force_login(factories.person(role=Role.EDITOR))
    staff.post(reverse("admin:registry_notice_change", args=[notice.pk]), {"doe": "overdragen"})
    address = re.search(r"(/bevestigen/[\w-]+/)", Email.objects.get().message)[1]
    assert client.post(address).status_code == 302
    assert initiative.ownerships.filter(user__email="nieuw@voorbeeld.nl").exists()
    assert client.get(reverse("registry:my-initiative", args=["buurttuin"])).status_code == 200


def test_a_claim_wants_an_address(client, initiative):
    assert list(client.post(CLAIM, factories.typed(text="Ik")).context["form"].errors) == ["email"]


@pytest.mark.parametrize(
    ("page", "kept", "knows"),
    [
        ("/initiatieven/buurttuin/", "/initiatieven/buurttuin/", True),
        ("/knelpunten/", "/knelpunten/", False),
        ("//kwaad.example/", "/", False),
        ("/\\kwaad.example/", "/", False),
        ("https://kwaad.example/", "/", False),
        ("javascript:alert(1)", "/", False),
    ],
)
def test_telling_is_about_a_page_of_this_site(client, initiative, page, kept, knows):
    address = f"{TELL}?{urlencode({'pagina': page, 'soort': 'melding'})}"
    assert client.get(address).context["page"] == kept
    assert client.post(address, factories.typed(text="Kapot"))["Location"] == kept
    notice = Notice.objects.get()
    assert (notice.kind, notice.page, notice.initiative) == ("melding", kept, initiative if knows else None)


def test_following_is_confirmed_by_mail_and_stopped_by_one_tap(client):
    factories.municipality()
    response = client.post(
        f"{FOLLOW}?gemeente=GM0995", factories.typed(email="Lezer@voorbeeld.nl"), follow=True
    )
    assert response.redirect_chain == [("/initiatieven/?gemeente=GM0995", 302)]
    assert "Lezer@voorbeeld.nl" in response.text
    search = SavedSearch.objects.get()
    assert (search.email, search.query, search.label) == ("lezer@voorbeeld.nl", "gemeente=GM0995", "Lelystad")
    stop = reverse("registry:stop", args=[unsubscribe.token("filter", search)])
    assert "Lelystad" in client.get(stop).text
    assert SavedSearch.objects.exists()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(stop, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not SavedSearch.objects.exists()
    assert "U krijgt dit niet" in client.get(stop).text


def test_the_answer_does_not_tell_who_follows_already(client):
    def answer():
        return re.sub(r'value="[^"]+"', "", client.post(FOLLOW, factories.typed(email=EMAIL)).text)

    first = answer()
    SavedSearch.objects.update(confirmed_at="2026-01-01T00:00Z")
    assert answer() == first
    assert Email.objects.count() == 1


@pytest.mark.parametrize("query", ["gemeente=GM9999", "rol=iets", "zoek=%00"])
def test_a_filter_that_does_not_exist_cannot_be_followed(client, query):
    assert client.get(f"{FOLLOW}?{query}").status_code == 400
    assert client.post(f"{FOLLOW}?{query}", factories.typed(email=EMAIL)).status_code == 400
    assert not SavedSearch.objects.exists()


def test_too_long_a_filter_cannot_be_followed(client):
    for number in range(1, 60):
        factories.bottleneck(f"R{number}", statement="")
    query = "&".join(f"knelpunt=R{number}" for number in range(1, 60))
    assert client.post(f"{FOLLOW}?{query}", factories.typed(email=EMAIL)).status_code == 400


def test_a_report_counts_whether_its_thanks_can_be_mailed_or_not(monkeypatch):
    """Somebody filled this mailbox."""
    monkeypatch.setattr(budget, "MAILBOX", ((1, 3600),))
    for number in range(2):
        given = factories.typed(text=f"Fout {number}", email="jan@voorbeeld.nl")
        assert Client(REMOTE_ADDR=f"10.{number}.0.1").post(TELL, given).status_code == 302
    assert Notice.objects.count() == 2
    assert Email.objects.filter(to="jan@voorbeeld.nl").count() == 1
