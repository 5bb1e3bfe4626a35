import json
import re

import pytest
from django.urls import reverse
from post_office.models import Email

from registry.lifecycle.merge import merge
from registry.models import Export, Initiative, Introduction, Link, Notice, Status, User
from registry.moderation.decisions import decide
from registry.personal_data import forget
from registry.proposals.proposals import edit
from tests import factories
from tests.reading import read_proposal

pytestmark = [pytest.mark.django_db, pytest.mark.once]
EMAIL = "trekker@voorbeeld.nl"
MINE = reverse("registry:mine")
PAGE = reverse("registry:my-initiative", args=["buurttuin"])
EDIT = reverse("registry:my-edit", args=["buurttuin"])
DATA = reverse("registry:my-data")


@pytest.fixture
def initiative():
    return factories.initiative(
        "Buurttuin", slug="buurttuin", run_by="inwoners", municipality=factories.municipality()
    )


@pytest.fixture
def owner(client, initiative):
    user = factories.owner(initiative, EMAIL)
    client.force_login(user)
    return user


def now(initiative):
    return Initiative.objects.get(pk=initiative.pk)


def status(initiative, to):
    Initiative.objects.filter(pk=initiative.pk).update(status=to)


def as_sent(client, **changes):
    """The edit form as a browser would send it, with some answers changed."""
    form = client.get(EDIT).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in (values | changes).items() if value not in (None, False)}


def test_an_owner_logs_in_with_a_mailed_code(client, initiative, mailoutbox):
    factories.owner(initiative, EMAIL)
    client.post(reverse("account_request_login_code"), {"email": EMAIL.upper()})
    assert mailoutbox[0].to == [EMAIL]
    code = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", mailoutbox[0].message, re.M)[1]
    assert client.get(MINE).status_code == 302
    done = client.post(reverse("account_confirm_login_code"), {"code": code})
    assert (done.status_code, done["Location"]) == (302, MINE)
    assert "Buurttuin" in client.get(MINE).text


def test_staff_get_no_code_and_the_page_does_not_tell(client, initiative, mailoutbox):
    factories.person("redacteur@voorbeeld.nl", is_staff=True)
    texts = set()
    for email in ("redacteur@voorbeeld.nl", "onbekend@voorbeeld.nl"):
        response = client.post(reverse("account_request_login_code"), {"email": email}, follow=True)
        drawn = r'value="[^"]+"'
        texts.add(re.sub(drawn, "", response.text).replace(email, ""))
        client.cookies.clear()
    assert len(texts) == 1
    first, second = (message.message.replace(message.to[0], "") for message in mailoutbox)
    assert first == second
    assert not re.search(r"^\s*[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}\s*$", first, re.M)


@pytest.mark.parametrize("page", [MINE, PAGE, EDIT, DATA])
def test_without_logging_in_there_is_nothing(client, initiative, page):
    response = client.get(page)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_request_login_code"))


@pytest.mark.parametrize("page", [PAGE, EDIT])
def test_another_persons_page_does_not_exist(client, initiative, page):
    client.force_login(factories.person())
    for response in (client.get(page), client.post(page, {"doe": "trek-in"})):
        assert response.status_code == 404
    assert now(initiative).status == Status.PUBLISHED


@pytest.mark.parametrize("is_in", [value for value in Status if value != Status.MERGED])
def test_each_state_is_told(client, initiative, owner, is_in):
    status(initiative, is_in)
    told = {
        "concept": "Dit is nog een concept",
        "ingediend": "Uw aanmelding is binnen",
        "aanvulling-gevraagd": "Wij willen nog iets weten",
        "gepubliceerd": "De pagina staat op de site",
        "afgewezen": "komt niet op de site",
        "ingetrokken": "De pagina staat niet op de site",
    }
    assert told[is_in] in client.get(PAGE).text
    assert str(is_in.label) in client.get(MINE).text


