import pytest
from django.core.exceptions import ValidationError

from registry.foundation.errors import Refused
from registry.models import Bottleneck, Wording
from survey.coding import promotion
from survey.design import questionnaires
from survey.design.questionnaires import Statement
from tests import factories
from tests.survey import coded, making

pytestmark = pytest.mark.django_db


def codes(questionnaire):
    return [item.code for item in questionnaire.items.all()]


def statement(code, place, **texts):
    bottleneck = Bottleneck.objects.select_related("level").get(pk=code)
    return Statement(bottleneck, place, texts or {"nl": bottleneck.statement})


def test_statements_stand_by_level_and_place_and_what_is_left_out_goes():
    made = making.questionnaire()
    questionnaires.arrange(
        made, [statement("R3", 1), statement("M2", 2), statement("R1", 2), statement("M1", 9)]
    )
    assert [(item.code, item.bit) for item in made.items.all()] == [
        ("M2", 0),
        ("M1", 1),
        ("R3", 2),
        ("R1", 3),
    ]


def test_a_new_text_gets_its_number_in_the_register_when_the_questionnaire_is_fixed():
    made = making.questionnaire(["R1"])
    questionnaires.arrange(made, [statement("R1", 1, nl="Er wordt niet geluisterd.", en="Nobody listens.")])
    assert made.items.get().wordings["nl"] == {"version": None, "text": "Er wordt niet geluisterd."}
    assert Wording.objects.count() == 1
    questionnaires.lock(made)
    questionnaires.lock(made)
    assert made.items.get().wordings == {
        "nl": {"version": 2, "text": "Er wordt niet geluisterd."},
        "en": {"version": 1, "text": "Nobody listens."},
    }
    assert Wording.objects.filter(bottleneck="R1").count() == 3


def test_a_text_that_the_register_has_keeps_its_number():
    made = making.questionnaire(["R1"])
    text = made.items.get().text
    questionnaires.arrange(made, [statement("R1", 1, nl="Anders")])
    questionnaires.arrange(made, [statement("R1", 1, nl=f"  {text} ")])
    assert made.items.get().wordings == {"nl": {"version": 1, "text": text}}
    Wording.objects.create(bottleneck_id="R1", version=2, text="Nieuwer")
    questionnaires.arrange(made, [statement("R1", 1, nl=text)])
    assert made.items.get().wordings["nl"]["version"] == 1


def test_a_fixed_questionnaire_is_not_rearranged():
    made = making.round().questionnaire
    with pytest.raises(ValidationError, match="Maak een kopie"):
        questionnaires.arrange(made, [])
    assert len(codes(made)) == 6


def test_more_than_fits_is_refused():
    made = making.questionnaire(["R1"])
    with pytest.raises(Refused, match="63"):
        questionnaires.arrange(made, [statement("R1", 1)] * 64)


def test_only_a_candidate_that_respondents_gave_comes_in_the_next_version():
    round = coded.frozen("De bus rijdt niet meer")
    factories.bottleneck("R8", status=Bottleneck.Status.CANDIDATE)
    factories.bottleneck("R9")
    made = promotion.to_bottleneck(
        round.codes.get(key="bus"), factories.level("maatschappelijk"), "De bus rijdt niet."
    )
    copied = questionnaires.copy(round.questionnaire)
    assert made.bottleneck.pk == "M3"
    assert codes(copied) == ["M1", "M2", "M3", "B1", "R1", "R2", "R3", "R9"]
    assert copied.items.get(bottleneck="M3").text == "De bus rijdt niet."
    assert codes(round.questionnaire) == ["M1", "M2", "B1", "R1", "R2", "R3"]


def test_a_candidate_has_a_page_once_it_is_put_to_people(client):
    questionnaire = making.questionnaire(["R1"])
    factories.bottleneck("R2", status=Bottleneck.Status.CANDIDATE)
    factories.bottleneck("R3", status=Bottleneck.Status.CANDIDATE)
    questionnaire.items.create(bottleneck_id="R2", level_id="relationeel", bit=1, wordings={})
    assert client.get("/knelpunten/r2/").status_code == 404
    questionnaires.lock(questionnaire)
    assert [client.get(f"/knelpunten/{code}/").status_code for code in ("r1", "r2", "r3")] == [200, 200, 404]
    history = Bottleneck.history.filter(code="R2").first()
    assert (history.status, history.history_change_reason) == ("actief", "Gevraagd in: Knelpunten, versie 1")
