import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import Role, Wording
from survey.design import questionnaires
from survey.models import Questionnaire
from tests import factories
from tests.survey import making

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def editor(client):
    user = factories.person(role=Role.EDITOR)
    client.force_login(user)
    return user


def page(name, *args):
    return reverse(f"admin:survey_questionnaire_{name}", args=args)


def lines(questionnaire, extra=(), **changes):
    """What the page with statements sends; ``changes``: code to fields that differ."""
    items = list(questionnaire.items.all())
    sent = {"form-TOTAL_FORMS": len(items) + len(extra), "form-INITIAL_FORMS": len(items)}
    for number, item in enumerate(items):
        fields = {"bottleneck": item.code, "place": item.bit + 1, "text_nl": item.text}
        fields |= changes.get(item.code, {})
        sent |= {f"form-{number}-{name}": value for name, value in fields.items()}
    for number, fields in enumerate(extra, len(items)):
        sent |= {f"form-{number}-{name}": value for name, value in fields.items()}
    return sent


def test_a_new_questionnaire_is_filled_from_the_register(client):
    factories.bottleneck("R1")
    factories.bottleneck("M1")
    given = {"name": "Knelpunten", "slug": "knelpunten", "languages": ["nl", "en"], "asks_role": "on"}
    client.post(page("add"), given)
    made = Questionnaire.objects.get()
    assert (made.languages, made.asks_role, made.asks_municipality) == (["nl", "en"], True, False)
    assert [item.code for item in made.items.all()] == ["M1", "R1"]
    assert made.open_questions.count() == 5


def test_dutch_is_always_there(client):
    response = client.post(page("add"), {"name": "K", "slug": "k", "languages": ["en"]})
    assert "Kies ook Nederlands" in response.text
    assert not Questionnaire.objects.exists()


def test_statements_are_changed_moved_removed_and_added(client):
    made = making.questionnaire(["M1", "R1", "R2"], languages=["nl", "en"])
    factories.bottleneck("R7")
    sent = lines(
        made,
        [{"bottleneck": "R7", "place": 1, "text_nl": "Zeven", "text_en": "Seven"}, {}],
        M1={"DELETE": "on"},
        R1={"place": 9, "text_nl": "Anders", "text_en": "Different"},
    )
    assert client.post(page("statements", made.pk), sent).status_code == 302
    items = list(made.items.all())
    assert [item.code for item in items] == ["R7", "R2", "R1"]
    assert [item.bit for item in items] == [0, 1, 2]
    assert (items[2].text_in("nl"), items[2].text_in("en")) == ("Anders", "Different")
    assert list(made.items.get(bottleneck="R2").wordings) == ["nl"]


@pytest.mark.parametrize(
    ("extra", "change", "told"),
    [
        ([{"bottleneck": "R1", "place": 1, "text_nl": "x"}], {}, "maar één keer"),
        ([], {"R1": {"text_nl": " "}}, "Vul bij elke stelling de Nederlandse tekst in"),
        ([], {"R1": {"place": "veel"}}, "Voer een geheel getal in"),
        ([{"bottleneck": "X9", "place": 1, "text_nl": "x"}], {}, "Selecteer een geldige keuze"),
    ],
)
def test_a_mistake_is_told_and_nothing_typed_is_lost(client, extra, change, told):
    made = making.questionnaire(["R1", "R2"])
    sent = lines(made, extra, **{"R2": {"text_nl": "Net getypt"}} | change)
    response = client.post(page("statements", made.pk), sent)
    assert (told in response.text, "Net getypt" in response.text) == (True, True)
    assert "Net getypt" not in {item.text for item in made.items.all()}


def test_a_fixed_questionnaire_can_only_be_read_and_copied(client):
    made = making.round().questionnaire
    text = client.get(page("change", made.pk)).text
    assert ("Deze vragenlijst ligt vast sinds" in text, 'name="name"' in text) == (True, False)
    assert "Zit er nog iets anders in de weg?" in text
    assert client.post(page("change", made.pk), {"name": "Anders"}).status_code == 403
    assert client.post(page("statements", made.pk), lines(made)).status_code == 403
    assert client.post(page("delete", made.pk), {"post": "yes"}).status_code == 403
    assert "u kunt de stellingen lezen, niet wijzigen" in client.get(page("statements", made.pk)).text
    response = client.post(page("copy", made.pk))
    copied = Questionnaire.objects.get(version=2)
    assert response["Location"] == page("change", copied.pk)
    assert (copied.is_locked, copied.copied_from) == (False, made)