def test_what_was_merged_away_is_not_listed(client, initiative, owner):
    kept = factories.initiative("Tuin", slug="tuin")
    kept.ownerships.create(user=owner)
    merge(initiative, kept, by=None)
    assert [one.slug for one in client.get(MINE).context["initiatives"]] == ["tuin"]
    assert client.get(PAGE).url == "/mijn/tuin/"


def test_the_list_costs_the_same_for_one_and_three(client, initiative, owner, django_assert_num_queries):
    for more in (0, 2):
        for _number in range(more):
            factories.initiative().ownerships.create(user=owner)
        with django_assert_num_queries(4):
            client.get(MINE)


def test_a_change_of_what_is_public_waits(client, initiative, owner):
    response = client.post(EDIT, as_sent(client, summary="Anders", costs="gratis"), follow=True)
    assert "De pagina blijft zo tot wij ja zeggen." in response.text
    assert now(initiative).summary == ""
    changes = initiative.proposals.get().changes.values_list("field", "new")
    assert sorted(changes) == [("costs", "gratis"), ("summary", "Anders")]
    assert "Dit wacht op de provincie of uw gemeente." in client.get(PAGE).text
    assert "Anders" not in client.get(initiative.get_absolute_url()).text


@pytest.mark.parametrize("is_in", [Status.SUBMITTED, Status.NEEDS_MORE, Status.WITHDRAWN])
def test_a_change_of_what_is_not_public_is_kept_at_once(client, initiative, owner, is_in):
    status(initiative, is_in)
    client.post(EDIT, as_sent(client, summary="Nieuw"))
    assert (now(initiative).summary, now(initiative).status) == ("Nieuw", is_in)
    assert not initiative.proposals.exists()


def test_a_mistake_keeps_what_was_typed(client, initiative, owner):
    form = client.post(EDIT, as_sent(client, name="", summary="Nieuw")).context["form"]
    assert list(form.errors) == ["name"]
    assert form["summary"].value() == "Nieuw"
    almere = factories.place("Almere Haven")
    form = client.post(EDIT, as_sent(client, place=almere.pk)).context["form"]
    assert list(form.errors) == ["place"]
    assert not initiative.proposals.exists()


def test_what_staff_made_longer_than_an_owner_may_stays(client, initiative, owner):
    Initiative.objects.filter(pk=initiative.pk).update(description="een regel\n" * 2_000)
    long = client.get(EDIT).context["form"]["description"].value()
    sent = as_sent(client, costs="Gratis", description=long.replace("\n", "\r\n"))
    assert client.post(EDIT, sent).status_code == 302
    assert [change.field for change in initiative.proposals.get().changes.all()] == ["costs"]
    longer = as_sent(client, description=long + "x" * 2_000)
    assert list(client.post(EDIT, longer).context["form"].errors) == ["description"]


def test_the_owners_decide_about_a_change_by_staff(client, initiative, owner):
    proposal = edit(initiative, {"summary": "Van ons", "costs": "5 euro"}, by=factories.person())
    given = {"doe": "voorstel", "nummer": proposal.pk, "veld": ["summary"]} | read_proposal(proposal)
    assert "waarom u niet alles overneemt" in client.post(PAGE, given, follow=True).text
    client.post(PAGE, given | {"reden": "Het is gratis"})
    assert (now(initiative).summary, now(initiative).costs) == ("Van ons", "")
    assert "al besloten, door u" in client.post(PAGE, given, follow=True).text


def test_what_waits_for_staff_is_not_decided_by_the_owner(client, initiative, owner):
    client.post(EDIT, as_sent(client, summary="Nieuw"))
    given = {"doe": "voorstel", "nummer": initiative.proposals.get().pk, "veld": ["summary"]}
    assert client.post(PAGE, given).status_code == 404
    assert now(initiative).summary == ""


