import re

import pytest

from survey.models import Response
from tests.reading import tight
from tests.survey import making
from tests.survey.sending import address, sent

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def round():
    questionnaire = making.questionnaire(["R1", "R2"], languages=("nl", "en", "ar"))
    translated = questionnaire.items.get(bottleneck="R1")
    translated.wordings["en"] = {"version": 1, "text": "There is too little listening."}
    translated.save()
    return making.round(questionnaire=questionnaire)


def test_each_language_says_what_it_is(client, round):
    heads = {
        asked: re.search(r"<html [^>]*>", client.get(f"{address()}{query}").text)[0]
        for asked, query in {"": "", "en": "?taal=en", "ar": "?taal=ar", "xx": "?taal=xx"}.items()
    }
    dutch = '<html lang="nl" dir="ltr">'
    assert heads == {
        "": dutch,
        "en": '<html lang="en" dir="ltr">',
        "ar": '<html lang="ar" dir="rtl">',
        "xx": dutch,
    }
    assert client.get(f"{address()}?taal=en")["Content-Language"] == "en"


def test_a_statement_that_is_not_translated_is_marked_as_dutch(client, round):
    page = client.get(f"{address()}?taal=en").text
    assert "<span>There is too little listening.</span>" in page
    assert '<span lang="nl" dir="ltr">Er wordt te weinig geluisterd.</span>' in page
    assert "Step 1 of" in page
    assert (
        '<span lang="nl" dir="ltr">Er wordt te weinig geluisterd.</span>'
        in client.get(f"{address()}?taal=ar").text
    )


def test_the_language_of_the_answer_is_kept_and_thanks_are_in_it(client, round):
    page = client.post(address(), sent(taal="en"))
    assert "Thank you for your answers" in page.text
    assert Response.objects.get().language == "en"
    assert "Tick what you recognise" in client.post(address(), {"taal": "en"}).text


def test_one_language_is_no_choice(client):
    making.round()
    assert "taalkeuze" not in client.get(address()).text


def test_another_language_keeps_what_was_filled_in(client, round):
    round.access = round.Access.CODES
    round.save()
    begun = re.search(r'name="begonnen" value="([^"]+)"', client.get(address()).text)[1]
    given = sent(taalkeuze="en", stand="ingang", code="", begonnen=begun, kiosk="1")
    given |= {"woorden-voorbeeld": "x" * 2001, "niveau-relationeel": ["R1", "geen"]}
    page = client.post(f"{address()}?verstuur=1", given)
    assert (page.status_code, page["Content-Language"], Response.objects.count()) == (200, "en", 0)
    assert "X-Inzending" not in page
    # Nothing is checked yet: no fault is told, and nothing is cut off.
    assert "data-fouten" not in page.text
    kept = {
        "taal": "en",
        "sleutel": given["sleutel"],
        "volgorde": "7",
        "stand": "ingang",
        "begonnen": begun,
        "kiosk": "1",
    }
    for name, value in kept.items():
        assert f'name="{name}" value="{value}"' in page.text
    assert re.findall(r'value="(\w+)"(?:\s+data-geen)?\s+checked', page.text) == ["R1", "geen"]
    assert "x" * 2001 in page.text
    assert 'scherm--eerst" id="stap-welkom"' in tight(page.text)


def test_enter_asks_for_no_other_language(client, round):
    """The first button of a form is what Enter presses, wherever in the page it stands."""
    text = client.get(address()).text
    first = re.search(r"<button[^>]*(?:form=\"vragen\"|name=\"controle\")[^>]*>", text)[0]
    assert 'name="controle"' in first
    assert f"{address()}?taal=" not in text.split("<nav", 1)[1].split("</nav>")[0]