def test_open_questions_have_a_text_per_language(client):
    made = making.questionnaire(["R1"], languages=["nl", "en"])
    first = made.open_questions.first()
    sent = {"name": made.name, "slug": made.slug, "languages": ["nl", "en"]}
    rows = list(made.open_questions.all())
    sent |= {"open_questions-TOTAL_FORMS": len(rows), "open_questions-INITIAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        fields = {"id": row.pk, "questionnaire": made.pk, "kind": row.kind, "key": row.key}
        fields |= {
            "level": row.level_id or "",
            "position": row.position,
            "text_nl": row.texts["nl"],
            "text_en": "",
        }
        sent |= {f"open_questions-{number}-{name}": value for name, value in fields.items()}
    sent["open_questions-0-text_en"] = "Else:"
    assert client.post(page("change", made.pk), sent).status_code == 302
    first.refresh_from_db()
    assert first.texts == {"nl": "Anders, namelijk:", "en": "Else:"}
    assert made.open_questions.last().texts == {"nl": rows[-1].texts["nl"]}
    sent["open_questions-0-level"] = ""
    assert "‘Anders, namelijk’ hoort bij een niveau" in client.post(page("change", made.pk), sent).text


def test_the_paper_has_a_code_for_each_box_and_a_place_for_its_number(client):
    factories.municipality("GM0034")
    made = making.questionnaire(["M1", "R1"], languages=["nl", "en"])
    item = made.items.get(bottleneck="R1")
    Wording.objects.create(bottleneck_id="R1", language="en", text="Nobody listens.")
    item.wordings["en"] = {"version": 1, "text": "Nobody listens."}
    item.save()
    text = client.get(page("paper", made.pk)).text
    codes = ["M1", "M0", "R1", "R0", "G34", "G0", "W1", "W0"]
    assert [code for code in codes if f'<span class="code">{code}</span>' not in text] == []
    assert ("Nummer (vult de organisatie in)" in text, item.text in text) == (True, True)
    english = client.get(page("paper", made.pk), {"taal": "en"}).text
    words = ["Nobody listens.", '<html lang="en"', "Tick what you recognise.", "None of these"]
    assert [one for one in words if one not in english] == []
    assert client.get(page("paper", made.pk), {"taal": "fr"}).text == text


def test_pages_ask_the_database_as_often_for_many_statements(client):
    asked = {}
    for size, codes in enumerate([["R1"], ["R1", "R2", "R3", "M1"]]):
        made = making.questionnaire(codes, slug=f"k{size}")
        made.items.exclude(bottleneck__in=codes).delete()
        for is_locked in (False, True):
            if is_locked:
                questionnaires.lock(made)
            for name in ("statements", "change", "paper", "changelist"):
                where = page(name, *([] if name == "changelist" else [made.pk]))
                client.get(where)
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(where).status_code == 200
                asked.setdefault((name, is_locked), []).append(len(queries))
    assert asked == {
        ("statements", False): [8, 8],
        ("change", False): [9, 9],
        ("paper", False): [9, 9],
        ("changelist", False): [6, 6],
        ("statements", True): [6, 6],
        ("change", True): [6, 6],
        ("paper", True): [5, 5],
        ("changelist", True): [6, 6],
    }


def sent_by(response):
    """What a browser sends of this page when nothing is touched."""
    form = response.text.split("<main", 1)[-1]
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        given = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if given.get("name", "").startswith(("form-", "initial-form-")) and given.get("type") != "checkbox":
            fields[unescape(given["name"])] = unescape(given.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*?name="([^"]+)"[^>]*>\n?([^<]*)</textarea>', form):
        fields[name] = unescape(text)
    for name, options in re.findall(r'(?s)<select[^>]*?name="([^"]+)"[^>]*>(.*?)</select>', form):
        chosen = re.findall(r'value="([^"]*)" selected', options)
        fields[name] = chosen[0] if chosen else ""
    return fields


def typed(fields, code, **changes):
    """``fields`` with what was typed on the line of this bottleneck."""
    number = next(
        name.split("-")[1] for name, value in fields.items() if name.endswith("-bottleneck") and value == code
    )
    return fields | {f"form-{number}-{name}": value for name, value in changes.items()}


def added(fields, code, text):
    number = fields["form-INITIAL_FORMS"]
    return fields | {
        f"form-{number}-bottleneck": code,
        f"form-{number}-place": "1",
        f"form-{number}-text_nl": text,
    }