def test_an_owner_invites_and_owners_can_leave_but_the_last(client, initiative, owner):
    client.post(PAGE, {"doe": "nodig-uit", "email": "buur@voorbeeld.nl"})
    assert Email.objects.get().to == ["buur@voorbeeld.nl"]
    assert "Vul een" in client.post(PAGE, {"doe": "nodig-uit"}, follow=True).text
    mine = initiative.ownerships.get()
    text = client.post(PAGE, {"doe": "vertrek", "eigenaar": mine.pk}, follow=True).text
    assert "Er moet één eigenaar blijven" in text
    factories.owner(initiative, "buur@voorbeeld.nl")
    assert client.post(PAGE, {"doe": "vertrek", "eigenaar": mine.pk})["Location"] == MINE
    assert client.get(PAGE).status_code == 404
    elsewhere = factories.initiative()
    factories.owner(elsewhere)
    client.force_login(initiative.ownerships.get().user)
    theirs = {"doe": "vertrek", "eigenaar": elsewhere.ownerships.get().pk}
    assert client.post(PAGE, theirs).status_code == 404


def test_an_owner_withdraws_and_sends_again(client, initiative, owner):
    client.post(PAGE, {"doe": "trek-in", "reden": "Even niet"})
    assert now(initiative).status == Status.WITHDRAWN
    assert client.get(initiative.get_absolute_url()).status_code == 404
    client.post(PAGE, {"doe": "verstuur"})
    assert now(initiative).status == Status.SUBMITTED
    assert "kan niet" in client.post(PAGE, {"doe": "verstuur"}, follow=True).text
    reasons = initiative.decisions.values_list("to_status", "reason", "by")
    assert list(reasons) == [("ingediend", "", owner.pk), ("ingetrokken", "Even niet", owner.pk)]


def test_confirming_stopping_and_a_button_we_do_not_know(client, initiative, owner):
    client.post(PAGE, {"doe": "klopt"})
    assert now(initiative).confirmed_on is not None
    assert "te lang" in client.post(PAGE, {"doe": "gestopt", "lessons": "x" * 3001}, follow=True).text
    client.post(PAGE, {"doe": "gestopt", "lessons": ""})
    assert now(initiative).activity == "gestopt"
    assert "Die knop kennen wij niet" in client.post(PAGE, {"doe": "iets"}, follow=True).text


def test_a_match_is_asked_and_no_address_is_shown(client, initiative, owner):
    other = factories.initiative("Buren", slug="buren")
    factories.owner(other, "buren@voorbeeld.nl")
    bottleneck = factories.bottleneck("R1")
    factories.link(initiative, bottleneck, Link.Role.FACES)
    factories.link(other, bottleneck, Link.Role.TACKLES)
    page = client.get(PAGE)
    assert "Zij pakken aan wat u ervaart: R1." in page.text
    done = client.post(PAGE, {"doe": "kennismaken", "met": "buren"}, follow=True)
    assert [("buren@voorbeeld.nl" in response.text) for response in (page, done)] == [False, False]
    letter = Email.objects.get()
    assert "U pakt aan wat zij ervaren: ‘Er wordt te weinig geluisterd’." in " ".join(letter.message.split())
    assert letter.to == ["buren@voorbeeld.nl"]
    assert EMAIL not in letter.message
    assert "al eens" in client.post(PAGE, {"doe": "kennismaken", "met": "buren"}, follow=True).text
    assert client.post(PAGE, {"doe": "kennismaken", "met": "bestaat-niet"}).status_code == 404


def test_what_is_not_public_is_not_introduced_to_anybody(client, initiative, owner):
    other = factories.initiative("Buren", slug="buren")
    factories.owner(other, "buren@voorbeeld.nl")
    status(initiative, Status.SUBMITTED)
    client.post(PAGE, {"doe": "kennismaken", "met": "buren"})
    assert not Email.objects.exists()
    assert not Introduction.objects.exists()


