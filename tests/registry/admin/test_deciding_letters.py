import io
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages import mofile, pofile
from django.contrib import admin
from django.urls import reverse
from post_office.models import Email

import registry
from registry.mail import letters
from registry.models import Initiative, Role, Status
from tests import factories
from tests.reading import read, read_many

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = factories.person(role=Role.EDITOR)
    client.force_login(user)
    return user


@pytest.fixture
def entry():
    made = factories.initiative("Buurttuin", slug="buurttuin", status=Status.SUBMITTED)
    factories.owner(made, "trekker@voorbeeld.nl")
    return made


def decide(entry):
    return reverse("admin:registry_initiative_decide", args=[entry.pk])


def sent_along(response):
    form = response.context["letter"]
    return {form.add_prefix(name): form.initial.get(name, "") for name in ("subject", "text", "about")}


MORE = {"to": "aanvulling-gevraagd", "reason": "Waar is het?", "seen": "ingediend"}


def test_a_decision_goes_with_a_letter_that_staff_may_change(client, editor, entry):
    draft = client.post(decide(entry), MORE | read(entry))
    form = draft.context["letter"]
    assert form.initial["subject"] == "Wij willen nog iets weten over uw aanmelding"
    assert "Waar is het?" in form.initial["text"]
    assert Initiative.objects.get().status == Status.SUBMITTED
    changed = sent_along(draft) | {"letter-text": "Dag buur, waar?", "letter-is_mailed": "on"}
    client.post(decide(entry), MORE | read(entry) | changed)
    assert Initiative.objects.get().status == Status.NEEDS_MORE
    letter = Email.objects.get()
    assert letter.to == ["trekker@voorbeeld.nl"]
    assert letter.message.startswith("Dag buur, waar?\n\n---")


def test_no_decision_is_asked_for_by_its_name(client, editor, entry):
    response = client.post(decide(entry), {"seen": "ingediend"} | read(entry))
    assert response.context["form"].errors == {"to": ["Kies een besluit."]}


def test_unticked_is_not_mailed(client, editor, entry):
    client.post(
        decide(entry), MORE | read(entry) | sent_along(client.post(decide(entry), MORE | read(entry)))
    )
    assert Initiative.objects.get().status == Status.NEEDS_MORE
    assert not Email.objects.exists()


def test_an_empty_letter_is_not_mailed(client, editor, entry):
    empty = sent_along(client.post(decide(entry), MORE | read(entry))) | {
        "letter-text": " ",
        "letter-is_mailed": "on",
    }
    response = client.post(decide(entry), MORE | read(entry) | empty)
    assert list(response.context["letter"].errors) == ["text"]
    assert Initiative.objects.get().status == Status.SUBMITTED


def test_another_decision_gets_another_letter(client, editor, entry):
    """A letter that says no does not go out with a yes."""
    written = sent_along(client.post(decide(entry), MORE | read(entry))) | {"letter-is_mailed": "on"}
    response = client.post(decide(entry), MORE | read(entry) | written | {"to": "gepubliceerd"})
    assert Initiative.objects.get().status == Status.SUBMITTED
    assert response.context["letter"].initial["subject"] == "Buurttuin staat op Samen Buurten"
    response = client.post(decide(entry), MORE | read(entry) | written | {"reason": "Wie doet mee?"})
    assert "Wie doet mee?" in response.context["letter"].initial["text"]
    assert not Email.objects.exists()


def test_no_letter_goes_when_a_colleague_was_first(client, editor, entry):
    written = sent_along(client.post(decide(entry), MORE | read(entry))) | {"letter-is_mailed": "on"}
    Initiative.objects.update(status=Status.PUBLISHED)
    assert "Een collega was u voor" in client.post(decide(entry), MORE | read(entry) | written).text
    assert not Email.objects.exists()


