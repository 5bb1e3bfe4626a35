import re

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.urls import reverse
from post_office.models import Email, EmailTemplate

from registry.mail import letters
from registry.mail.wording import texts
from registry.mail.wording.kinds import KINDS
from registry.models import LetterVersion, Role
from tests import factories
from tests.reading import tight
from tests.registry.mail.spoiling import BAD

pytestmark = [pytest.mark.django_db, pytest.mark.once]


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


def test_the_blanks_of_a_letter_stand_beside_its_text(client, editor, without_menu):
    for template in EmailTemplate.objects.all():
        shown = tight(client.get(text_page(template)).text)
        for blank in KINDS[template.name].all_blanks:
            assert re.search(
                rf"<dt><code>{blank.written}</code>[^<]*(<[^/][^>]*>[^<]*</[^>]*>)*[^<]*</dt><dd>{blank.what}</dd>",
                shown,
            )


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


# What cannot go is refused, and nothing typed is lost


NEEDED = [(name, group) for name, kind in KINDS.items() for group in kind.needed]


@pytest.mark.parametrize(("name", "group"), NEEDED, ids=lambda one: one if isinstance(one, str) else "")
def test_no_letter_is_saved_without_a_word_that_it_needs(client, editor, without_menu, name, group):
    row = EmailTemplate.objects.get(name=name)
    lacking = " ".join(blank.written for blank in KINDS[name].all_blanks if blank not in group)
    for typed in (lacking, f"{lacking} https://evil.nl/ [{group[0].name}]"):
        response = client.post(text_page(row), {"subject": "Dag", "content": typed, "_save": "1"})
        form = response.context["adminform"].form
        assert all(blank.written in form.errors["content"][0] for blank in group)
        assert form["content"].value() == typed
    row.refresh_from_db()
    assert row.content == texts.first_texts()[name][1]
    for blank in group:
        typed = f"{lacking} {blank.written}"
        assert client.post(text_page(row), {"subject": "Dag", "content": typed}).status_code == 302
        row.refresh_from_db()
        assert row.content == typed


def test_a_browser_cuts_nothing_off(client, editor, template):
    assert "maxlength" not in client.get(text_page(template)).text


# The draft


DRAFT = {"subject": "Kom erbij", "content": "Dag,\n\nKom erbij.\n\n{{ adres }}"}
WRONG = {"subject": "Kom erbij", "content": "Dag,\n\nKom erbij.\n\n[adres] https://evil.nl/"}


@pytest.mark.parametrize("button", ["_bekijk", "_proef"])
@pytest.mark.parametrize("typed", [DRAFT, WRONG])
def test_a_draft_is_shown_and_not_saved(client, editor, template, button, typed):
    before = EmailTemplate.objects.values().get(pk=template.pk)
    response = client.post(text_page(template), typed | {button: "1"})
    assert response.status_code == 200
    form = response.context["adminform"].form
    assert {name: form[name].value() for name in typed} == typed
    sample = letters.sample(template.name, typed["subject"], typed["content"])
    assert response.context["letter"].plain == sample.plain
    assert "<p>Kom erbij.</p>" in tight(re.sub(r' class="[^"]*"', "", response.text))
    assert re.search(r'<pre class="brief-plat"[^>]*>Dag,\s+Kom erbij\.', response.text)
    assert bool(form.errors) is (typed is WRONG)
    assert ("https://evil.nl/’ is geen adres van deze site" in response.text) is (typed is WRONG)
    assert EmailTemplate.objects.values().get(pk=template.pk) == before
    assert LetterVersion.objects.filter(name=template.name).count() == 1
    assert not LogEntry.objects.exists()
    assert Email.objects.count() == (button == "_proef" and typed is DRAFT)


def test_the_preview_keeps_to_the_policy_and_leads_nowhere(client, editor):
    for row in EmailTemplate.objects.all():
        shown = client.get(text_page(row)).text
        assert " style=" not in shown
        assert "<style" not in shown
        preview = shown[shown.index('<div class="brief-zien">') : shown.index("</pre>")]
        assert "href=" not in preview


def test_what_another_saved_meanwhile_is_met_also_after_a_look(client, editor, template):
    page = client.get(text_page(template))
    basis = dict(re.findall(r'name="(initial-[^"]+)" value="([^"]*)"', page.text))
    basis["initial-content"] = template.content
    looked = client.post(text_page(template), basis | DRAFT | {"_bekijk": "1"})
    assert looked.context["adminform"].form.errors == {}
    texts.save(template, subject="Van een ander", text="Van een ander {{ adres }}", by=None)
    response = client.post(text_page(template), basis | DRAFT | {"_save": "1"})
    assert "Een ander wijzigde dit intussen in" in response.text
    template.refresh_from_db()
    assert template.subject == "Van een ander"
    again = {**basis, "initial-subject": template.subject, "initial-content": template.content}
    assert client.post(text_page(template), again | DRAFT | {"_save": "1"}).status_code == 302
    assert [one.text for one in LetterVersion.objects.filter(name=template.name)][:2] == [
        DRAFT["content"],
        "Van een ander {{ adres }}",
    ]


