import re
from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from registry.forms.visitor import RegisterForm
from registry.mail import letters
from registry.mail.public_forms import started
from registry.models import Initiative, Proof, Status
from tests import factories
from tests.mail import OddServer, deliver
from tests.reading import tight

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PAGE = reverse("registry:register")


@pytest.fixture
def five():
    """The five answers of somebody who took a minute."""
    return factories.typed(
        name="Soep op straat",
        municipality=factories.municipality().pk,
        summary="Wij eten samen",
        email="trekker@voorbeeld.nl",
        agreement="on",
    )


@pytest.fixture
def sent(client, five):
    """The address of the code page, the code and the link of a registration that was sent."""
    response = client.post(PAGE, five | {"stap": "versturen"})
    letter = Email.objects.get().message
    code = re.search(r"^(\w{4} \w{4})$", letter, re.M)[1]
    return response["Location"], code, re.search(r"(/bevestigen/[\w-]+/)", letter)[1]


@pytest.mark.parametrize(
    ("name", "wrong", "words"),
    [
        ("name", "\u200b", ["Vul de naam van het initiatief in."]),  # nothing that anybody sees
        ("summary", "s" * 301, ["Zorg dat deze waarde niet meer dan 300 tekens bevat (het zijn er nu 301)."]),
    ],
)
def test_what_the_column_refuses_is_said_once(client, five, name, wrong, words):
    assert client.post(PAGE, five | {name: wrong}).context["form"].errors == {name: words}


@pytest.mark.parametrize("name", ["asks", "offers"])
def test_how_long_without_what_is_not_lost_unseen(client, five, name):
    more = {f"{name}_duration": "elke week", "meer-gezien": "1"}
    form = client.post(PAGE, five | more | {"stap": "versturen"}).context["form"]
    assert list(form.errors) == [name]
    assert form[f"{name}_duration"].value() == "elke week"
    assert not Initiative.objects.exists()


def hidden(response):
    """What the page sends along unseen, as a browser would."""
    return re.findall(r'<input type="hidden" name="(\w[\w-]*)" value="([^"]*)"', response.text)


def test_exactly_five_answers_are_required(client):
    form = client.get(PAGE).context["form"]
    required = [name for name, field in form.fields.items() if field.required]
    assert required == ["name", "municipality", "summary", "email", "agreement"]


@pytest.mark.parametrize("missing", ["name", "municipality", "summary", "email", "agreement"])
def test_each_error_keeps_the_rest(client, five, missing):
    form = client.post(PAGE, five | {missing: ""}).context["form"]
    assert list(form.errors) == [missing]
    kept = {name: form[name].value() for name in five if name not in (missing, "begonnen", "agreement")}
    assert kept == {name: five[name] for name in kept}
    assert not Initiative.objects.exists()


@pytest.mark.parametrize(
    ("caught", "message"),
    [
        ({"bijnaam": "robot"}, "Laat het veld"),
        ({"begonnen": "verzonnen"}, "Controleer wat u hebt ingevuld"),
        ({"begonnen": None}, "Controleer wat u hebt ingevuld"),
    ],
)
def test_a_machine_is_kept_out_and_a_person_presses_once_more(client, five, caught, message):
    given = {name: value for name, value in (five | caught).items() if value is not None}
    response = client.post(PAGE, given | {"stap": "versturen"})
    assert message in response.text
    assert not Initiative.objects.exists()
    fresh = re.search(r'name="begonnen" value="([^"]+)"', response.text)[1]
    if "begonnen" in caught:
        assert float(signing.loads(fresh, salt="registry.forms")) > 0
    assert 'value="Soep op straat"' in response.text


def test_faster_than_anybody_types_is_too_fast(client, five):
    response = client.post(PAGE, five | {"begonnen": started(), "stap": "versturen"})
    assert "wel heel snel" in response.text
    assert not Initiative.objects.exists()


def test_the_check_page_shows_what_becomes_public_and_what_does_not(client, five):
    response = client.post(PAGE, five)
    public, private = tight(response.text).split("Dit komt niet op de site")
    assert "Soep op straat" in public.split("Dit komt op de site")[1]
    assert "<dd" in private
    assert "trekker@voorbeeld.nl</dd>" in private
    assert "trekker@voorbeeld.nl</dd>" not in public
    assert not Initiative.objects.exists()
    assert not Email.objects.exists()


