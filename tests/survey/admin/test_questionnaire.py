import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.models import Role, Wording
from survey import questionnaires
from survey.models import Questionnaire
from tests import factories
from tests.survey import making

pytestmark = pytest.mark.django_db


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


def test_what_a_colleague_wrote_meanwhile_is_shown_and_not_undone(client):
    made = making.questionnaire(["R1", "R2"])
    address = page("statements", made.pk)
    state = client.get(address).context["state"]
    client.post(address, lines(made, R1={"text_nl": "Van een ander"}) | {"stand": state})
    mine = lines(made, R1={"text_nl": "Van mij"})
    response = client.post(address, mine | {"stand": state})
    assert "R1: ‘Van een ander’" in response.text
    assert "Van mij" in response.text
    assert made.items.get(bottleneck="R1").text == "Van een ander"
    client.post(address, mine | {"stand": response.context["state"]})
    assert made.items.get(bottleneck="R1").text == "Van mij"