def test_a_letter_to_oneself_says_what_it_is_and_goes_nowhere_else(client, editor, template):
    response = client.post(text_page(template), DRAFT | {"_proef": "1"})
    letter = Email.objects.get()
    assert (letter.to, letter.subject) == ([editor.email], "[proef] Kom erbij")
    assert "Kom erbij." in letter.message
    assert "Kom erbij." in letter.html_message
    assert f"De proefbrief is onderweg naar {editor.email}" in response.text


def test_letters_to_oneself_are_counted(client, editor, template, monkeypatch):
    monkeypatch.setattr("registry.admin.letter.LETTERS_TO_ONESELF", 2)
    for _number in range(4):
        response = client.post(text_page(template), DRAFT | {"_proef": "1"})
        assert response.context["adminform"].form["content"].value() == DRAFT["content"]
    assert Email.objects.count() == 2
    assert "U stuurde dit uur al 2 proefbrieven" in response.text


# Versions


def versions_page(row, version=None):
    name = "version" if version else "history"
    return reverse(f"admin:post_office_emailtemplate_{name}", args=[row.pk, *([version] if version else [])])


def put_back(client, row, version, **sent):
    page = client.get(versions_page(row, version))
    return client.post(versions_page(row, version), {"gezien": page.context["seen"]} | sent)


def test_a_text_of_before_is_put_back(client, editor, template):
    for typed in (DRAFT, DRAFT | {"content": "Anders {{ adres }}"}):
        client.post(text_page(template), typed | {"_save": "1"})
    assert [
        (version.what, version.by, version.subject)
        for version in LetterVersion.objects.filter(name=template.name)
    ][:2] == [("gewijzigd", editor, "Kom erbij")] * 2
    shown = client.get(versions_page(template)).text
    assert re.search(r"<del>[^/]*Kom erbij\.[^/]*</del>.*<ins>[^/]*Anders", shown)
    assert str(editor) in shown
    kept = LetterVersion.objects.get(name=template.name, text=DRAFT["content"])
    page = client.get(versions_page(template, kept.pk))
    assert "Kom erbij." in page.text
    assert EmailTemplate.objects.get(pk=template.pk).content == "Anders {{ adres }}"
    assert put_back(client, template, kept.pk).status_code == 302
    assert EmailTemplate.objects.get(pk=template.pk).content == DRAFT["content"]
    assert put_back(client, template, "eerste").status_code == 302
    template.refresh_from_db()
    assert (template.subject, template.content) == texts.first_texts()[template.name][:2]
    newest = LetterVersion.objects.filter(name=template.name)[:2]
    assert [(version.what, version.by) for version in newest] == [
        ("eerste-tekst", editor),
        ("teruggezet", editor),
    ]


def test_what_cannot_go_does_not_come_back(client, editor, template):
    template.content = WRONG["content"]
    template.save()
    texts.save(template, subject="Goed", text="Goed {{ adres }}", by=None)
    bad = LetterVersion.objects.get(name=template.name, text=WRONG["content"])
    response = put_back(client, template, bad.pk)
    assert "geen adres van deze site" in response.text
    template.refresh_from_db()
    assert template.content == "Goed {{ adres }}"


def test_nobody_puts_back_over_what_another_just_made(client, editor, template):
    texts.save(template, subject="Een", text="Een {{ adres }}", by=None)
    seen = client.get(versions_page(template, "eerste")).context["seen"]
    texts.save(template, subject="Twee", text="Twee {{ adres }}", by=None)
    response = client.post(versions_page(template, "eerste"), {"gezien": seen})
    assert "Een ander wijzigde de tekst intussen" in response.text
    template.refresh_from_db()
    assert template.subject == "Twee"


@pytest.mark.parametrize("version", ["0", "x", "9" * 30, "-1", "1e3", "٣", "eerste "])
def test_an_odd_version_is_not_there(client, editor, template, version):
    assert client.get(versions_page(template, version)).status_code == 404
    assert client.post(versions_page(template, version)).status_code == 404


def test_a_version_of_another_letter_is_not_there(client, editor, template):
    other = LetterVersion.objects.get(name="klopt-het-nog")
    assert client.get(versions_page(template, other.pk)).status_code == 404


