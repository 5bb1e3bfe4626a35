"""Two people edit one thing: nothing of either is lost unseen."""

import re
from html import unescape

import pytest
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.urls import reverse

from registry.accounts.roles import Role
from registry.foundation.edit_conflicts import GuardsEdits, GuardsRows
from registry.models import Initiative, Link
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]
# Fields that a browser sends, as they stand in the page.
INPUT = re.compile(r"<(input|textarea|select)\b([^>]*)>(?:(.*?)</\1>)?", re.S)


def fields_of(response):
    """What a browser would send back of the form in this page, untouched."""
    page = response.content.decode()
    page = max(re.findall(r"<form\b.*?</form>", page, flags=re.S), key=len)
    sent = {}
    for tag, attributes, inside in INPUT.findall(page):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        name, kind = found.get("name"), found.get("type", "text")
        if not name or kind in ("submit", "file", "button") or " disabled" in attributes:
            continue
        if kind in ("checkbox", "radio"):
            if " checked" in attributes:
                sent.setdefault(name, []).append(unescape(found.get("value", "on")))
        elif tag == "select":
            sent.setdefault(name, []).extend(
                unescape(value) for value in re.findall(r'<option value="([^"]*)"[^>]*\bselected', inside)
            )
        elif tag == "textarea":
            sent.setdefault(name, []).append(unescape(inside).removeprefix("\n"))
        else:
            sent.setdefault(name, []).append(unescape(found.get("value", "")))
    return sent


@pytest.fixture
def entry():
    made = factories.initiative(
        "Tuin", slug="tuin", summary="Samen tuinieren", description="Elke dag\nkoffie",
        municipality=factories.municipality(), is_location_shielded=True, costs="niets", starts_on="2026-01-02",
        longitude="5.5", latitude="52.5", run_by="samen",
    )  # fmt: skip
    factories.link(made, factories.bottleneck("M9"), explanation="Zo")
    return made


@pytest.fixture
def page(entry):
    return reverse("admin:registry_initiative_change", args=[entry.pk])


def test_what_only_the_other_changed_stays(client, log_in, entry, page):
    log_in(Role.MANAGER)
    mine = fields_of(client.get(page))
    other = factories.municipality("GM0034", name="Almere")
    theirs = {
        "summary": "Van een ander",
        "municipality": other,
        "is_location_shielded": False,
        "starts_on": None,
    }
    for name, value in theirs.items():
        setattr(entry, name, value)
    entry.save()
    Link.objects.update(explanation="Anders")
    response = client.post(page, mine | {"description": ["Elke dag thee"]})
    assert response.status_code == 302
    entry.refresh_from_db()
    assert {name: getattr(entry, name) for name in theirs} == theirs
    assert entry.description == "Elke dag thee"
    assert entry.links.get().explanation == "Anders"


@pytest.mark.parametrize(
    ("name", "theirs", "mine", "told"),
    [
        ("summary", "Van een ander", "Van mij", "‘Van een ander’"),
        ("description", "Van een ander", "Van mij", "‘Van een ander’"),
        ("is_location_shielded", True, None, None),
        ("run_by", "inwoners", "organisatie", "‘Inwoners’"),
        ("starts_on", "2026-05-05", "2026-06-06", "‘2026-05-05’"),
        ("municipality_id", "GM0034", "", "‘Almere’"),
    ],
)
def test_what_both_changed_is_shown_and_nothing_is_lost(
    client, log_in, entry, page, name, theirs, mine, told
):
    log_in(Role.MANAGER)
    factories.municipality("GM0034", name="Almere")
    sent = fields_of(client.get(page))
    field = name.removesuffix("_id")
    sent[field] = [mine] if mine is not None else []
    Initiative.objects.filter(pk=entry.pk).update(**{name: theirs})
    response = client.post(page, sent)
    if told is None:  # the other left it as it was
        assert response.status_code == 302
        return
    assert response.status_code == 200
    assert told in unescape(response.content.decode())
    assert str(getattr(Initiative.objects.get(pk=entry.pk), name)) == str(theirs)
    again = fields_of(response)
    assert again[field] == ([mine] if mine else again[field])
    assert client.post(page, again).status_code == 302
    assert str(getattr(Initiative.objects.get(pk=entry.pk), name) or "") == mine


def test_a_row_that_both_changed_is_shown(client, log_in, entry, page):
    log_in(Role.MANAGER)
    sent = fields_of(client.get(page))
    Link.objects.update(explanation="Van een ander")
    response = client.post(page, sent | {"links-0-explanation": ["Van mij"]})
    assert "‘Van een ander’" in response.content.decode()
    assert entry.links.get().explanation == "Van een ander"


def test_an_owner_undoes_nothing_of_staff(client, entry):
    owner = factories.owner(entry)
    client.force_login(owner)
    sent = fields_of(client.get("/mijn/tuin/wijzigen/"))
    Initiative.objects.filter(pk=entry.pk).update(summary="Van de redactie")
    client.post("/mijn/tuin/wijzigen/", sent | {"costs": ["2 euro"]})
    (change,) = entry.proposals.get().changes.all()
    assert (change.field, change.new) == ("costs", "2 euro")
    response = client.post("/mijn/tuin/wijzigen/", sent | {"summary": ["Van mij"]})
    assert "‘Van de redactie’" in response.content.decode()
    assert entry.proposals.count() == 1


