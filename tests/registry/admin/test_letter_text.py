import re

import pytest
from django.urls import reverse
from post_office.models import EmailTemplate

from registry.mail import letters, texts
from registry.mail.kinds import KINDS
from registry.models import Role
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = factories.person(role=Role.EDITOR)
    client.force_login(user)
    return user


@pytest.fixture
def template():
    return EmailTemplate.objects.get(name="uitnodiging")


def text_page(template):
    return reverse("admin:post_office_emailtemplate_change", args=[template.pk])


def test_staff_change_a_text_and_see_it(client, editor, template, settings):
    given = {
        "subject": "Kom erbij",
        "content": "Dag,\n\nKom <erbij> {{ adres }}",
    }
    client.post(text_page(template), given)
    letter = letters.write("uitnodiging", adres="http://x/")
    assert (letter.subject, letter.text) == ("Kom erbij", "Dag,\n\nKom <erbij> http://x/")
    shown = client.get(text_page(template)).text
    assert f"Kom &lt;erbij&gt; <a>{settings.SITE_URL}/adres-van-de-pagina/</a>" in shown


def test_the_blanks_of_a_letter_stand_beside_its_text(client, editor):
    for template in EmailTemplate.objects.all():
        shown = client.get(text_page(template)).text
        for blank in KINDS[template.name].all_blanks:
            assert re.search(rf"<dt><code>{blank.written}</code>[^\n]*</dt>\s*<dd>{blank.what}</dd>", shown)


@pytest.mark.parametrize("field", ["subject", "content"])
@pytest.mark.parametrize(
    "broken",
    [
        "{% if %}",
        "{% load survey %}",
        "{{ naam }}",
        "{{ wie|upper }}",
        "{{ wie.groups }}",
        "{{ wie",
        "{# #}",
        "{{ wie }}}",
    ],
)
def test_a_text_that_cannot_be_filled_in_is_refused(client, editor, template, broken, field):
    given = {"subject": "Kom", "content": "{{ adres }}"} | {
        field: f"Dag {broken}",
    }
    response = client.post(text_page(template), given)
    form = response.context["adminform"].form
    assert list(form.errors) == [field]
    assert f"‘{broken}’ kan hier niet. U kunt gebruiken: {{{{ initiatief }}}}" in form.errors[field][0]
    assert form[field].value() == f"Dag {broken}"
    template.refresh_from_db()
    assert (template.subject, template.content) == texts.first_texts()["uitnodiging"][:2]


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("content", "Dag", "In deze brief moet {{ adres }} staan: de link waar de brief over gaat."),
        ("content", "", "In deze brief moet {{ adres }} staan"),
        ("content", "{{ adres }}" + "x" * 200_000, "Deze tekst is te lang. Ten hoogste 10.000 tekens."),
        ("subject", "", "Vul een onderwerp in."),
        ("subject", "Kom\nBcc: x@voorbeeld.nl", "Schrijf het onderwerp op één regel."),
        ("subject", "x" * 201, "Dit onderwerp is te lang. Ten hoogste 200 tekens."),
    ],
)
def test_a_text_that_cannot_do_its_work_is_refused(client, editor, template, field, given, said):
    sent = {"subject": "Kom", "content": "{{ adres }}"} | {field: given}
    response = client.post(text_page(template), sent)
    form = response.context["adminform"].form
    assert list(form.errors) == [field]
    assert form.errors[field][0].startswith(said)
    assert form[field].value() == given
    template.refresh_from_db()
    assert (template.subject, template.content) == texts.first_texts()["uitnodiging"][:2]
    assert (
        '<code>{{ adres }}</code> <strong class="moet">verplicht</strong>'
        in client.get(text_page(template)).text
    )


def test_a_text_that_came_in_another_way_shows_and_the_page_says_so(client, editor, template):
    EmailTemplate.objects.filter(pk=template.pk).update(content="{% debug %}", html_content="Van <vroeger>")
    shown = client.get(text_page(template)).text
    assert "Tot u hem verandert, gaat de eerste tekst uit." in shown
    assert "Van &lt;vroeger&gt;" in shown


def test_only_the_letters_of_the_site_are_there(client, editor, template):
    other = EmailTemplate.objects.create(name="uitnodiging", language="en", default_template=template)
    los = EmailTemplate.objects.create(name="los")
    for one in (other, los):
        assert client.get(text_page(one)).status_code == 302
    listed = client.get(reverse("admin:post_office_emailtemplate_changelist")).context["cl"]
    assert listed.result_count == len(KINDS)
