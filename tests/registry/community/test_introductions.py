import random
import re

import pytest
from django.urls import reverse
from post_office.models import Email

from registry.community.introductions import answer, ask
from registry.foundation.errors import Refused
from registry.models import Introduction, IntroductionConsent, Status
from registry.moderation.decisions import decide
from registry.ownership import leave
from registry.personal_data import forget, kept_about
from tests import factories
from tests.seeds import seeds

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def pair():
    return factories.initiative("Eerste"), factories.initiative("Tweede")


@pytest.fixture
def owners(pair):
    """Two of each side: the first two of the first."""
    return [
        factories.owner(side, f"{name}@voorbeeld.nl")
        for side in pair
        for name in (f"{side.slug}-a", f"{side.slug}-b")
    ]


def letters_since(number):
    return {email.to[0]: email.message for email in Email.objects.order_by("pk")[number:]}


def told_since(number):
    """The same without questions: these go to who keeps a page, when who said yes for it is gone."""
    since = Email.objects.order_by("pk")[number:]
    return {email.to[0]: email.message for email in since if email.delivery.kind != "kennismaken-vraag"}


def test_no_address_is_shown_before_both_say_yes(pair):
    first, second = pair
    one, other = factories.owner(first, "eerste@voorbeeld.nl"), factories.owner(second, "tweede@voorbeeld.nl")
    introduction = ask(first, second, why="Zij pakken aan wat u ervaart: R2.")
    answer(introduction, first, by=one, yes=True)
    letters = letters_since(0)
    assert set(letters) == {"eerste@voorbeeld.nl", "tweede@voorbeeld.nl"}
    assert "tweede@voorbeeld.nl" not in letters["eerste@voorbeeld.nl"]
    assert "eerste@voorbeeld.nl" not in letters["tweede@voorbeeld.nl"]

    assert answer(introduction, second, by=other, yes=True)

    letters = letters_since(2)
    assert "tweede@voorbeeld.nl" in letters["eerste@voorbeeld.nl"]
    assert "eerste@voorbeeld.nl" in letters["tweede@voorbeeld.nl"]
    assert not answer(introduction, second, by=other, yes=True)
    assert Email.objects.count() == 4


def test_who_asks_has_said_yes_and_nobody_else_of_that_side(pair, owners, client):
    first, second = pair
    factories.link(first, factories.bottleneck(), "ervaart")
    factories.link(second, first.links.get().bottleneck, "pakt-aan")
    client.force_login(owners[0])
    client.post(
        reverse("registry:my-initiative", args=[first.slug]), {"doe": "kennismaken", "met": second.slug}
    )
    assert {email.to[0] for email in Email.objects.all()} == {owner.email for owner in owners[2:]}
    answer(Introduction.objects.get(), second, by=owners[3], yes=True)
    letters = letters_since(2)
    assert set(letters) == {owners[0].email, owners[3].email}
    assert "b@" not in letters[owners[3].email]


def test_one_no_ends_it(pair, owners):
    first, second = pair
    introduction = ask(first, second, why="")
    assert answer(introduction, second, by=owners[2], yes=False)
    assert not answer(introduction, first, by=owners[0], yes=True)
    assert not answer(introduction, second, by=owners[3], yes=True)
    assert Introduction.objects.get().introduced_at is None
    assert Email.objects.count() == 4


def test_two_are_asked_once_and_only_when_there_is_somebody_to_ask(pair, owners):
    first, second = pair
    ask(first, second, why="")
    with pytest.raises(Refused, match="al eens"):
        ask(second, first, why="")
    with pytest.raises(Refused, match="geen eigenaar"):
        ask(first, factories.initiative("Zonder"), why="")
    with pytest.raises(Refused, match="twee verschillende"):
        ask(first, first, why="")
    third = factories.initiative()
    factories.owner(third)
    with pytest.raises(Refused, match="beheert deze pagina niet"):
        ask(first, third, why="", yes_from=first, by=owners[2])


def _leave(initiative, user):
    factories.owner(initiative)
    leave(initiative, user)


GONE = {
    "left": _leave,
    "forgotten": lambda initiative, user: forget(user),
    "switched off": lambda initiative, user: type(user).objects.filter(pk=user.pk).update(is_active=False),
}


