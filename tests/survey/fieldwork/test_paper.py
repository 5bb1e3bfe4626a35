import pytest
from django.utils import translation

from registry.foundation.errors import Refused
from registry.models import Municipality
from survey.fieldwork import intake, paper
from survey.models import Response
from tests import factories
from tests.survey import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def questionnaire():
    factories.municipality("GM0034")
    factories.municipality("GM0995")
    return making.questionnaire(languages=["nl", "en"])


def test_every_box_on_the_paper_has_a_code_of_its_own(questionnaire):
    form = paper.form_of(questionnaire)
    codes = [option.code for page in form.pages for option in (*page.options, page.none)]
    codes += [option.code for question in form.background for option in question.options]
    assert codes == ("M1 M2 M0 B1 B0 R1 R2 R3 R0 G34 G995 GX G0 W1 W2 W3 W4 W5 W6 W0".split())
    assert len(form.words) == 6


def test_a_municipality_keeps_its_code_when_another_joins(questionnaire):
    before = {option.value: option.code for option in paper.form_of(questionnaire).background[0].options}
    Municipality.objects.create(code="GM0050", name="Aaa", longitude="5.5", latitude="52.3")
    after = {option.value: option.code for option in paper.form_of(questionnaire).background[0].options}
    assert before.items() <= after.items()


def test_the_paper_exists_in_each_language(questionnaire):
    item = questionnaire.items.get(bottleneck="R1")
    item.wordings["en"] = {"version": 1, "text": "Nobody listens."}
    item.save()
    with translation.override("en"):
        assert paper.form_of(questionnaire).pages[2].options[0].text == "Nobody listens."


def test_what_is_typed_becomes_what_the_screen_would_have_sent(questionnaire):
    codes = paper.read(questionnaire, " r2 M1,m1  b0 g34 w3 ")
    assert codes == ["M1", "B0", "R2", "G34", "W3"]
    assert paper.answers(questionnaire, codes, {"voorbeeld": "HavenHart"}) == intake.Answers(
        frozenset(["M1", "R2"]),
        frozenset(["bestuurlijk"]),
        {"voorbeeld": "HavenHart"},
        "GM0034",
        "opbouwwerker",
    )
    hidden = paper.answers(questionnaire, paper.read(questionnaire, "G0 W0"), {})
    assert (hidden.municipality, hidden.role) == ("liever-niet", "liever-niet")
    assert paper.answers(questionnaire, paper.read(questionnaire, "GX"), {}).municipality == "elders"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("M1 M9 Q7", ["‘M9’ staat niet op dit formulier", "‘Q7’ staat niet op dit formulier"]),
        ("R0 R2", ["R0 (geen van deze) en R2 gaan niet samen"]),
        ("G34 GX", ["hier kan er maar één"]),
        ("W1 W0", ["hier kan er maar één"]),
        ("R1;R2", ["‘R1;R2’ staat niet"]),
    ],
)
def test_a_slip_is_named_with_what_to_do(questionnaire, typed, told):
    with pytest.raises(Refused) as mistake:
        paper.read(questionnaire, typed)
    assert [part in message for part, message in zip(told, mistake.value.messages, strict=True)] == [
        True
    ] * len(told)


def test_paper_comes_in_after_closing_until_the_results_stand():
    round = making.close(making.round())
    making.response(round, "R1", channel=Response.Channel.PAPER)
    with pytest.raises(intake.NotTaken, match="niet open"):
        making.response(round, "R1")
    making.publish(round)
    with pytest.raises(intake.NotTaken, match="niet open"):
        making.response(round, "R1", channel=Response.Channel.PAPER)
    assert round.responses.count() == 1


def test_paper_does_not_come_in_before_a_round_was_ever_open():
    with pytest.raises(intake.NotTaken, match="niet open"):
        making.response(making.round(is_open=False), "R1", channel=Response.Channel.PAPER)