def test_stages_back_and_forth_lose_nothing(client, five):
    """As a browser without JavaScript does it: each page sends along what the others asked."""
    bottleneck = factories.bottleneck("R1")
    factories.bottleneck("R2")
    more = client.post(PAGE, five | {"stap": "meer"})
    assert "form" in more.context
    filled = dict(hidden(more)) | {"audience": "buren", "faces": "R1", "stap": "controle"}
    check = client.post(PAGE, filled)
    assert bottleneck.name in check.text
    again = client.post(PAGE, _dict(hidden(check), stap="meer"))
    assert again.context["form"]["audience"].value() == "buren"
    assert again.context["form"]["faces"].value() == ["R1"]
    back = client.post(PAGE, _dict(hidden(check), stap="gegevens"))
    assert back.context["form"].errors == {}
    assert back.context["form"]["name"].value() == "Soep op straat"
    client.post(PAGE, _dict(hidden(check), stap="versturen"))
    made = Initiative.objects.get()
    assert (made.audience, made.status) == ("buren", Status.DRAFT)
    assert list(made.links.values_list("bottleneck", "role")) == [("R1", "ervaart")]


def _dict(pairs, **more):
    given = {}
    for name, value in pairs:
        given.setdefault(name, []).append(value)
    return given | more


def test_a_mistake_on_the_second_page_keeps_the_first(client, five):
    response = client.post(
        PAGE, five | {"meer-gezien": "1", "website": "geen adres", "audience": "buren", "stap": "versturen"}
    )
    assert list(response.context["form"].errors) == ["website"]
    assert ("name", "Soep op straat") in hidden(response)
    assert response.context["form"]["audience"].value() == "buren"
    assert not Initiative.objects.exists()


def test_too_many_from_one_place_is_told_and_keeps_what_was_typed(client, five):
    for number in range(10):
        another = {"email": f"ik{number}@voorbeeld.nl", "stap": "versturen"}
        assert client.post(PAGE, five | another).status_code == 302
    response = client.post(PAGE, five | {"stap": "versturen"})
    assert response.status_code == 429
    assert 'value="Soep op straat"' in response.text
    assert Initiative.objects.count() == 10


