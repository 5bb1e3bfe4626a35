from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from registry.models import Role
from survey.fieldwork import kiosk, stands
from survey.models import AccessCode, Round, SourceCode
from survey.rounds import life, publications
from tests import factories
from tests.survey import making

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture(autouse=True)
def editor(client):
    client.force_login(factories.person(role=Role.EDITOR))


def take(client, round, step):
    """As somebody does it: get the page, and send what stands in it."""
    mark = client.get(page(step, round.pk)).context["mark"]
    return client.post(page(step, round.pk), {"stand": mark}, follow=True)


def page(name, *args):
    return reverse(f"admin:survey_round_{name}", args=args)


def typed(round=None, questionnaire=None, **fields):
    """What the form of a round sends."""
    stands = list(round.sources.all()) if round else []
    sent = {
        "name": "Havenfeest",
        "slug": "havenfeest",
        "languages": ["nl"],
        "access": "open",
        "threshold": 10,
        "late_days": 7,
    }
    sent |= {"keep_answers_days": 365, "keep_responses_days": 1825, "opens_at_0": "", "opens_at_1": ""}
    sent |= {"questionnaire": (questionnaire or round.questionnaire).pk}
    sent |= {"sources-TOTAL_FORMS": len(stands) + 1, "sources-INITIAL_FORMS": len(stands)}
    return sent | fields


def test_a_round_is_made_as_a_draft_with_a_stand_and_a_pin(client):
    sent = typed(questionnaire=making.questionnaire(), pin="2580")
    sent |= {"sources-0-name": "Ingang", "sources-0-code": "ingang"}
    assert client.post(page("add"), sent).status_code == 302
    round = Round.objects.get()
    assert (round.state, round.languages, round.sources.get().code) == (Round.State.DRAFT, ["nl"], "ingang")
    assert kiosk.opens(round, "2580")
    assert not round.questionnaire.is_locked
    assert "Concept: niemand kan antwoorden." in client.get(page("change", round.pk)).text


def test_a_round_with_a_moment_to_open_fixes_its_questionnaire(client):
    when = timezone.localtime() + timedelta(days=2)
    made = making.questionnaire()
    sent = typed(questionnaire=made, opens_at_0=f"{when:%d-%m-%Y}", opens_at_1="10:00")
    assert client.post(page("add"), sent).status_code == 302
    made.refresh_from_db()
    assert (Round.objects.get().state, made.is_locked) == (Round.State.PLANNED, True)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"languages": ["nl", "en"]}, "De vragenlijst is er niet in al deze talen."),
        ({"pin": "12"}, "Een pincode heeft vier tot acht cijfers."),
        ({"threshold": 4}, "minstens 5"),
        ({"questionnaire": ""}, "vereist"),
        ({"opens_at_0": "gisteren"}, "geldige datum"),
    ],
)
def test_a_mistake_is_told(client, fields, told):
    response = client.post(page("add"), typed(questionnaire=making.questionnaire()) | fields)
    assert (response.status_code, told in response.text, Round.objects.count()) == (200, True, 0)


