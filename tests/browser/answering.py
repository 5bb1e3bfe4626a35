"""A round to answer, and the pages of who answers in every state: for the browser tests and the pictures."""

import json
from datetime import timedelta

from django.utils import timezone

from survey.design import questionnaires
from survey.fieldwork import kiosk
from survey.models import Publication, Response
from tests.survey import making

PIN = "2580"
SHARES = {"R1": (53, 69), "R2": (46, 60), "R3": (36, 47), "R4": (None, None)}


def fill_round(**fields):
    """The deck's questionnaire in an open round, with a published one before it. Needs the deck."""
    questionnaire = questionnaires.compose("deck", "Knelpunten", languages=["nl", "en"])
    round = making.round(name="Meting Hestiadag", questionnaire=questionnaire, **fields)
    kiosk.set_pin(round, PIN)
    now = timezone.now()
    making.round("gepland", is_open=False, questionnaire=questionnaire, opens_at=now + timedelta(days=1))
    past = {"opens_at": now - timedelta(days=9), "closes_at": now - timedelta(days=8)}
    earlier = making.round("eerder", name="Verbindingsfestival", questionnaire=questionnaire, **past)
    statements = [
        {"code": code, "count": count, "percentage": percentage}
        for code, (count, percentage) in SHARES.items()
    ]
    data = {"levels": [{"level": "relationeel", "n": 77, "statements": statements}]}
    Publication.objects.create(round=earlier, data=json.dumps(data), data_hash="deck")
    return round


def sent():
    """What was sent in; the fictional round has responses of its own."""
    return Response.objects.filter(round__is_sample=False)


def screen(page):
    """The screen that is shown."""
    return page.locator(".scherm:visible")


def onward(page, label="Volgende"):
    screen(page).get_by_role("link", name=label, exact=True).click()


def steps(page, *, ticks=2):
    """Answer all and send; yields the name of each screen, standing open."""
    page.goto("/enquete/festival/")
    yield "enquete"
    onward(page, "Begin")
    for level in ("maatschappelijk", "bestuurlijk", "professioneel", "relationeel"):
        for box in screen(page).get_by_role("checkbox").all()[:ticks]:
            box.check()
        yield f"enquete-{level}"
        onward(page)
    screen(page).get_by_label("goed voorbeeld").fill("De soep van Hestia")
    yield "enquete-open"
    onward(page)
    screen(page).get_by_label("Almere").check()
    yield "enquete-achtergrond"
    onward(page)
    yield "enquete-controle"
    page.get_by_role("button", name="Verstuur").click()
    page.get_by_role("heading", name="Bedankt").wait_for()
    yield "enquete-bedankt"


def visits(round):
    """What else a respondent may meet: name to address."""
    return {
        "enquete-engels": "/enquete/festival/?taal=en#stap-relationeel",
        "enquete-kiosk": "/enquete/festival/?kiosk=1",
        "enquete-bewaard": "/enquete/festival/bewaard/",
        "enquete-niet-bewaard": "/enquete/festival/niet-bewaard/",
        "enquete-apparaat": "/enquete/festival/apparaat/",
        "enquete-voorbeeld": f"/enquete/voorbeeld/{round.questionnaire.preview_key}/",
        "enquete-gepland": "/enquete/gepland/",
        "enquete-gesloten": "/enquete/eerder/",
        "enquete-lijst": "/enquete/",
    }


def wrong(page):
    """Send a contradiction, as somebody without a script can."""
    page.goto("/enquete/festival/?taal=nl#stap-bestuurlijk")
    page.evaluate(
        "document.querySelectorAll('#niveau-bestuurlijk input').forEach(one => { one.checked = true })"
    )
    page.goto("/enquete/festival/?taal=nl#stap-controle")
    page.get_by_role("button", name="Verstuur").click()
    page.get_by_role("alert").wait_for()


def walk(page, round):
    """Every page of this module, standing open: yields its name."""
    yield from steps(page)
    wrong(page)
    yield "enquete-fout"
    for name, url in visits(round).items():
        page.goto(url)
        yield name
