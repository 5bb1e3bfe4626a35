import pytest
from post_office.models import Email

from registry.introductions import answer, ask
from registry.models import Introduction
from registry.moderation import NotAllowed
from registry.registration import make_owner
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    first, second = factories.initiative("Eerste"), factories.initiative("Tweede")
    make_owner(first, "eerste@voorbeeld.nl")
    make_owner(second, "tweede@voorbeeld.nl")
    return first, second


def test_no_address_is_shown_before_both_say_yes(pair):
    first, second = pair
    introduction = ask(first, second, why="Zij pakken aan wat u ervaart: R2.")
    answer(introduction, first, yes=True)
    letters = {email.to[0]: email.message for email in Email.objects.all()}
    assert set(letters) == {"eerste@voorbeeld.nl", "tweede@voorbeeld.nl"}
    assert "tweede@voorbeeld.nl" not in letters["eerste@voorbeeld.nl"]
    assert "eerste@voorbeeld.nl" not in letters["tweede@voorbeeld.nl"]

    answer(introduction, second, yes=True)

    letters = {email.to[0]: email.message for email in Email.objects.order_by("pk")[2:]}
    assert "tweede@voorbeeld.nl" in letters["eerste@voorbeeld.nl"]
    assert "eerste@voorbeeld.nl" in letters["tweede@voorbeeld.nl"]
    answer(introduction, second, yes=True)
    assert Email.objects.count() == 4


def test_who_asks_has_said_yes(pair):
    first, second = pair
    introduction = ask(first, second, why="", yes_from=first)
    assert [email.to for email in Email.objects.all()] == [["tweede@voorbeeld.nl"]]
    assert answer(introduction, second, yes=True).introduced_at


def test_one_no_ends_it(pair):
    first, second = pair
    introduction = ask(first, second, why="")
    answer(introduction, second, yes=False)
    answer(introduction, first, yes=True)
    answer(introduction, second, yes=True)
    assert Introduction.objects.get().introduced_at is None
    assert Email.objects.count() == 2


def test_two_are_asked_once_and_only_when_there_is_somebody_to_ask(pair):
    first, second = pair
    ask(first, second, why="")
    with pytest.raises(NotAllowed, match="al eens"):
        ask(second, first, why="")
    with pytest.raises(NotAllowed, match="geen eigenaar"):
        ask(first, factories.initiative("Zonder"), why="")
    with pytest.raises(NotAllowed, match="twee verschillende"):
        ask(first, first, why="")