@pytest.mark.parametrize("gone", GONE)
def test_who_is_gone_after_a_yes_is_neither_named_nor_written_to(pair, owners, gone):
    first, second = pair
    introduction = ask(first, second, why="")
    answer(introduction, first, by=owners[0], yes=True)
    answer(introduction, first, by=owners[1], yes=True)
    address = owners[0].email
    GONE[gone](first, owners[0])
    before = Email.objects.count()
    answer(introduction, second, by=owners[2], yes=True)
    letters = letters_since(before)
    assert set(letters) == {owners[1].email, owners[2].email}
    assert all(address not in text for text in letters.values())


def test_with_the_only_yes_gone_a_side_has_not_said_yes(pair, owners):
    first, second = pair
    introduction = ask(first, second, why="")
    answer(introduction, first, by=owners[0], yes=True)
    leave(first, owners[0])
    before = Email.objects.count()
    answer(introduction, second, by=owners[2], yes=True)
    assert (Email.objects.count(), Introduction.objects.get().introduced_at) == (before, None)
    answer(introduction, first, by=owners[1], yes=True)
    assert set(letters_since(before)) == {owners[1].email, owners[2].email}


def test_a_page_that_is_gone_introduces_nobody(pair, owners):
    first, second = pair
    introduction = ask(first, second, why="")
    answer(introduction, first, by=owners[0], yes=True)
    decide(first, Status.WITHDRAWN, by=None, reason="Klaar")
    before = Email.objects.count()
    with pytest.raises(Refused):
        answer(introduction, second, by=owners[2], yes=True)
    assert letters_since(before) == {}


@seeds(range(25), everywhere=6)
def test_each_address_in_a_letter_and_each_who_gets_it_said_yes(client, pair, seed):
    """A random walk through the letters and pages that people really get."""
    chance = random.Random(seed)
    people = [factories.person(f"p{number}@voorbeeld.nl") for number in range(6)]
    for side in pair:
        for person in chance.sample(people, chance.randrange(1, 5)):
            side.ownerships.create(user=person)
    first, second = pair
    said_yes, starter = set(), None
    if chance.random() < 0.4:
        starter = first.ownerships.order_by("?").first().user
        said_yes.add(starter.email)
        ask(first, second, why="Daarom.", yes_from=first, by=starter)
    else:
        ask(first, second, why="Daarom.")
    questions = [(email.to[0], email.message) for email in Email.objects.order_by("pk")]
    assert all("@" not in text for _to, text in questions)
    asked = Email.objects.count()
    chance.shuffle(questions)
    for to, text in questions:
        act = chance.choices(["ja", "nee", "", "weg"], [12, 1, 4, 2])[0]
        if act == "weg":
            said_yes.discard(to)
            for side in pair:
                if side.ownerships.count() > 1:
                    side.ownerships.filter(user__email=to).delete()
        elif act:
            was_open = not Introduction.objects.exclude(introduced_at=None, declined_at=None).exists()
            page = client.post(re.search(r"http://\S+?(/bewijs/\S+|/\S+)", text)[1], {"antwoord": act})
            if page.status_code == 200 and act == "ja" and was_open:
                said_yes.add(to)
            assert all(f"p{number}@" not in page.text for number in range(6))
        if sent := told_since(asked):
            named = re.findall(r"p\d@voorbeeld.nl", " ".join(sent.values()))
            assert {*sent, *named} <= said_yes
            break


def test_what_is_kept_of_a_person_names_their_yes(pair, owners):
    introduction = ask(*pair, why="")
    answer(introduction, pair[0], by=owners[0], yes=True)
    assert kept_about(owners[0])["ja gezegd op kennismaken"] == ["Eerste en Tweede"]
    forget(owners[0])
    assert not IntroductionConsent.objects.exists()


def test_a_late_yes_is_told_the_truth(client, pair, owners):
    introduction = ask(*pair, why="")
    late = Email.objects.get(to=owners[1].email).message
    answer(introduction, pair[0], by=owners[0], yes=True)
    answer(introduction, pair[1], by=owners[2], yes=True)
    page = client.post(re.search(r"http://[^/]+(/\S+)", late)[1], {"antwoord": "ja"})
    assert "Uw adres is niet doorgegeven" in page.text