def test_a_round_that_is_no_draft_keeps_its_questionnaire(client):
    round = making.round("havenfeest")
    other = making.questionnaire(["R1"], slug="ander")
    when = timezone.localtime(round.opens_at)
    sent = typed(round, questionnaire=other, opens_at_0=f"{when:%d-%m-%Y}", opens_at_1=f"{when:%H:%M:%S}")
    assert client.post(page("change", round.pk), sent).status_code == 302
    assert Round.objects.get().questionnaire == round.questionnaire


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"opens_at_0": "", "opens_at_1": ""}, "opens_at"),
        ({"opens_at_0": "01-01-2099", "opens_at_1": "10:00"}, "opens_at"),
        ({"keep_answers_days": 366}, "keep_answers_days"),
        ({"keep_responses_days": 1826}, "keep_responses_days"),
        ({"late_days": 6}, "late_days"),
        ({"late_days": 91}, "late_days"),
        ({"slug": "ander-feest", "late_days": 8}, None),
        ({"keep_answers_days": 40}, "keep_answers_days"),
        ({"keep_answers_days": 36, "shorten": "on"}, "keep_answers_days"),
        ({"keep_responses_days": 1, "shorten": "on"}, "keep_responses_days"),
        ({"keep_answers_days": 37, "shorten": "on"}, None),
        ({"access": "codes"}, "access"),
        ({"closes_at_0": "01-01-2020", "closes_at_1": "10:00"}, "closes_at"),
    ],
)
def test_what_people_answered_to_is_kept(client, fields, error):
    round = making.round("havenfeest")
    when = timezone.localtime(round.opens_at)
    sent = typed(round, opens_at_0=f"{when:%d-%m-%Y}", opens_at_1=f"{when:%H:%M:%S}")
    making.response(round, "R1")
    response = client.post(page("change", round.pk), sent | fields)
    assert (list(response.context["adminform"].form.errors) if error else response.status_code) == (
        [error] if error else 302
    )
    round.refresh_from_db()
    assert (round.is_open, round.slug, round.access) == (True, "havenfeest", "open")
    shortened = round.acts.filter(what="eerder-wissen").values_list("number", "subject")
    assert list(shortened) == (
        [(37, "dagen dat open antwoorden blijven")] if "shorten" in fields and not error else []
    )
    expected = (365, 7) if error else (fields.get("keep_answers_days", 365), fields.get("late_days", 7))
    assert (round.keep_answers_days, round.late_days) == expected


def test_opening_and_closing_by_hand_asks_first(client):
    round = making.round(is_open=False)
    assert client.get(page("open", round.pk)).status_code == 200
    assert not Round.objects.get().is_open
    take(client, round, "open")
    assert Round.objects.get().is_open
    text = client.get(page("change", round.pk)).text
    assert ("Open: mensen kunnen nu antwoorden." in text, page("close", round.pk) in text) == (True, True)
    take(client, round, "close")
    assert Round.objects.get().state == Round.State.CLOSED
    making.publish(round)
    assert "staan vast" in take(client, round, "open").text
    assert page("open", round.pk) not in client.get(page("change", round.pk)).text


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.MANAGER, "live publish records records_syntax records_sav key_in screen coding open codes"),
        (Role.EDITOR, "live publish key_in screen coding open codes"),
        (Role.RESEARCHER, "live records records_syntax records_sav screen coding"),
    ],
)
def test_the_page_of_a_round_leads_to_what_one_may_do(client, role, shown):
    round = making.close(making.round(access=Round.Access.CODES))
    client.force_login(factories.person(role=role))
    text = client.get(page("change", round.pk)).text
    names = "live publish records records_syntax records_sav key_in screen coding open codes".split()
    assert [name for name in names if f'"{page(name, round.pk)}"' in text] == [
        name for name in names if name in shown.split()
    ]


def test_a_round_with_answers_is_not_deleted(client):
    client.force_login(factories.person(role=Role.MANAGER))
    round = making.round()
    making.response(round, "R1")
    assert client.post(page("delete", round.pk), {"post": "yes"}).status_code == 403
    assert Round.objects.count() == 1


def test_each_stand_has_a_poster_and_pictures(client, settings):
    settings.SITE_URL = "https://samenbuurten.example"
    round = making.round("havenfeest")
    source = SourceCode.objects.create(round=round, code="ingang", name="Ingang")
    poster = client.get(page("poster", round.pk, "ingang")).text
    for part in (
        "Meting havenfeest, Ingang",
        "samenbuurten.example/enquete/havenfeest/",
        "Drie minuten, anoniem",
        "<svg",
    ):
        assert part in poster
    for kind, start in (("svg", b"<?xml"), ("png", b"\x89PNG")):
        response = client.get(page("qr", round.pk, "ingang", kind))
        assert (response.content, response["Content-Type"]) == (
            stands.qr(stands.address(round, source), kind),
            stands.FORMATS[kind],
        )
        assert response.content.startswith(start)
        assert response["Content-Disposition"] == f'attachment; filename="qr-havenfeest-ingang.{kind}"'
    assert client.get(page("qr", round.pk, "meting", "svg")).content == stands.qr(
        stands.address(round), "svg"
    )