def texts(questionnaire):
    return {item.code: item.text for item in questionnaire.items.all()}


BEFORE = {f"M{number}": f"Was {number}" for number in (1, 2, 3)}
# What the other does, what I do, what is there then, and what is told before (nothing: saved at once).
MET = {
    "other lines": ({"M1": "Hun 1"}, {"M2": "Mijn 2"}, {"M1": "Hun 1", "M2": "Mijn 2", "M3": "Was 3"}, ""),
    "one line": ({"M1": "Hun"}, {"M1": "Mijn"}, BEFORE | {"M1": "Mijn"}, "‘Hun’"),
    "the same": ({"M1": "Zo"}, {"M1": "Zo"}, BEFORE | {"M1": "Zo"}, ""),
    "they remove": ({"M1": None}, {"M2": "Mijn"}, {"M2": "Mijn", "M3": "Was 3"}, ""),
    "they remove mine": ({"M2": None}, {"M2": "Mijn"}, BEFORE | {"M2": "Mijn"}, "haalde deze stelling"),
    "both remove": ({"M2": None}, {"M2": None}, {"M1": "Was 1", "M3": "Was 3"}, ""),
    "I remove theirs": ({"M2": "Hun"}, {"M2": None}, {"M1": "Was 1", "M3": "Was 3"}, "‘Hun’"),
    "they add": ({"R7": "Hun"}, {"M3": "Mijn"}, BEFORE | {"R7": "Hun", "M3": "Mijn"}, ""),
    "both add": ({"R7": "Hun"}, {"R7": "Mijn"}, BEFORE | {"R7": "Mijn"}, "‘Hun’"),
    "both add the same": ({"R7": "Zo"}, {"R7": "Zo"}, BEFORE | {"R7": "Zo"}, ""),
}


def doing(fields, acts):
    for code, text in acts.items():
        if code not in BEFORE:
            fields = added(fields, code, text)
        else:
            fields = typed(fields, code, **({"DELETE": "on"} if text is None else {"text_nl": text}))
    return fields


@pytest.mark.parametrize("case", MET)
def test_two_people_at_the_statements_undo_nothing_of_each_other(client, case):
    theirs, mine, then, told = MET[case]
    made = making.questionnaire(list(BEFORE))
    factories.bottleneck("R7")
    for code, text in BEFORE.items():
        made.items.filter(bottleneck=code).update(wordings={"nl": {"text": text}})
    address = page("statements", made.pk)
    before = sent_by(client.get(address))
    assert client.post(address, doing(before, theirs)).status_code == 302
    now = texts(made)
    response = client.post(address, doing(before, mine))
    if told:
        assert (response.status_code, told in unescape(response.text), texts(made)) == (200, True, now)
        assert "hieronder rood" in response.text
        again = sent_by(response)
        for code, text in mine.items():
            if text is None:
                again = typed(again, code, DELETE="on")
            else:
                assert text in again.values()
        response = client.post(address, again)
    assert (response.status_code, texts(made)) == (302, then)
    if case in ("they add", "they remove"):
        assert (
            f"Een ander {'voegde' if case == 'they add' else 'haalde'} intussen" in client.get(address).text
        )


def test_a_mistake_beside_a_line_that_is_gone_shows_each_text_at_its_own_code(client):
    made = making.questionnaire(["M1", "M2", "M3"])
    address = page("statements", made.pk)
    before = sent_by(client.get(address))
    client.post(address, typed(before, "M1", DELETE="on"))
    response = client.post(address, typed(before, "M3", place="veel", text_nl="Mijn 3"))
    assert "Een ander haalde deze stelling weg" in response.text
    again = sent_by(response)
    row = re.search(r"(?s)<tr>(?:(?!</tr>).)*Mijn 3", response.text)[0]
    assert re.search(r"M3\s*</th>", row)
    client.post(address, typed(again, "M3", place="3"))
    assert texts(made) == {"M2": texts(made)["M2"], "M3": "Mijn 3"}


def test_lines_that_no_page_sent_are_refused_or_left(client):
    made = making.questionnaire(["M1", "M2"])
    before = texts(made)
    address = page("statements", made.pk)
    sent = sent_by(client.get(address))
    for change in ({"form-0-bottleneck": "zomaar"}, {"form-0-bottleneck": "M2"}):
        assert client.post(address, sent | change).status_code == 200
    assert client.post(address, sent | {"form-INITIAL_FORMS": "999999999"}).status_code in (200, 302)
    assert texts(made) == before