def test_an_untouched_form_changes_nothing(client, log_in, entry, page):
    log_in(Role.MANAGER)
    before, rows = entry.history.count(), Initiative.objects.filter(pk=entry.pk)
    was = rows.values().get()
    client.post(page, fields_of(client.get(page)))
    now = rows.values().get()
    assert {name for name in was if was[name] != now[name]} <= {"changed_at"}
    assert entry.history.count() <= before + 1


# Nobody writes text in these: an account has its own pages, and what the site writes cannot be changed.
NOT_EDITED = {"Group"}


def test_every_form_of_staff_is_guarded(log_in, rf):
    request = rf.get("/")
    request.user = log_in(Role.MANAGER)
    loose = []
    for model, of in admin.site._registry.items():
        if (
            of.has_change_permission(request)
            and model.__name__ not in NOT_EDITED
            and not isinstance(of, GuardsEdits)
        ):
            loose.append(type(of).__name__)
        for inline in of.get_inline_instances(request):
            assert isinstance(inline, InlineModelAdmin)
            if inline.has_change_permission(request) and not isinstance(inline, GuardsRows):
                loose.append(type(inline).__name__)
    assert loose == []


def test_a_row_that_another_removed_is_gone_when_it_was_not_touched(client, log_in, entry, page):
    log_in(Role.MANAGER)
    sent = fields_of(client.get(page))
    entry.links.all().delete()
    assert client.post(page, sent | {"description": ["Thee"]}).status_code == 302
    entry.refresh_from_db()
    assert (entry.description, entry.links.count()) == ("Thee", 0)


def test_a_row_that_another_removed_and_one_changed_is_told_and_can_be_kept(client, log_in, entry, page):
    log_in(Role.MANAGER)
    sent = fields_of(client.get(page)) | {"links-0-explanation": ["Van mij"]}
    entry.links.all().delete()
    response = client.post(page, sent)
    assert "haalde een regel weg die u wijzigde" in response.content.decode()
    again = fields_of(response)
    assert ["Van mij"] in [value for name, value in again.items() if name.endswith("explanation")]
    assert client.post(page, again).status_code == 302
    assert entry.links.get().explanation == "Van mij"


def test_a_row_that_another_added_too_is_told(client, log_in, entry, page):
    log_in(Role.MANAGER)
    entry.links.all().delete()
    sent = fields_of(client.get(page)) | {
        "links-TOTAL_FORMS": ["1"], "links-0-bottleneck": ["M9"], "links-0-role": ["pakt-aan"],
        "links-0-explanation": ["Van mij"], "mentions-TOTAL_FORMS": ["1"], "mentions-0-event": ["F"], "mentions-0-count": ["1"],
    }  # fmt: skip
    entry.links.create(bottleneck_id="M9", role="pakt-aan", explanation="Van een ander")
    entry.mentions.create(event="F")
    text = client.post(page, sent).content.decode()
    assert "Deze koppeling bestaat al" in text
    assert "Deze vermelding bestaat al" in text
    assert "Van mij" in text


def test_what_another_changed_is_not_removed_unseen(client, log_in, entry, page):
    log_in(Role.MANAGER)
    sent = fields_of(client.get(page)) | {"links-0-DELETE": ["on"]}
    entry.links.update(explanation="Van een ander")
    response = client.post(page, sent)
    assert "wijzigde een regel die u weghaalt" in response.content.decode()
    again = fields_of(response) | {"links-0-DELETE": ["on"]}
    assert client.post(page, again).status_code == 302
    assert entry.links.count() == 0


def test_nothing_is_written_to_what_was_merged_away(client, log_in, entry, page):
    log_in(Role.MANAGER)
    kept = factories.initiative("Grote tuin")
    sent = fields_of(client.get(page))
    Initiative.objects.filter(pk=entry.pk).update(status="samengevoegd", merged_into=kept)
    text = client.post(page, sent | {"summary": ["Van mij"]}).content.decode()
    assert "samengevoegd met ‘Grote tuin’" in text
    assert "Van mij" in text
    assert Initiative.objects.get(pk=entry.pk).summary == "Samen tuinieren"
    link = {"initiative": entry.pk, "bottleneck": "M9", "role": "ervaart"}
    assert "Kies dat." in client.post(reverse("admin:registry_link_add"), link).content.decode()
    case = {"title": "Zo", "slug": "zo", "initiative": entry.pk}
    assert "Kies dat." in client.post(reverse("admin:registry_case_add"), case).content.decode()


def test_numbers_of_rows_that_nobody_has_cost_nothing(client, log_in, entry, page):
    log_in(Role.MANAGER)
    sent = fields_of(client.get(page)) | {"links-INITIAL_FORMS": ["999999999999"]}
    assert client.post(page, sent).status_code in (200, 302)
