import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.models import Role
from survey.design.questions import questions_of
from survey.fieldwork import intake
from survey.models import AccessCode, OpenAnswer, Response, Round, SourceCode
from tests import factories
from tests.reading import tight
from tests.survey import making
from tests.survey.sending import address, sent

pytestmark = pytest.mark.django_db


def bits(response):
    return [
        item.code
        for item in questions_of(response.round.questionnaire).items
        if response.ticks >> item.bit & 1
    ]


def test_one_post_stores_all(client):
    factories.municipality("GM0034")
    round = making.round()
    stand = SourceCode.objects.create(round=round, code="ingang", name="Bij de ingang")
    given = sent(gemeente="GM0034", rol="inwoner", stand="ingang")
    page = client.post(address(), given)
    assert (page.status_code, page.templates[0].name) == (200, "survey/respond/thanks.html")
    stored = Response.objects.get()
    assert str(stored.pk) == given["sleutel"]
    assert bits(stored) == ["R1", "R2"]
    assert stored.answered == 1 << 1 | 1 << 2
    assert (stored.municipality, stored.role, stored.seed) == ("GM0034", "inwoner", 7)
    assert (stored.source, stored.channel, stored.language) == (stand, Response.Channel.OWN_DEVICE, "nl")
    assert OpenAnswer.objects.get().text == "HavenHart"


def test_sending_twice_stores_once_and_thanks_twice(client):
    making.round()
    given = sent()
    assert [client.post(address(), given).status_code for _time in range(2)] == [200, 200]
    assert (Response.objects.count(), OpenAnswer.objects.count()) == (1, 1)


def test_a_used_key_gets_one_reply_whatever_is_sent(client):
    """Whoever holds the key of somebody else may send guesses: status, headers and body are the same."""
    round = making.round(access=Round.Access.CODES)
    AccessCode.objects.create(round=round, digest=intake.digest(round, "abcd-1234"))
    given = sent(code="abcd-1234")
    client.post(address(), given)
    guesses = [
        given,
        sent(sleutel=given["sleutel"], code="verkeerd"),
        given | {"niveau-relationeel": "R3"},
        given | {"niveau-relationeel": "geen", "rol": "overheid"},
        given | {"woorden-voorbeeld": "Iets anders"},
        given | {"woorden-voorbeeld": ""},
    ]

    def replies():
        pages = [client.post(address(), guess) for guess in guesses]
        return {(page.status_code, tuple(sorted(page.headers.items())), page.content) for page in pages}

    assert len(replies()) == 1
    making.close(round)
    assert len(replies()) == 1
    page = client.post(address(), given)
    assert (page.status_code, "hadden wij al" in page.text, "De eerste keer telt" in page.text) == (
        200,
        True,
        True,
    )
    assert (Response.objects.count(), OpenAnswer.objects.get().text) == (1, "HavenHart")


def test_a_kiosk_is_told_apart_and_a_wrong_stand_stops_nobody(client):
    making.round()
    client.post(address(), sent(kiosk="1", stand="bestaat-niet"))
    stored = Response.objects.get()
    assert (stored.channel, stored.source) == (Response.Channel.KIOSK, None)


def test_a_statement_and_none_of_these_is_an_error_and_nothing_typed_is_lost(client):
    making.round()
    wrong = {"niveau-relationeel": ["R1", "geen"], "niveau-maatschappelijk": "M2", "rol": "overheid"}
    page = client.post(address(), sent(**wrong))
    assert page.status_code == 422
    assert 'href="#niveau-relationeel"' in page.text
    first = next(part for part in page.context["parts"] if part.get("is_first"))
    assert first["step"].name == "relationeel"
    for value in ("R1", "M2"):
        assert f'value="{value}" checked' in page.text
    assert " ".join(page.text.split()).count('value="geen" data-geen checked') == 2
    assert 'value="overheid" checked' in page.text
    assert "HavenHart</textarea>" in page.text
    assert 'name="volgorde" value="7"' in page.text
    assert not Response.objects.exists()


@pytest.mark.parametrize("number", [2000, 2001])
def test_new_lines_count_as_the_browser_counts_them(client, number):
    making.round()
    page = client.post(address(), sent(**{"woorden-voorbeeld": "x" + "\r\n" * (number - 2) + "y"}))
    assert page.status_code == (200 if number == 2000 else 422)


def test_nothing_at_all_is_not_an_answer(client):
    making.round()
    empty = {"sleutel": str(uuid.uuid4()), "volgorde": "7"}
    page = client.post(address(), empty)
    assert page.status_code == 422
    assert "U hebt nog niets ingevuld" in page.text
    assert client.post(address(), empty | {"niveau-relationeel": "geen"}).status_code == 200


