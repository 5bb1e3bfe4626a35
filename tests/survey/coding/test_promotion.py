from datetime import date

import pytest

from registry.foundation.errors import Refused
from registry.models import Bottleneck, Finding, Link, Mention
from survey.coding import double_coding, promotion
from survey.models import Code, OpenAnswer, Promotion
from tests import factories
from tests.survey import coded, making

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def round():
    made = coded.frozen("De bus rijdt niet meer", "Bel Ans: geen bus", "Duur")
    made.held_on = date(2026, 6, 1)
    made.save()
    OpenAnswer.objects.filter(text="Bel Ans: geen bus").update(screening="besloten")
    return made


@pytest.fixture
def code(round):
    return Code.objects.select_related("round").get(key="bus")


def test_a_code_becomes_a_candidate_that_says_where_it_comes_from(code):
    shown = promotion.quotable(code)
    made = promotion.to_bottleneck(code, factories.level("relationeel"), " De bus rijdt niet. ", quotes=shown)
    bottleneck = Bottleneck.objects.get(pk="R4")
    assert (bottleneck.status, bottleneck.origin, bottleneck.statement) == (
        "kandidaat",
        "open-antwoord",
        "De bus rijdt niet.",
    )
    assert bottleneck.number == 4
    assert bottleneck.explanation == "Genoemd door 3 mensen in open antwoorden, Meting festival."
    assert {unit.text for unit in double_coding.quotes_of(bottleneck=bottleneck)} == {
        "De bus rijdt niet meer",
        "Duur",
    }
    assert (made.bottleneck, made.respondents, made.became) == (bottleneck, 3, bottleneck)
    assert not Bottleneck.objects.published().filter(pk="R4").exists()


def test_a_code_becomes_a_finding(code):
    promotion.to_finding(code, factories.level("relationeel"), "Vervoer houdt mensen thuis.")
    finding = Finding.objects.get()
    assert (finding.level_id, finding.text) == ("relationeel", "Vervoer houdt mensen thuis.")
    assert finding.provenance == "Genoemd door 3 mensen in open antwoorden, Meting festival."
    assert Promotion.objects.get().finding == finding


def test_a_good_example_becomes_a_mention(code):
    initiative = factories.initiative("HavenHart")
    promotion.to_mention(code, initiative, quotes=promotion.quotable(code)[:1])
    mention = Mention.objects.get()
    assert (str(mention), mention.mentioned_on) == ("3x genoemd, Havenfeest", date(2026, 6, 1))
    assert (mention.quote, len(double_coding.quotes_of(mention=mention))) == ("", 1)
    assert Link.objects.count() == 0


def test_a_mention_that_is_there_is_not_overwritten(code):
    initiative = factories.initiative("HavenHart")
    Mention.objects.create(initiative=initiative, event="Havenfeest", count=9)
    with pytest.raises(Refused, match="heeft al een vermelding"):
        promotion.to_mention(code, initiative)
    assert (Mention.objects.get().count, Promotion.objects.count()) == (9, 0)


def test_a_code_is_taken_over_once(code):
    promotion.to_finding(code, factories.level("relationeel"), "Vervoer")
    with pytest.raises(Refused, match="al overgenomen"):
        promotion.to_finding(code, factories.level("relationeel"), "Vervoer")


def test_only_what_is_new_and_said_is_taken_over(round):
    level = factories.level("relationeel")
    for key in ("R1", "geen"):
        with pytest.raises(Refused, match="staat al in het register"):
            promotion.to_bottleneck(round.codes.get(key=key), level, "x")
    with pytest.raises(Refused, match="geen thema"):
        promotion.to_bottleneck(round.codes.get(key="nieuw"), level, "x")
    round.codes.create(key="tram", label="Tram")
    with pytest.raises(Refused, match="Niemand"):
        promotion.to_bottleneck(round.codes.get(key="tram"), level, "x")


def test_nothing_is_taken_over_before_the_coding_is_fixed():
    round = making.round()
    double_coding.plan_of(round)
    code = double_coding.add_code(round, "bus", "Vervoer")
    with pytest.raises(Refused, match="Stel eerst het coderen vast"):
        promotion.to_finding(code, factories.level("relationeel"), "Vervoer")


def test_an_unasked_mention_never_adds_to_a_share(code):
    before = [response.ticks for response in code.round.responses.all()]
    promotion.to_bottleneck(code, factories.level("relationeel"), "De bus")
    assert [response.ticks for response in code.round.responses.all()] == before
    assert "R4" not in {item.code for item in code.round.questionnaire.items.all()}
