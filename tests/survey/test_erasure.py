"""A text that went everywhere and is then wiped: it stands in no table and in no answer any more."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import models
from django.urls import reverse

from registry.foundation.errors import Refused
from registry.models import Bottleneck, Mention, Role
from survey import resources, retention
from survey.coding import double_coding, promotion
from survey.fieldwork import double_entry
from survey.models import OpenAnswer, PaperForm, Promotion, Quote
from survey.open_answers import screening, themes
from tests import factories
from tests.survey import coded, making
from tests.survey.test_retention import later

pytestmark = pytest.mark.django_db
WORD = "Kwikzilverfabriek"
SAID = f"De {WORD} rijdt niet\nMooi is {WORD} HavenHart"
TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.SlugField)


def places():
    """Every table and column, history and all, in which the word stands."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        names = [field.attname for field in model._meta.concrete_fields if isinstance(field, TEXTS)]
        for row in model._base_manager.values(*names):
            found |= {
                (model.__name__, name)
                for name, value in row.items()
                if WORD
                in (
                    bytes(value).decode("utf-8", "replace")
                    if isinstance(value, memoryview | bytes)
                    else str(value)
                )
            }
    return found


def answers(client, initiative, bottleneck):
    addresses = [
        initiative.get_absolute_url(),
        bottleneck.get_absolute_url(),
        f"/api/v1/knelpunten/{bottleneck.pk}",
        "/api/v1/knelpunten",
        f"/api/v1/initiatieven/{initiative.uuid if hasattr(initiative, 'uuid') else initiative.pk}",
        "/knelpunten/",
        "/zoeken/?zoek=rijdt",
        "/resultaten/festival/",
        "/api/v1/metingen",
    ]
    return [address for address in addresses if WORD in client.get(address).text]


@pytest.fixture
def world():
    """The words are screened, split, coded twice, talked over, promoted two ways, mentioned and taken along."""
    round = making.round(occasion="Havenfeest")
    for _time in range(2):
        double_entry.key_in(round, 4, ["R1"], {"knelpunt": "Een andere"})
    making.response(round, "R1", words={"knelpunt": SAID})
    coded.read(round)
    making.close(round)
    coded.planned(round)
    double_coding.add_code(round, "bus", "Vervoer")
    double_coding.add_code(round, "mooi", "Mooi voorbeeld")
    for unit in double_coding.units_of(round):
        double_coding.give(unit, "mooi" if "Mooi" in unit.text else "bus", coder=1)
        double_coding.give(unit, "bus", coder=2)
    double_coding.compare(round)
    for unit in double_coding.units_of(round).filter(pk__in=double_coding.differences(round)):
        double_coding.give(unit, "mooi", coder=3)
    double_coding.freeze(round)
    initiative = factories.initiative("HavenHart")
    bus, mooi = round.codes.get(key="bus"), round.codes.get(key="mooi")
    promotion.to_bottleneck(
        bus, factories.level("relationeel"), "De bus rijdt niet.", quotes=promotion.quotable(bus)
    )
    promotion.to_mention(mooi, initiative, quotes=promotion.quotable(mooi))
    bottleneck = Bottleneck.objects.get(pk=Promotion.objects.get(code=bus).bottleneck_id)
    bottleneck.status = Bottleneck.Status.ACTIVE
    bottleneck.save()
    return round, initiative, bottleneck


def test_wiped_words_are_nowhere(client, world):
    round, initiative, bottleneck = world
    assert answers(client, initiative, bottleneck) == [
        initiative.get_absolute_url(),
        bottleneck.get_absolute_url(),
    ]
    assert {place for place, _column in places()} == {"OpenAnswer", "Unit"}
    answer = OpenAnswer.objects.get(text=SAID)
    screening.decide(answer, "gewist")
    # From that moment nobody outside reads it; the answer itself keeps it as long as a slip can be undone.
    assert answers(client, initiative, bottleneck) == []
    assert {place for place, _column in places()} == {"OpenAnswer"}
    assert WORD not in b"".join(resources.record_rows(round)).decode()
    assert [theme.code for theme in themes.themes_of(round)] == ["bus", "mooi"]
    screening.purge(answer)
    assert places() == set()


def test_what_becomes_private_is_quoted_no_more(client, world):
    _round, initiative, bottleneck = world
    screening.decide(OpenAnswer.objects.get(text=SAID), "besloten")
    assert answers(client, initiative, bottleneck) == []
    screening.decide(OpenAnswer.objects.get(text=SAID), "openbaar")
    assert len(answers(client, initiative, bottleneck)) == 2