def test_behind_a_proxy_each_visitor_is_counted_apart(client, five, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    codes = [
        client.post(
            PAGE,
            five | {"stap": "versturen", "email": f"n{number}@voorbeeld.nl"},
            HTTP_X_FORWARDED_FOR=f"6.6.6.6, 10.0.0.{number // 10}",
        ).status_code
        for number in range(20)
    ]
    assert codes == [302] * 20
    response = client.post(PAGE, five | {"stap": "versturen"}, HTTP_X_FORWARDED_FOR="7.7.7.7, 10.0.0.1")
    assert response.status_code == 429


def test_a_lookalike_is_a_hint_and_no_fence(client, five):
    factories.initiative("Soep op Straat", slug="er-al", municipality=factories.municipality())
    check = client.post(PAGE, five)
    assert "/initiatieven/er-al/" in check.text
    assert client.post(PAGE, five | {"stap": "versturen"}).status_code == 302
    assert Initiative.objects.filter(status=Status.DRAFT).count() == 1
    hint = client.get(reverse("registry:lookalike-hint"), {"name": "Soep op strat"})
    assert "/initiatieven/er-al/" in hint.text
    assert client.get(reverse("registry:lookalike-hint"), {"name": "\0"}).text.strip() == ""


def test_the_code_puts_it_in_the_queue_and_lets_the_owner_in(client, sent):
    page, code, _link = sent
    done = client.post(page, {"code": code.lower()}, follow=True)
    initiative = Initiative.objects.get()
    assert done.redirect_chain[-1][0] == reverse("registry:my-initiative", args=[initiative.slug])
    assert done.status_code == 200
    assert initiative.status == Status.SUBMITTED
    assert client.get(page).status_code == 410


def test_five_wrong_codes_close_the_code_but_not_the_link(client, sent):
    page, code, link = sent
    for _time in range(4):
        assert "Deze code klopt niet" in client.post(page, {"code": "AAAA AAAA"}).text
    assert "Gebruik de link" in client.post(page, {"code": "AAAA AAAA"}).text
    assert "Gebruik de link" in client.post(page, {"code": code}).text
    assert client.post(link).status_code == 302
    assert Initiative.objects.get().status == Status.SUBMITTED


def test_too_many_codes_from_one_place_is_told(client, sent):
    page, code, _link = sent
    for _time in range(30):
        client.post(page, {"code": "AAAA AAAA"})
    assert client.post(page, {"code": code}).status_code == 429


def test_opening_the_link_changes_nothing_and_it_works_once(client, sent):
    page, code, link = sent
    for _time in range(2):
        assert client.get(link).status_code == client.head(link).status_code == 200
    assert Initiative.objects.get().status == Status.DRAFT
    assert client.post(link).status_code == 302
    assert client.post(link).status_code == client.get(link).status_code == 410
    assert client.post(page, {"code": code}).status_code == 410
    assert Initiative.objects.get().decisions.count() == 1


def test_what_ran_out_says_so(client, sent):
    page, code, link = sent
    Proof.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(page).status_code == client.post(page, {"code": code}).status_code == 410
    assert client.post(link).status_code == 410
    assert Initiative.objects.get().status == Status.DRAFT
    assert client.get(reverse("registry:enter-code", args=["verzonnen"])).status_code == 404


def test_a_mailbox_of_staff_is_not_let_in(client, five):
    factories.person("trekker@voorbeeld.nl", is_staff=True)
    client.post(PAGE, five | {"stap": "versturen"})
    link = re.search(r"(/bevestigen/[\w-]+/)", Email.objects.get().message)[1]
    client.post(link)
    assert "_auth_user_id" not in client.session
    assert Initiative.objects.get().status == Status.SUBMITTED


def test_form_asks_no_more_than_the_register_can_keep():
    form = RegisterForm(factories.typed(email=f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 30}.nl"))
    assert "email" in form.errors


@pytest.fixture
def refused(client, five, serve):
    """The code page of a registration whose address the mail server refused."""
    serve(OddServer(says={"trekker@": "550 5.1.1 User unknown"}))
    page = client.post(PAGE, five | {"stap": "versturen"})["Location"]
    assert "geweigerd" not in client.get(page).text
    deliver()
    return page


def test_who_typed_an_address_that_was_refused_sees_it_and_types_another(client, refused):
    page = client.get(refused).text
    assert "De e-mail aan <strong>trekker@voorbeeld.nl</strong> is geweigerd" in page
    assert "550 5.1.1 User unknown" in page
    wrong = client.post(refused, {"adres": "ja", "email": "geen adres"})
    assert "Vul uw e-mailadres in, zoals naam@voorbeeld.nl." in wrong.text
    moved = client.post(refused, {"adres": "ja", "email": "Goed@voorbeeld.nl"})
    assert moved.status_code == 302
    initiative = Initiative.objects.get()
    assert initiative.contact_email == "goed@voorbeeld.nl"
    assert set(initiative.history.values_list("contact_email", flat=True)) == {"goed@voorbeeld.nl"}
    assert "geweigerd" not in client.get(moved["Location"]).text
    letter = Email.objects.get(to="goed@voorbeeld.nl").message
    code = re.search(r"^(\w{4} \w{4})$", letter, re.M)[1]
    client.post(moved["Location"], {"code": code})
    initiative.refresh_from_db()
    assert initiative.status == Status.SUBMITTED
    assert client.post(refused, {"adres": "ja", "email": "derde@voorbeeld.nl"}).status_code == 410


def test_an_address_that_was_not_refused_cannot_be_changed(client, sent):
    page, _code, _link = sent
    client.post(page, {"adres": "ja", "email": "ander@voorbeeld.nl"})
    assert Initiative.objects.get().contact_email == "trekker@voorbeeld.nl"
    assert Email.objects.count() == 1


def test_nor_is_a_refusal_told_of_a_letter_to_another(client, sent, serve):
    """Only of the code of this very registration."""
    serve(OddServer(says={"trekker@": "550 5.1.1 User unknown"}))
    page, _code, _link = sent
    Email.objects.all().delete()
    letters.post(letters.Letter("Dag", "Dag"), "trekker@voorbeeld.nl")
    deliver()
    assert "geweigerd" not in client.get(page).text