def test_a_skipped_level_is_not_answered(client):
    making.round()
    client.post(address(), sent(**{"niveau-bestuurlijk": []}))
    assert Response.objects.get().answered == 1 << 2


def test_the_order_is_the_one_of_the_seed(client):
    making.round(questionnaire=making.questionnaire([f"R{number}" for number in range(1, 10)]))
    shown = [
        [
            item.code
            for item, _ticked in client.post(address(), sent(volgorde=seed, rol="x")).context["parts"][1][
                "options"
            ]
        ]
        for seed in ("7", "7", "8")
    ]
    assert shown[0] == shown[1] != shown[2]
    assert sorted(shown[0]) == sorted(shown[2])


@pytest.mark.parametrize("seed", ["", "0", "-1", "x", "²", str(2**31), "9" * 5000])
def test_what_is_no_seed_is_stored_as_not_known(client, seed):
    making.round()
    assert client.post(address(), sent(volgorde=seed)).status_code == 200
    assert Response.objects.get().seed == 0


def test_no_page_of_a_respondent_sets_a_cookie(client):
    round = making.round(languages=["nl", "en"])
    key = round.questionnaire.preview_key
    making.round("dicht", questionnaire=round.questionnaire, closes_at=timezone.now())
    pages = [
        client.get(address()),
        client.get(f"{address()}?taal=en&kiosk=1"),
        client.post(address(), sent()),
        client.post(address(), sent(sleutel="x", rol="x")),
        client.post(address(), sent(), headers={"Origin": "https://elders.example"}),
        client.get(address(slug="dicht")),
        client.get(address("kept")),
        client.get(address("manifest")),
        client.post(address("count-step"), {"stap": "1"}),
        client.get(reverse("survey:open-rounds")),
        client.get(reverse("survey:service-worker")),
        client.get(reverse("survey:preview", args=[key])),
        client.post(reverse("survey:preview", args=[key]), sent()),
    ]
    assert [page.status_code for page in pages] == [
        200,
        200,
        200,
        422,
        403,
        200,
        200,
        200,
        204,
        200,
        200,
        200,
        200,
    ]
    assert [page.cookies.output() for page in pages] == [""] * len(pages)


def test_nothing_of_a_respondent_stays_in_a_cache(client):
    """But for the empty form, which is asked for anew each time and shown again by Back: with the same key."""
    making.round()
    assert client.get(address())["Cache-Control"] == "private, no-cache"
    passing = [
        client.get(f"{address()}?kiosk=1"),
        client.get(address("kept")),
        client.get(address("device")),
        client.post(address(), sent()),
        client.post(address(), sent(rol="x")),
    ]
    assert ["no-store" in page["Cache-Control"] for page in passing] == [True] * 5


def test_only_an_empty_form_may_be_kept_by_the_service_worker(client):
    making.round()
    kept = [client.get(address(name)) for name in ("respond", "kept", "not-kept", "device")]
    passing = [client.post(address(), sent()), client.post(address(), sent(rol="x"))]
    assert ["X-Bewaren" in page for page in kept + passing] == [True] * 4 + [False, False]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Origin": "http://testserver"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elders.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "null", "Referer": "http://testserver/enquete/festival/"}, 200),
        ({"Origin": "null", "Referer": "https://voor-de-proxy.example/enquete/festival/"}, 200),
        ({"Origin": "null", "Referer": "https://elders.example/http://testserver/"}, 403),
        ({"Origin": "null", "Referer": "http://testserver.elders.example/"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "https://voor-de-proxy.example"}, 200),
    ],
)
def test_another_site_cannot_answer_for_somebody(settings, headers, status):
    settings.CSRF_TRUSTED_ORIGINS = ["https://voor-de-proxy.example"]
    round = making.round()
    client = Client(enforce_csrf_checks=True)
    assert client.post(address(), sent(), headers=headers).status_code == status
    assert round.responses.count() == (status == 200)
    assert client.post(address("count-step"), {"stap": "1"}, headers=headers).status_code == (
        204 if status == 200 else 403
    )


def test_a_draft_is_not_there_but_staff_find_the_preview(client):
    round = making.round(is_open=False)
    assert client.get(address()).status_code == 404
    assert client.post(address(), sent()).status_code == 404
    client.force_login(factories.person(is_staff=True, is_superuser=True))
    assert reverse("survey:preview", args=[round.questionnaire.preview_key]) in client.get(address()).text