def test_the_night_takes_what_was_wiped_and_a_slip_is_undone_before(world):
    round, _initiative, _bottleneck = world
    answer = OpenAnswer.objects.get(text=SAID)
    screening.decide(answer, "gewist")
    assert (retention.apply(), retention.apply(now=later(1))) == ([], [])
    screening.restore(answer)
    answer.refresh_from_db()
    assert (answer.screening, answer.text) == ("onbeslist", SAID)
    with pytest.raises(Refused, match="al geteld"):
        screening.decide(answer, "openbaar", words="Alles is geweldig\nEcht waar")
    screening.decide(answer, "openbaar")
    assert Quote.objects.count() == 3
    screening.decide(answer, "gewist")
    assert retention.apply(now=later(2)) == [(round, "antwoorden", 1)]
    assert places() == set()
    with pytest.raises(Refused, match="komen niet terug"):
        screening.restore(answer)


def test_an_open_round_forgets_what_was_wiped_too():
    answer = coded.answers(making.round(), WORD)[0]
    screening.decide(answer, "gewist")
    retention.apply(now=later(2))
    assert places() == set()


def test_paper_that_is_thrown_away_leaves_no_word():
    round = making.round()
    double_entry.key_in(round, 4, ["R1"], {"knelpunt": WORD})
    assert places() == {("PaperForm", "first")}
    double_entry.start_over(PaperForm.objects.get())
    assert places() == set()


def test_an_edited_quote_says_so_and_a_long_one_is_not_offered(client):
    round = coded.frozen("De bus van Ans rijdt niet", "x" * (promotion.LONGEST_QUOTE + 1), "Geen bus")
    screening.decide(OpenAnswer.objects.get(text__contains="Ans"), "openbaar", words="De bus […] rijdt niet")
    code = round.codes.get(key="bus")
    offered = promotion.quotable(code)
    assert {unit.text for unit in offered} == {"De bus […] rijdt niet", "Geen bus"}
    with pytest.raises(Refused, match="Kies ten hoogste"):
        promotion.to_bottleneck(
            code, factories.level("relationeel"), "De bus", quotes=list(double_coding.quotable(code))
        )
    chosen = [unit for unit in offered if "[…]" in unit.text]
    made = promotion.to_bottleneck(code, factories.level("relationeel"), "De bus", quotes=chosen)
    Bottleneck.objects.filter(pk=made.bottleneck_id).update(status="actief")
    page = " ".join(client.get(made.bottleneck.get_absolute_url()).text.split())
    assert '“De bus […] rijdt niet” <span class="klein zacht">(bewerkt)</span>' in page
    assert "Geen bus" not in page


def test_staff_choose_the_quotes(client):
    round = coded.frozen("De bus rijdt niet", "Geen bus")
    client.force_login(factories.person(role=Role.EDITOR))
    code = round.codes.get(key="bus")
    address = reverse("admin:survey_round_promote", args=[round.pk, code.pk])
    shown = client.get(address)
    unit = next(unit for unit in promotion.quotable(code) if unit.text == "Geen bus")
    sent = {"what": "knelpunt", "level": "relationeel", "text": "De bus", "quotes": [str(unit.pk)]}
    client.post(address, sent | {"stand": shown.context["mark"]})
    assert [quote.unit.text for quote in Quote.objects.all()] == ["Geen bus"]


def test_quotes_of_before_leave_the_register_and_its_history():
    round = coded.frozen(f"De {WORD}", f"Oud {WORD}")
    code, initiative = round.codes.get(key="bus"), factories.initiative("HavenHart")
    made = promotion.to_bottleneck(code, factories.level("relationeel"), "De bus")
    bottleneck = made.bottleneck
    bottleneck.explanation += f"\n\n“De {WORD}”\n\n“Weg is {WORD}”"
    bottleneck.save()
    mention = Mention.objects.create(initiative=initiative, event="Feest", count=2, quote=f"Oud {WORD}")
    Promotion.objects.create(code=code, mention=mention, respondents=2, promoted_on="2026-01-01")
    assert {"HistoricalBottleneck", "HistoricalMention"} < {place for place, _column in places()}
    import_module("survey.migrations.0007_quotes_by_reference").point_at_the_quotes(apps, None)
    assert {place for place, _column in places()} == {"OpenAnswer", "Unit"}
    bottleneck.refresh_from_db()
    assert bottleneck.explanation == "Genoemd door 2 mensen in open antwoorden, Meting festival."
    assert [unit.text for unit in double_coding.quotes_of(bottleneck=bottleneck)] == [f"De {WORD}"]
    assert [unit.text for unit in double_coding.quotes_of(mention=mention)] == [f"Oud {WORD}"]