def test_what_is_kept_can_be_taken_along_and_deleted(client, initiative, owner):
    assert EMAIL in client.get(DATA).text
    file = client.get(f"{DATA}?bestand=1")
    assert file["Content-Disposition"] == 'attachment; filename="mijn-gegevens.json"'
    assert json.loads(file.content)["initiatieven"] == ["Buurttuin"]
    delete = reverse("registry:my-data-delete")
    asked = client.get(delete)["Location"]
    assert asked.startswith("/account/reauthenticate/")
    client.post(asked, {"password": "fout"})
    assert client.get(delete)["Location"].startswith("/account/reauthenticate/")
    shown = client.post(asked, {"password": "een-lang-wachtwoord"}, follow=True)
    assert "Dit gaat weg:" in shown.text
    assert "Buurttuin" in shown.text
    assert User.objects.filter(email=EMAIL).exists()
    client.post(delete)
    assert not User.objects.filter(email=EMAIL).exists()
    assert now(initiative).status == Status.PUBLISHED
    assert client.get(MINE).status_code == 302


def test_to_ask_without_fetching_is_no_export(client, initiative, owner):
    client.head(f"{DATA}?bestand=1")
    assert not Export.objects.exists()
    client.get(f"{DATA}?bestand=1")
    assert Export.objects.count() == 1


def test_a_session_alone_deletes_no_account(client, initiative, owner):
    assert client.post(reverse("registry:my-data-delete"))["Location"].startswith("/account/reauthenticate/")
    owner.set_unusable_password()
    owner.save()
    client.force_login(owner)
    assert client.post(reverse("registry:my-data-delete"))["Location"].startswith("/account/code/")
    assert User.objects.filter(email=EMAIL).exists()


@pytest.mark.parametrize("others", [0, 1])
def test_a_page_that_nobody_keeps_waits_for_staff(initiative, owner, others):
    if others:
        factories.owner(initiative, "ander@voorbeeld.nl")
    elsewhere = factories.initiative()
    factories.owner(elsewhere, "derde@voorbeeld.nl")
    forget(owner)
    waiting = Notice.objects.open()
    assert [notice.initiative for notice in waiting] == ([] if others else [initiative])
    assert all("Niemand beheert deze pagina nu" in notice.text for notice in waiting)


def test_staff_do_not_delete_themselves(client, initiative):
    client.force_login(factories.person(EMAIL, is_staff=True))
    text = client.post(reverse("registry:my-data-delete"), follow=True).text
    assert "verwijdert de beheerder" in text
    assert User.objects.filter(email=EMAIL).exists()


def test_a_new_address_is_proven_and_the_old_one_is_told(client, initiative, owner, mailoutbox):
    asked = client.post(reverse("account_email"), {"email": "Nieuw@voorbeeld.nl", "action_add": "1"})
    client.post(asked["Location"], {"password": "een-lang-wachtwoord"})
    owner.refresh_from_db()
    assert owner.email == EMAIL
    asked = next(message for message in mailoutbox if message.to == ["nieuw@voorbeeld.nl"])
    address = re.search(r"(/account/confirm-email/[^\s]+/)", asked.message)[1]
    client.get(address)
    owner.refresh_from_db()
    assert owner.email == EMAIL
    client.post(address)
    owner.refresh_from_db()
    assert owner.email == "nieuw@voorbeeld.nl"
    assert any(message.to == [EMAIL] for message in mailoutbox)
    assert initiative.ownerships.get().user == owner


def test_a_colleague_who_publishes_meanwhile_is_not_overwritten(client, initiative, owner):
    """What was still a draft when the form was opened is a proposal once it is public."""
    status(initiative, Status.SUBMITTED)
    sent = as_sent(client, summary="Nieuw")
    decide(now(initiative), Status.PUBLISHED, by=None)
    client.post(EDIT, sent)
    assert (now(initiative).status, now(initiative).summary) == (Status.PUBLISHED, "")
    assert initiative.proposals.count() == 1
