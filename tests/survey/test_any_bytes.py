"""Whatever is sent to the questions ends in a page: never in an error of ours, and never in half an answer."""

import uuid
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey.design.questions import questions_of
from survey.models import Response, Round
from tests.survey import making
from tests.survey.sending import address

pytestmark = pytest.mark.django_db
FIELDS = (
    "sleutel volgorde taal stand kiosk code controle stap gemeente rol niveau-maatschappelijk niveau-bestuurlijk "
    "niveau-relationeel niveau-onbekend woorden-voorbeeld woorden-anders-relationeel"
).split()
ODD = [
    "",
    "\0",
    "a\0b",
    "1" * 40,
    "-1",
    "²",
    "on",
    "R1",
    "geen",
    "M1",
    "B2",
    "GM0995",
    "liever-niet",
    "inwoner",
]
ODD += ["x" * 2001, "é" * 300, "\ufffd", "\r\nX: y", "en", "1", "abcd-1234", str(uuid.UUID(int=4, version=4))]
VALUES = st.one_of(st.sampled_from(ODD), st.text(max_size=400))
FRIENDLY = {200, 400, 403, 405, 409, 413, 422, 429}


@pytest.fixture
def addresses():
    round = making.round()
    codes = making.round("codes", questionnaire=round.questionnaire, access=Round.Access.CODES)
    preview = reverse("survey:preview", args=[round.questionnaire.preview_key])
    return [address(), address(slug=codes.slug), preview]


def is_sound(round):
    """What was stored fits the questionnaire."""
    questions = questions_of(round.questionnaire)
    most, levels = 1 << len(questions.items), sum(1 << page.level.bit for page in questions.pages)
    return all(
        0 <= stored.ticks < most and stored.answered & ~levels == 0 and 0 <= stored.seed < 2**31
        for stored in Response.objects.all()
    )


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_any_fields_with_anything_in_them(client, addresses, data):
    fields = st.dictionaries(st.sampled_from(FIELDS), st.lists(VALUES, min_size=1, max_size=3))
    place = {"REMOTE_ADDR": f"10.0.{data.draw(st.integers(1, 250))}.1"}
    response = client.post(data.draw(st.sampled_from(addresses)), data.draw(fields), **place)
    assert response.status_code in FRIENDLY
    assert "<h1" in response.text
    assert response.cookies.output() == ""
    assert is_sound(Round.objects.get(slug="festival"))


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(step=VALUES)
def test_any_step(client, addresses, step):
    assert client.post(address("count-step"), {"stap": step}).status_code in FRIENDLY | {204}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00=%00&%ZZ=%ff", "application/x-www-form-urlencoded"),
        (b"niveau-relationeel=%ED%A0%80", "application/x-www-form-urlencoded"),
        (b"{", "application/json"),
        (b"rol=a", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"geen delen", "multipart/form-data; boundary=x"),
        (b"geen grens", "multipart/form-data"),
        (urlencode([("rol", "a")] * 1500).encode(), "application/x-www-form-urlencoded"),
        (urlencode({"woorden-voorbeeld": "x" * 1_000_000}).encode(), "application/x-www-form-urlencoded"),
        (urlencode({"woorden-voorbeeld": "x" * 6_000_000}).encode(), "application/x-www-form-urlencoded"),
    ],
)
def test_any_body(client, addresses, body, kind):
    for url in [*addresses, address("count-step")]:
        response = client.generic("POST", url, body, content_type=kind)
        assert response.status_code in FRIENDLY, url
    assert not Response.objects.exists()


@pytest.mark.parametrize(
    "query",
    ["taal=%00", "stand=%00", "stand=" + "x" * 5000, "kiosk=%ff", "taal=../../x", "stand=%22%3E%3Cb%3E"],
)
def test_any_query_string(client, addresses, query):
    for url in [*addresses, address("kept"), address("manifest"), reverse("survey:open-rounds")]:
        page = client.get(f"{url}?{query}")
        assert page.status_code == 200
        assert '"><b>' not in page.text


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_any_verb(client, addresses, verb):
    for url in addresses:
        assert client.generic(verb, url).status_code in {200, 405}
    assert not Response.objects.exists()