def test_who_keeps_a_page_hears_of_a_decision_about_many(client, editor, entry):
    other = factories.initiative("Buurtkeuken", status=Status.SUBMITTED)
    rejected = factories.initiative(status=Status.REJECTED)
    factories.owner(rejected, "nee@voorbeeld.nl")
    chosen = [one.pk for one in (entry, other, rejected)]
    asked = {"action": "publish", "_selected_action": chosen, "reason": ""}
    page = reverse("admin:registry_initiative_changelist")
    client.post(page, asked | read_many(entry, other, rejected) | {"is_mailed": "on"})
    assert Initiative.objects.filter(status=Status.PUBLISHED).count() == 2
    letter = Email.objects.get()
    assert (letter.to, letter.subject) == (["trekker@voorbeeld.nl"], "Buurttuin staat op Samen Buurten")


def test_the_queue_shows_no_code_and_no_link(client, editor):
    letter = letters.post(letters.Letter("Uw code", "GEHEIM12 http://x/bevestigen/abc/"), "a@voorbeeld.nl")
    page = client.get(reverse("admin:post_office_email_change", args=[letter.pk]))
    assert page.status_code == 200
    listed = client.get(reverse("admin:post_office_email_changelist"))
    assert [word in one.text for word in ("GEHEIM12", "abc/") for one in (page, listed)] == [False] * 4
    assert "a@voorbeeld.nl" in page.text


@pytest.mark.once
@pytest.mark.parametrize("role", [Role.MANAGER, Role.EDITOR, "superuser"])
def test_no_page_of_the_admin_shows_what_waits_in_the_queue(client, role, request):
    """Every page that needs no more than a key, and each search and export of it; what stands around all of them, and
    what is said of those that are not there, once."""
    letter = letters.post(letters.Letter("Uw code", "GEHEIM12 http://x/GEHEIM"), "a@voorbeeld.nl")
    boss = factories.person(is_staff=True, is_superuser=True)
    client.force_login(boss if role == "superuser" else factories.person(role=role))
    whole = client.get(reverse("admin:post_office_email_change", args=[letter.pk]))
    texts = {"with all around it": whole.text}
    request.getfixturevalue("without_menu")
    statuses = Counter()
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = [reverse(f"{name}_changelist")]
        pages += [f"{pages[0]}?q=GEHEIM", f"{pages[0]}?q=a%40voorbeeld"]
        pages += [reverse(f"{name}_{page}", args=[letter.pk]) for page in ("change", "history", "delete")]
        for page in pages:
            response = client.get(page)
            statuses[response.status_code] += 1
            texts[page] = f"{response.headers} {response.text}"
    texts["what was said at last"] = client.get(reverse("admin:index")).text
    for page, text in texts.items():
        text = text.replace("q=GEHEIM", "").replace('value="GEHEIM"', "")
        assert [secret for secret in ("GEHEIM12", "x/GEHEIM") if secret in text] == [], page
    assert statuses[200] > 40
    assert any("bestaat niet" in text for text in texts.values())


@pytest.mark.parametrize("role", [Role.MUNICIPALITY_EDITOR, Role.RESEARCHER])
def test_sent_letters_are_for_who_works_for_the_province(client, role):
    client.force_login(factories.person(role=role, municipality=factories.municipality()))
    assert client.get(reverse("admin:post_office_email_changelist")).status_code == 403


def test_the_pages_about_letters_are_in_dutch(client, editor, entry):
    letters.post(letters.Letter("Onderwerp", "Tekst"), "a@voorbeeld.nl")
    home = client.get(reverse("admin:index")).text
    assert [
        word in home for word in ("Teksten van brieven", "Verstuurde en wachtende e-mails", "Post Office")
    ] == [
        True,
        True,
        False,
    ]
    listed = client.get(reverse("admin:post_office_email_changelist")).text
    headings = re.findall(r'class="text">\s*(?:<a [^>]*>|<span>)([^<]+)', listed)
    assert headings == [
        "Geschreven op",
        "Aan",
        "Stand",
        "Wat de mailserver zei",
        "Onderwerp",
        "Keer geprobeerd",
        "Laatst geprobeerd",
    ]
    assert '<td class="field-state">wacht</td>' in listed


def test_the_dutch_that_is_compiled_is_what_is_written():
    folder = Path(registry.__file__).parent / "locale" / "nl" / "LC_MESSAGES"
    compiled = io.BytesIO()
    with (folder / "django.po").open("rb") as written:
        mofile.write_mo(compiled, pofile.read_po(written, locale="nl"))
    assert (folder / "django.mo").read_bytes() == compiled.getvalue()