def test_codes_are_shown_once(client):
    round = making.round(access=Round.Access.CODES)
    sheet = client.post(page("codes", round.pk), {"number": 3, "vel": "1"})
    assert ("no-store" in sheet["Cache-Control"], len(sheet.context["codes"])) == (True, 3)
    assert [code for code in sheet.context["codes"] if code not in sheet.text] == []
    file = client.post(page("codes", round.pk), {"number": 2, "csv": "1"})
    rows = file.text.split()
    assert (rows[0], len(rows), "no-store" in file["Cache-Control"]) == ("code,adres", 3, True)
    making.response(round, "R1", code=rows[1].split(",")[0])
    again = client.get(page("codes", round.pk)).text
    assert "Over: 4. Gebruikt: 1." in again
    assert [code for code in sheet.context["codes"] if code in again] == []


@pytest.mark.parametrize("number", ["0", "501", "veel", ""])
def test_a_wrong_number_of_codes_makes_none(client, number):
    round = making.round(access=Round.Access.CODES)
    assert client.post(page("codes", round.pk), {"number": number}).context["form"].errors
    assert AccessCode.objects.count() == 0


def test_the_list_asks_as_often_at_three_rows_as_at_one(client, django_assert_num_queries):
    questionnaire = making.questionnaire()
    for number in (1, 2, 3):
        made = making.round(f"ronde-{number}", questionnaire=questionnaire)
        SourceCode.objects.create(round=made, code="a", name="A")
        client.get(page("changelist"))
        with django_assert_num_queries(6):
            client.get(page("changelist"))
    for state, shown in (("open", 3), ("gesloten", 0)):
        listed = client.get(page("changelist"), {"staat": state}).context["cl"]
        assert len(listed.result_list) == shown


def test_a_planned_round_may_be_put_off_and_a_mistake_beside_it_is_told(client):
    round = making.round("havenfeest", is_open=False, opens_at=timezone.now() + timedelta(days=2))
    response = client.post(page("change", round.pk), typed(round, threshold=4))
    assert list(response.context["adminform"].form.errors) == ["threshold"]
    assert client.post(page("change", round.pk), typed(round)).status_code == 302
    assert Round.objects.get().state == Round.State.DRAFT


def test_an_address_to_which_devices_may_still_send_stays(client):
    """Nobody has answered yet, as far as is known here; on a device something may wait."""
    round = making.round("havenfeest")
    gone = typed(round, opens_at_0="", opens_at_1="")
    response = client.post(page("change", round.pk), gone)
    assert list(response.context["adminform"].form.errors) == ["opens_at"]
    client.force_login(factories.person("alles@flevoland.example", is_staff=True, is_superuser=True))
    assert client.post(page("delete", round.pk), {"post": "yes"}).status_code == 403
    making.close(round)
    assert client.post(page("delete", round.pk), {"post": "yes"}).status_code == 403
    round.opens_at -= timedelta(days=30)
    round.closes_at -= timedelta(days=8)
    round.save()
    assert client.post(page("delete", round.pk), {"post": "yes"}).status_code == 302
    assert not Round.objects.exists()