def test_a_planned_round_says_when_it_opens(client):
    making.round(is_open=False, opens_at=timezone.now().replace(year=2040, month=3, day=9, hour=11, minute=5))
    page = client.get(address())
    assert page.status_code == 200
    assert "9 maart 2040 om 12.05 uur" in page.text
    assert client.post(address(), sent()).status_code == 409


def test_a_closed_and_a_full_round_say_so(client):
    making.response(making.round(limit=1), "R1")
    assert "Deze meting is vol" in client.get(address()).text
    assert client.post(address(), sent()).status_code == 409
    making.close(Round.objects.get())
    page = client.get(address())
    assert "Deze meting is gesloten" in page.text
    assert page["X-Bewaren"] == "0"
    refused = client.post(address(), sent())
    assert (refused.status_code, Response.objects.count()) == (409, 1)
    assert "HavenHart</textarea>" in refused.text


def test_a_code_lets_in_once_and_a_wrong_one_keeps_the_answers(client):
    round = making.round(access=Round.Access.CODES)
    AccessCode.objects.create(round=round, digest=intake.digest(round, "abcd-1234"))
    for code in ("", "verkeerd"):
        page = client.post(address(), sent(code=code))
        assert page.status_code == 422
        assert list(page.context["form"].errors) == ["code"]
        assert 'value="R1" checked' in page.text
    assert client.post(address(), sent(code="abcd-1234")).status_code == 200
    assert client.post(address(), sent(code="abcd-1234")).status_code == 422
    assert Response.objects.count() == 1


def test_too_many_from_one_place_are_asked_to_wait_and_keep_their_answers(client, settings):
    making.round()
    settings.ANSWERS_A_MINUTE = 2
    place = {"REMOTE_ADDR": f"10.1.{uuid.uuid4().int % 250}.{uuid.uuid4().int % 250}"}
    assert [client.post(address(), sent(), **place).status_code for _time in range(2)] == [200, 200]
    page = client.post(address(), sent(), **place)
    assert page.status_code == 429
    assert "erg druk" in page.text
    assert "HavenHart</textarea>" in page.text
    assert client.post(address(), sent(), REMOTE_ADDR="10.2.0.1").status_code == 200
    assert Response.objects.count() == 3


def test_a_preview_shows_all_and_stores_nothing(client):
    questionnaire = making.questionnaire()
    preview = reverse("survey:preview", args=[questionnaire.preview_key])
    assert "Dit is een voorbeeld" in client.get(preview).text
    page = client.post(preview, sent())
    assert "er is niets opgeslagen" in page.text
    assert not Response.objects.exists()
    assert client.get(reverse("survey:preview", args=[uuid.uuid4()])).status_code == 404


def test_before_sending_every_column_of_the_tables_is_named(client):
    making.round()
    page = tight(client.get(address()).text)
    for model in (Response, OpenAnswer):
        for field in model._meta.concrete_fields:
            assert f">{field.verbose_name}" in page, field.name
            # A name that was thought of, not made from the code.
            assert field.verbose_name != field.name.replace("_", " ")
            assert str(field.help_text) in page


@pytest.mark.parametrize("number", [1, 3])
def test_pages_ask_the_same_of_one_and_of_three(client, django_assert_num_queries, number):
    making.round(questionnaire=making.questionnaire(["R1", "R2", "R3"][:number]))
    client.get(address())
    with django_assert_num_queries(1):
        client.get(address())
    # The round; the answer and its words in one transaction; what an earlier round found.
    with django_assert_num_queries(6):
        client.post(address(), sent(**{"niveau-relationeel": "R1", "niveau-bestuurlijk": []}))


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_names_what_is_open(client, django_assert_num_queries, number):
    questionnaire = making.questionnaire()
    for one in range(number):
        making.round(f"open-{one}", questionnaire=questionnaire)
    making.round("concept", is_open=False, questionnaire=questionnaire)
    making.round("dicht", questionnaire=questionnaire, closes_at=timezone.now())
    with django_assert_num_queries(1):
        page = client.get(reverse("survey:open-rounds"))
    assert [round.slug for round in page.context["rounds"]] == [
        f"open-{one}" for one in reversed(range(number))
    ]


def test_who_works_here_sees_the_same_questions(client):
    making.round()
    client.force_login(factories.person(role=Role.EDITOR))
    assert client.get(address()).status_code == 200


def test_the_home_page_and_the_footer_lead_to_what_is_open(client):
    questionnaire = making.questionnaire()
    making.round("concept", is_open=False, questionnaire=questionnaire)
    home = client.get("/").text
    assert (address() in home, f'href="{reverse("survey:open-rounds")}"' in home) == (False, True)
    making.round(questionnaire=questionnaire)
    assert f'href="{address()}"' in client.get("/").text
