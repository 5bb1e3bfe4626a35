import re

import pytest

from survey.models import Response
from tests.survey import making
from tests.survey.sending import address, sent

pytestmark = pytest.mark.django_db


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
    assert "hreflang" not in client.get(address()).text