@pytest.mark.parametrize(
    ("days", "told"),
    [(0, "neemt geen late antwoorden"), (1, "nog 1 dag versturen"), (9, "nog 9 dagen versturen")],
)
def test_closing_and_publishing_say_what_they_end(client, days, told):
    round = making.round(late_days=days)
    assert told in client.get(page("close", round.pk)).text
    take(client, round, "close")
    late = (
        "Wat al begonnen was, komt nog binnen tot" in client.get(page("change", round.pk)).text,
        "kunnen er nog antwoorden komen" in client.get(page("publish", round.pk)).text,
    )
    assert late == (days > 0, days > 0)


def filled_in(client, round):
    """All that the page of a round sends when nothing is changed in it."""
    form = client.get(page("change", round.pk)).context["adminform"].form
    sent = typed(round)
    for bound in form:
        names = [bound.html_name, *([bound.html_initial_name] if bound.field.show_hidden_initial else [])]
        for name in names:
            value = bound.value()
            if hasattr(bound.field.widget, "decompress"):
                moment = value and timezone.localtime(value)
                sent[f"{name}_0"] = f"{moment:%d-%m-%Y}" if moment else ""
                sent[f"{name}_1"] = f"{moment:%H:%M:%S}" if moment else ""
            else:
                sent[name] = "" if value is None else value
    return sent


@pytest.mark.parametrize(
    ("then", "changed"),
    [
        ("open", {"slug": "nieuw"}),
        ("open", {"questionnaire": "other"}),
        ("plan", {"slug": "nieuw"}),
        ("publish", {"threshold": 20}),
        ("publish", {"late_days": 30}),
        ("publish", {"closes_at_0": "01-01-2099"}),
    ],
)
def test_what_became_fixed_while_the_form_lay_open_is_told(client, then, changed):
    round = making.round("havenfeest", is_open=False)
    other = making.questionnaire(["R1"], slug="ander")
    if then == "publish":
        life.open_now(round)
        life.close_now(round)
    sent = filled_in(client, round)
    sent |= {name: other.pk if value == "other" else value for name, value in changed.items()}
    if then == "open":
        life.open_now(round)
    elif then == "plan":
        round.opens_at = timezone.now() + timedelta(days=2)
        life.keep(round)
    else:
        making.publish(round)
    before = Round.objects.values().get()
    response = client.post(page("change", round.pk), sent | {"name": "Anders"})
    assert response.status_code == 200
    assert "ligt intussen vast" in response.text
    assert Round.objects.values().get() == before
    # Who changed none of these is not bothered.
    sent = filled_in(client, round) | {"name": "Anders"}
    assert client.post(page("change", round.pk), sent).status_code == 302
    assert Round.objects.get().name == "Anders"


def test_a_round_to_compare_with_that_was_withdrawn_stays_chosen(client):
    questionnaire = making.questionnaire()
    earlier = making.close(making.round("eerder", questionnaire=questionnaire))
    edition = making.publish(earlier)
    round = making.round("havenfeest", questionnaire=questionnaire, previous=earlier)
    publications.withdraw(edition, "Fout")
    sent = filled_in(client, round) | {"name": "Anders"}
    assert client.post(page("change", round.pk), sent).status_code == 302
    round.refresh_from_db()
    assert (round.name, round.previous) == ("Anders", earlier)


def test_a_kiosk_without_a_pin_is_told_at_opening_and_on_the_device(client):
    """What was refused there waits until somebody sets one; nothing says that there is one."""
    round = making.round("havenfeest", is_open=False)
    assert "geen pincode voor de kiosk" in client.get(page("open", round.pk)).text
    life.open_now(round)
    device = client.get("/enquete/havenfeest/apparaat/").text
    assert ("heeft nog geen pincode" in device, "data-slot" in device) == (True, False)
    assert (
        client.post(page("change", round.pk), filled_in(client, round) | {"pin": "2580"}).status_code == 302
    )
    device = client.get("/enquete/havenfeest/apparaat/").text
    assert ("heeft nog geen pincode" in device, "data-slot" in device) == (False, True)
    assert "geen pincode voor de kiosk" not in client.get(page("open", round.pk)).text
