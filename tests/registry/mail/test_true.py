"""What a letter says is true for who reads it."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from post_office.models import Email, EmailTemplate

from registry import ownership
from registry.admin.pages import deciding
from registry.community import introductions
from registry.community.introductions import answer, ask
from registry.mail import letters
from registry.mail.wording import rules
from registry.mail.wording.kinds import KINDS, Pace
from registry.models import Initiative, Introduction, Link, Role, Status
from registry.proposals.proposals import decide_proposal, edit, propose
from registry.registration import signup
from tests import factories
from tests.reading import read, read_pair

pytestmark = [pytest.mark.django_db, pytest.mark.once]
OWNER, CONTACT = "eigenaar@voorbeeld.nl", "contact@voorbeeld.nl"
EVIL = "Win geld: https://evil.example/win"


def words(letter):
    """The words of a letter, however they were wrapped."""
    return " ".join(letter.message.split())


def to(email):
    return words(Email.objects.get(to=email))


# Decisions


def test_what_a_decision_says_to_do_can_be_done_on_the_own_page(client):
    """Each act that the letter names is a link or a button there."""
    entry = factories.initiative("Tuin", status=Status.SUBMITTED)
    owner = factories.owner(entry, OWNER)
    for status in FROM:
        Initiative.objects.update(status=status)
        entry.refresh_from_db()
        draft = deciding._draft(entry, status, "Daarom.").text
        client.force_login(owner)
        page = client.get(reverse("registry:my-initiative", args=[entry.slug])).text
        assert ("pas die aan" in draft) <= ("/wijzigen/" in page), status
        assert ("Verstuur opnieuw" in draft) == (status in (Status.NEEDS_MORE, Status.REJECTED))
        assert ("Verstuur opnieuw" in draft) <= ('value="verstuur"' in page)


READERS = {"owner": [OWNER], "contact": [CONTACT], "both": [OWNER]}
FROM = {
    Status.PUBLISHED: Status.SUBMITTED,
    Status.NEEDS_MORE: Status.SUBMITTED,
    Status.REJECTED: Status.SUBMITTED,
    Status.WITHDRAWN: Status.PUBLISHED,
}


def test_each_decision_with_a_letter_is_walked():
    assert {name for name in KINDS if name.startswith("besluit-")} == {f"besluit-{status}" for status in FROM}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("status", FROM)
def test_a_decision_sends_nobody_where_they_cannot_go(client, status, reader):
    entry = factories.initiative("Tuin", status=FROM[status])
    if reader != "owner":
        Initiative.objects.filter(pk=entry.pk).update(contact_email=CONTACT)
    if reader != "contact":
        factories.owner(entry, OWNER)
    client.force_login(factories.person(role=Role.EDITOR))
    page = reverse("admin:registry_initiative_decide", args=[entry.pk])
    given = {"to": status, "reason": "Daarom.", "seen": FROM[status]} | read(entry)
    draft = client.post(page, given).context["letter"]
    sent = {f"letter-{name}": value for name, value in draft.initial.items()} | {"letter-is_mailed": "on"}
    assert client.post(page, given | sent).status_code == 302
    assert [letter.to for letter in Email.objects.all()] == [[email] for email in READERS[reader]]
    told = words(Email.objects.get())
    assert ("/mijn/" in told) == (reader != "contact")
    for address in re.findall(r"http://[^/\s]+(/\S*?)[.,]?(?=\s|$)", told):
        reads = Client()
        if reader != "contact":
            reads.force_login(entry.ownerships.get().user)
        assert reads.get(address).status_code == 200, address
    assert (f"/initiatieven/{entry.slug}/overnemen/" in told) == (
        reader == "contact" and status == Status.PUBLISHED
    )


# Introductions


FACES, TACKLES = Link.Role.FACES, Link.Role.TACKLES


@pytest.fixture
def pair():
    """The first faces what the second tackles, and the other way round."""
    first, second = factories.initiative("Eerste"), factories.initiative("Tweede")
    lonely = factories.bottleneck("R1", title="Eenzaamheid bij ouderen")
    rules = factories.bottleneck("B1", statement="Regels zitten in de weg.")
    for entry, bottleneck, role in (
        (first, lonely, FACES), (second, lonely, TACKLES), (first, rules, TACKLES), (second, rules, FACES),
    ):  # fmt: skip
        factories.link(entry, bottleneck, role)
    return first, second


TRUE = {
    "Eerste": "Zij pakken aan wat u ervaart: Eenzaamheid bij ouderen. U pakt aan wat zij ervaren: ‘Regels zitten in de weg’.",
    "Tweede": "Zij pakken aan wat u ervaart: ‘Regels zitten in de weg’. U pakt aan wat zij ervaren: Eenzaamheid bij ouderen.",
}


@pytest.mark.parametrize("asks", ["first", "second", "staff"])
def test_each_side_reads_why_as_it_is_for_them(client, pair, asks):
    people = {entry.name: factories.owner(entry) for entry in pair}
    first, second = pair
    if asks == "staff":
        client.force_login(factories.person(role=Role.EDITOR))
        given = {
            "eerste": first.pk,
            "tweede": second.pk,
            "doe": "samen",
            "reden": "U deelt een gebouw.",
        } | read_pair(*pair)
        client.post(reverse("admin:registry_initiative_pairs"), given)
    else:
        one, other = pair if asks == "first" else pair[::-1]
        client.force_login(people[one.name])
        page = reverse("registry:my-initiative", args=[one.slug])
        client.post(page, {"doe": "kennismaken", "met": other.slug})
    introduction = Introduction.objects.get()
    asked = Email.objects.count()
    assert asked == (2 if asks == "staff" else 1)
    for side in pair:
        answer(introduction, side, by=people[side.name], yes=True)
    assert Email.objects.count() == asked + 2
    names = {user.email: name for name, user in people.items()}
    for letter in Email.objects.all():
        told = words(letter)
        assert TRUE[names[letter.to[0]]] in told
        assert ("U deelt een gebouw." in told) == (asks == "staff")
        # A link is made of chance.
        codes = re.sub(r"https?://\S+", "", told)
        assert "R1" not in codes
        assert "B1" not in codes


def test_the_page_that_asks_says_the_same(client, pair):
    first, second = pair
    factories.owner(first, OWNER)
    factories.owner(second)
    ask(first, second)
    address = re.search(r"(/bevestigen/[\w-]+/)", Email.objects.get(to=OWNER).message)[1]
    assert TRUE["Eerste"] in client.get(address).text


def test_who_shares_nothing_is_told_nothing_made_up():
    first, second = factories.initiative(), factories.initiative()
    for side in (first, second):
        factories.owner(side)
    introduction = ask(first, second)
    assert introductions.why_for(introduction, first) == ""


# Changes


@pytest.fixture
def kept():
    entry = factories.initiative("Tuin", run_by="inwoners", summary="Oud")
    return entry, factories.owner(entry, OWNER), factories.owner(entry, "ander@voorbeeld.nl")


@pytest.fixture
def worker():
    return factories.person("medewerker@voorbeeld.nl", role=Role.EDITOR)


def test_owners_read_what_would_change_and_whose_words_it_is(kept, worker):
    entry, _owner, _other = kept
    edit(entry, {"summary": f"Nieuw. {EVIL}", "kind": "evenement"}, by=worker)
    assert Email.objects.count() == 2
    told = Email.objects.get(to=OWNER)
    assert "Samenvatting" in told.message
    assert "Soort" in told.message
    lines = [line for line in told.message.splitlines() if "Oud" in line or "evil" in line]
    assert lines
    assert all(line.startswith("> ") for line in lines)
    assert "https://evil" not in told.message + told.html_message


@pytest.mark.parametrize("taken", [["summary"], []])
def test_a_yes_or_no_of_an_owner_reaches_who_proposed_and_the_other_owners(kept, worker, taken):
    entry, owner, other = kept
    proposal = edit(entry, {"summary": "Nieuw"}, by=worker)
    Email.objects.all().delete()
    decide_proposal(proposal, taken, by=owner, reason="Zo is het beter.")
    what = "Overgenomen: samenvatting." if taken else "Niet overgenomen: samenvatting."
    assert {email.to[0] for email in Email.objects.all()} == {worker.email, other.email}
    assert all(what in words(email) and "Zo is het beter." in words(email) for email in Email.objects.all())
    assert f"De pagina: http://testserver/initiatieven/{entry.slug}/" in to(worker.email).replace(
        letters.settings.SITE_URL, "http://testserver"
    )
    assert "Een andere eigenaar besloot." in to(other.email)


def test_owners_hear_that_staff_did_not_wait(kept, worker):
    entry, owner, other = kept
    proposal = edit(entry, {"summary": "Nieuw"}, by=worker)
    Email.objects.all().delete()
    decide_proposal(proposal, ["summary"], by=worker, reason="Er stond een adres in.")
    assert {email.to[0] for email in Email.objects.all()} == {owner.email, other.email}
    assert "Een medewerker besloot, zonder op uw ja te wachten." in to(OWNER)


def test_who_keeps_the_page_is_sent_to_their_own(kept, worker):
    entry, owner, _other = kept
    decide_proposal(propose(entry, {"summary": "Nieuw"}, by=owner), ["summary"], by=worker)
    assert f"Uw eigen pagina: {letters.address('my-initiative', entry.slug)}" in to(OWNER)


# Subjects


@pytest.mark.parametrize("name", KINDS)
def test_no_subject_takes_the_words_of_a_stranger(name):
    kind = KINDS[name]
    for word in kind.strangers:
        assert rules.subject_mistakes(name, f"Dag {{{{ {word} }}}}")
    everything = {blank.name: EVIL for blank in kind.all_blanks if blank.name in kind.strangers}
    EmailTemplate.objects.filter(name=name).update(
        subject=" ".join(f"{{{{ {word} }}}}" for word in kind.strangers) or "Dag"
    )
    assert "evil" not in letters.write(name, **everything).subject


def test_the_name_of_what_nobody_read_stands_in_no_subject(client, worker):
    """Everything that can be mailed of an entry before it is on the site."""
    municipality = factories.municipality()
    entry, proof = signup.register({"name": EVIL, "summary": EVIL, "municipality": municipality}, email=OWNER)
    owner = signup.confirm(proof)
    ownership.invite(entry, "ander@voorbeeld.nl", by=owner)
    client.post(re.search(r"(/bevestigen/[\w-]+/)", Email.objects.latest("pk").message)[1])
    entry.refresh_from_db()
    Initiative.objects.filter(pk=entry.pk).update(run_by="inwoners")
    edit(entry, {"summary": "x"}, by=worker)
    decide_proposal(entry.proposals.get(), ["summary"], by=owner)
    other = entry.ownerships.exclude(user=owner).get().user
    ownership.leave(entry, other, by=owner)
    client.force_login(worker)
    page = reverse("admin:registry_initiative_decide", args=[entry.pk])
    for status in (Status.NEEDS_MORE, Status.REJECTED):
        given = {"to": status, "reason": "Daarom.", "seen": Initiative.objects.get().status} | read(entry)
        draft = client.post(page, given).context["letter"]
        sent = {f"letter-{name}": value for name, value in draft.initial.items()} | {"letter-is_mailed": "on"}
        client.post(page, given | sent)
    assert Email.objects.count() >= 10
    assert [email.subject for email in Email.objects.all() if "evil" in email.subject] == []


# What repeats


def test_what_repeats_can_be_stopped():
    assert {name for name, kind in KINDS.items() if kind.pace is Pace.DIGEST} == {
        name for name, kind in KINDS.items() if any(blank.name == "stop" for blank in kind.blanks)
    }
    assert [
        name
        for name, kind in KINDS.items()
        if kind.pace is Pace.DIGEST
        and ("stop",) not in [tuple(b.name for b in group) for group in kind.needed]
    ] == []