def test_many_versions_stand_on_pages(client, editor, template):
    for number in range(45):
        texts.save(template, subject="Kom", text=f"Kom {number} {{{{ adres }}}}", by=editor)
    sizes = [
        len(client.get(versions_page(template), {"pagina": page}).context["versions"]) for page in (1, 2, 3)
    ]
    assert sizes == [20, 20, 6]
    for odd in ("x", "0", "99", "-1", "9" * 40):
        assert client.get(versions_page(template), {"pagina": odd}).status_code == 200


# What is bad all the same


@pytest.mark.parametrize(("number", "bad"), list(enumerate(BAD)))
def test_every_page_about_a_bad_text_opens_and_has_a_way_back(client, editor, without_menu, number, bad):
    """All letters are bad at once; each way opens the pages of its own part of them."""
    some = sorted(KINDS)[number :: len(BAD)]
    for name in KINDS:
        BAD[bad](name)
    assert client.get(reverse("admin:index")).status_code == 200
    page = reverse("admin:post_office_emailtemplate_changelist")
    assert client.get(page, {"q": "evil", "gaat-uit": "eerste-tekst"}).status_code == 200
    listed = client.get(page, {"gaat-uit": "eerste-tekst"})
    assert listed.status_code == 200
    for row in texts.rows().filter(name__in=some):
        for address in (text_page(row), versions_page(row), versions_page(row, "eerste")):
            assert client.get(address).status_code == 200
        client.post(text_page(row), {"subject": row.subject, "content": row.content, "_bekijk": "1"})
        if not texts.can_go(row.name, row.subject, row.content):
            assert "gaat de eerste tekst uit" in client.get(text_page(row)).text
            assert put_back(client, row, "eerste").status_code == 302
    assert texts.not_going() & set(some) == set()
    assert texts.rows().count() == len(KINDS)


def test_the_list_says_and_filters_which_text_goes_out(client, editor):
    page = reverse("admin:post_office_emailtemplate_changelist")
    BAD["empty"]("uitnodiging")
    BAD["gone"]("klopt-het-nog")
    counts = {
        which: client.get(page, {"gaat-uit": which}).context["cl"].result_count
        for which in ("eerste-tekst", "deze-tekst", "iets")
    }
    assert counts == {"eerste-tekst": 1, "deze-tekst": len(KINDS) - 1, "iets": len(KINDS)}
    BAD["gone"]("klopt-het-nog")
    assert "De tekst van de brief ‘klopt-het-nog’ was weg." in client.get(page).text
    home = client.get(reverse("admin:index"))
    [address] = [address for item, address in home.context["waiting"] if item.model == "emailtemplate"]
    assert client.get(address).context["cl"].result_count == 1


# Who may


@pytest.mark.parametrize("role", [*Role, None])
def test_who_may_see_and_change_the_texts(client, template, role):
    user = factories.person(role=role, municipality=factories.municipality()) if role else factories.person()
    client.force_login(user)
    may = role in (Role.MANAGER, Role.EDITOR)
    refused = 403 if role else 302
    version = LetterVersion.objects.get(name=template.name)
    pages = [
        reverse("admin:post_office_emailtemplate_changelist"),
        text_page(template),
        versions_page(template),
        versions_page(template, "eerste"),
        versions_page(template, version.pk),
    ]
    assert [client.get(page).status_code for page in pages] == [200 if may else refused] * len(pages)
    texts.save(template, subject="Van ons", text="Van ons {{ adres }}", by=None)
    for page in pages[1:]:
        sent = DRAFT | {"gezien": LetterVersion.objects.filter(name=template.name).first().pk}
        if not may:
            assert client.post(page, sent | {"_proef": "1"}).status_code in (refused, 405)
    assert not Email.objects.exists()
    template.refresh_from_db()
    assert template.subject == "Van ons"
    assert (
        client.get(reverse("admin:post_office_emailtemplate_add")).status_code == refused if not may else 403
    )


def test_who_may_only_look_sees_the_letter_and_changes_nothing(client, template):
    user = factories.person(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_emailtemplate"))
    client.force_login(user)
    BAD["gone"]("klopt-het-nog")
    shown = client.get(text_page(template)).text
    assert "brief-zien" in shown
    assert "_bekijk" not in shown
    assert "_save" not in shown
    texts.save(template, subject="Van ons", text="Van ons {{ adres }}", by=None)
    assert "Zet deze tekst terug" not in client.get(versions_page(template, "eerste")).text
    for page in (text_page(template), versions_page(template, "eerste")):
        assert client.post(page, DRAFT | {"_proef": "1", "gezien": "1"}).status_code == 403
    assert client.get(reverse("admin:post_office_emailtemplate_changelist")).status_code == 200
    assert texts.not_going() == {"klopt-het-nog"}
    assert not Email.objects.exists()
