"""Whatever a visitor sends ends in a page: never in an error of ours."""

from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.mail import unsubscribe, verification
from registry.models import Proof, SavedSearch
from registry.views.proof import code_address
from tests import factories

pytestmark = pytest.mark.django_db
ODD = [
    "",
    "\0",
    "a\0b",
    "1" * 40,
    "-1",
    "²",
    "on",
    "R1",
    "GM0995",
    "x" * 3001,
    "é" * 300,
    "\ufffd",
    "\r\nX: y",
]
VALUES = st.one_of(st.sampled_from(ODD), st.text(max_size=400))
OWNER_FIELDS = ["doe", "reden", "email", "lessons", "eigenaar", "nummer", "veld", "met"]
FORMS = {
    "register": "name municipality summary email agreement begonnen bijnaam stap meer-gezien place run_by website "
    "faces tackles asks offers costs is_location_shielded",
    "contact": "sender_name sender_email text begonnen bijnaam",
    "claim": "text email begonnen bijnaam",
    "tell": "text email begonnen bijnaam",
    "follow": "email begonnen bijnaam",
    "enter-code": "code",
    "proof": "antwoord lessons",
    "stop": "List-Unsubscribe",
    "my-initiative": " ".join(OWNER_FIELDS),
    "my-edit": "name municipality place summary description website contact_email starts_on kind run_by activity",
    "login-code": "email",
}
ACTS = "verstuur klopt gestopt trek-in nodig-uit vertrek voorstel kennismaken".split()
FRIENDLY = {200, 302, 400, 404, 405, 410, 429}


@pytest.fixture
def addresses():
    initiative = factories.initiative(slug="tuin", municipality=factories.municipality())
    factories.bottleneck("R1")
    factories.owner(initiative, "trekker@voorbeeld.nl")
    proof, token, _code = verification.issue(
        Proof.Purpose.STILL_TRUE, "trekker@voorbeeld.nl", initiative=initiative
    )
    search = SavedSearch.objects.create(email="a@voorbeeld.nl", label="alles")
    about = {
        name: reverse(f"registry:{name}", args=["tuin"])
        for name in ("contact", "claim", "my-initiative", "my-edit")
    }
    return about | {
        "register": reverse("registry:register"),
        "tell": reverse("registry:tell"),
        "follow": reverse("registry:follow"),
        "enter-code": code_address(proof),
        "proof": reverse("registry:proof", args=[token]),
        "stop": reverse("registry:stop", args=[unsubscribe.token("filter", search)]),
        "login-code": reverse("account_request_login_code"),
    }


@pytest.fixture
def client(addresses):
    made = Client(REMOTE_ADDR="10.0.0.1")
    made.force_login(Proof.objects.get().initiative.ownerships.get().user)
    return made


@pytest.mark.parametrize("name", FORMS)
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_fields_with_anything_in_them(client, addresses, name, data):
    fields = st.dictionaries(st.sampled_from(FORMS[name].split()), st.lists(VALUES, min_size=1, max_size=2))
    given_fields = data.draw(fields)
    if data.draw(st.booleans()):
        given_fields |= factories.typed()
    if name == "my-initiative":
        given_fields["doe"] = data.draw(st.sampled_from(ACTS))
    response = client.post(
        addresses[name], given_fields, REMOTE_ADDR=f"10.0.0.{data.draw(st.integers(1, 250))}"
    )
    assert response.status_code in FRIENDLY
    assert response.status_code == 302 or "<h1" in response.text


BODIES = [
    (b"", "application/x-www-form-urlencoded"),
    (b"\xff\xfe\x00=%00&%ZZ=%ff", "application/x-www-form-urlencoded"),
    (b"{", "application/json"),
    (b"text=a", "application/x-www-form-urlencoded; charset=utf-16"),
    (b"geen delen", "multipart/form-data; boundary=x"),
    (b"geen grens", "multipart/form-data"),
    (
        b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n+2AA-\r\n--x--\r\n',
        "multipart/form-data; boundary=x; charset=utf-7",
    ),
    (urlencode([("text", "a")] * 1500).encode(), "application/x-www-form-urlencoded"),
]


@pytest.mark.parametrize("name", FORMS)
def test_any_body(client, addresses, name):
    for at, (body, kind) in enumerate(BODIES):
        sender = {"HTTP_ACCEPT": "text/html", "REMOTE_ADDR": f"10.0.1.{at}"}
        with transaction.atomic():  # each meets the form as it was
            response = client.generic("POST", addresses[name], body, content_type=kind, **sender)
            transaction.set_rollback(True)
        assert response.status_code in FRIENDLY, (body[:30], kind)
        # Logging in answers JSON with JSON.
        is_page = response["Content-Type"].startswith("text/html")
        assert response.status_code == 302 or not is_page or "<h1" in response.text, (body[:30], kind)


@pytest.mark.parametrize("name", FORMS)
def test_a_megabyte(client, addresses, name):
    for field in FORMS[name].split():
        response = client.post(addresses[name], factories.typed() | {field: "x" * 1_000_000})
        assert response.status_code in FRIENDLY


@pytest.mark.parametrize(
    "query", ["pagina=%00", "pagina=%0d%0aX:y", "pagina=/%ff", f"pagina=/{'x' * 5000}", "soort=%00"]
)
def test_any_query_string(client, addresses, query):
    for name in ("tell", "follow", "register"):
        address = f"{addresses[name]}?{query}"
        assert client.get(address).status_code in FRIENDLY
        assert client.post(address, factories.typed(text="Dag", email="a@b.nl")).status_code in FRIENDLY


def test_what_the_register_cannot_keep_is_said_at_the_field(client, addresses):
    """As long as a browser lets through, and longer than the database takes."""
    long = f"https://{'a' * 200}.nl/"
    given_fields = factories.typed(
        name="n", municipality="GM0995", summary="s", email="a@b.nl", agreement="on", stap="versturen"
    )
    more = {"meer-gezien": "1", "website": long, "accessibility": "x" * 3001}
    form = client.post(addresses["register"], given_fields | more).context["form"]
    assert sorted(form.errors) == ["accessibility", "website"]
    mail = f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.nl"
    form = client.post(addresses["register"], given_fields | {"email": mail}).context["form"]
    assert list(form.errors) == ["email"]
    form = client.post(addresses["contact"], factories.typed(text="x" * 3001)).context["form"]
    assert "text" in form.errors
    form = client.post(addresses["my-edit"], {"name": "n", "description": "x" * 10_001}).context["form"]
    assert "description" in form.errors
