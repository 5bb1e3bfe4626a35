import pytest
from django.urls import reverse

from registry.models import Initiative, Role, Status
from registry.moderation.decisions import decide
from tests import factories
from tests.reading import read, read_both, read_many

pytestmark = pytest.mark.once


@pytest.fixture
def editor(client, db):
    user = factories.person(role=Role.EDITOR)
    client.force_login(user)
    return user


def page(entry):
    return reverse(f"admin:registry_{entry._meta.model_name}_decide", args=[entry.pk])


def test_a_decision_is_logged_with_who_and_why(client, editor):
    entry = factories.initiative(status=Status.SUBMITTED)
    response = client.get(page(entry))
    offered = [value for value, _label in response.context["form"].fields["to"].choices]
    assert offered == ["aanvulling-gevraagd", "gepubliceerd", "afgewezen", "ingetrokken", "samengevoegd"]
    client.post(page(entry), {"to": "afgewezen", "reason": "Dubbel", "seen": "ingediend"} | read(entry))
    entry.refresh_from_db()
    assert entry.status == Status.REJECTED
    assert [(step.to_status, step.reason, step.by) for step in entry.decisions.all()] == [
        ("afgewezen", "Dubbel", editor)
    ]
    text = client.get(reverse("admin:registry_initiative_change", args=[entry.pk])).content.decode()
    assert "Dubbel" in text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"to": "afgewezen", "seen": "ingediend"}, "Schrijf een reden op bij ‘Afgewezen’."),
        ({"to": "concept", "seen": "ingediend"}, "Van ‘Ingediend’ naar ‘Concept’ kan niet."),
        ({"to": "gepubliceerd", "seen": "concept"}, "Een collega was u voor: de status is nu ‘Ingediend’."),
        ({"to": "samengevoegd", "seen": "ingediend"}, "Kies met welk initiatief u dit samenvoegt."),
    ],
)
def test_what_cannot_be_says_so(client, editor, data, message):
    entry = factories.initiative(status=Status.SUBMITTED)
    assert message in client.post(page(entry), data | read(entry)).content.decode()
    assert Initiative.objects.get(pk=entry.pk).status == Status.SUBMITTED


def test_merging_names_the_other(client, editor):
    entry, other = factories.initiative(status=Status.SUBMITTED), factories.initiative()
    draft = factories.initiative(status=Status.DRAFT)
    data = {"to": "samengevoegd", "seen": "ingediend", "merged_into": draft.pk}
    assert "merged_into" in client.post(page(entry), data).context["form"].errors
    shown = client.post(page(entry), data | {"merged_into": other.pk} | read(entry))
    assert shown.context["other"][0] == other
    entry.refresh_from_db()
    assert entry.status == Status.SUBMITTED
    client.post(page(entry), data | {"merged_into": other.pk} | read_both(entry, other))
    entry.refresh_from_db()
    assert (entry.status, entry.merged_into) == (Status.MERGED, other)


def test_a_case_is_published_but_not_merged(client, editor):
    entry = factories.case(status=Status.SUBMITTED)
    assert "merged_into" not in client.get(page(entry)).context["form"].fields
    client.post(page(entry), {"to": "samengevoegd", "seen": "ingediend"})
    entry.refresh_from_db()
    assert entry.status == Status.SUBMITTED
    client.post(page(entry), {"to": "gepubliceerd", "seen": "ingediend"} | read(entry))
    entry.refresh_from_db()
    assert entry.status == Status.PUBLISHED


def act(client, entries, action, **data):
    return client.post(
        reverse("admin:registry_initiative_changelist"),
        {"action": action, "_selected_action": [entry.pk for entry in entries], **data},
        follow=True,
    )


def test_many_are_published_after_a_page_with_a_reason(client, editor):
    entries = [factories.initiative(status=Status.SUBMITTED) for _ in range(2)]
    entries.append(factories.initiative(status=Status.REJECTED))
    act(client, entries, "publish")
    assert not Initiative.objects.filter(status=Status.PUBLISHED).exists()
    response = act(client, entries, "publish", reason="In orde", **read_many(*entries))
    assert [str(message) for message in response.context["messages"]] == [
        f"‘{entries[2]}’: Van ‘Afgewezen’ naar ‘Gepubliceerd’ kan niet.",
        "2 keer: gepubliceerd.",
    ]
    assert Initiative.objects.filter(status=Status.PUBLISHED, decisions__reason="In orde").count() == 2


def test_withdrawing_many_wants_a_reason_and_what_was_seen(client, editor):
    entry = factories.initiative()
    assert "Schrijf een reden op" in act(client, [entry], "withdraw", reason=" ").content.decode()
    act(client, [entry], "withdraw", reason="Klaar", **read_many(entry), **{f"seen-{entry.pk}": "ingediend"})
    assert Initiative.objects.get(pk=entry.pk).status == Status.PUBLISHED
    act(
        client,
        [entry],
        "withdraw",
        reason="Klaar",
        **read_many(entry),
        **{f"seen-{entry.pk}": "gepubliceerd"},
    )
    assert Initiative.objects.get(pk=entry.pk).status == Status.WITHDRAWN


def test_who_may_not_decide_gets_no_button_and_no_action(client, db):
    client.force_login(factories.person(role=Role.RESEARCHER))
    entry = factories.initiative(status=Status.SUBMITTED)
    change = reverse("admin:registry_initiative_change", args=[entry.pk])
    assert "Besluit nemen" not in client.get(change).content.decode()
    assert client.post(page(entry), {"to": "gepubliceerd", "seen": "ingediend"}).status_code == 403
    act(client, [entry], "publish", reason="x")
    assert Initiative.objects.get(pk=entry.pk).status == Status.SUBMITTED


def test_only_what_is_published_has_a_link_to_the_site(client, editor):
    draft, public = factories.initiative(status=Status.DRAFT), factories.initiative()
    for entry, links in ((draft, 0), (public, 1)):
        text = client.get(reverse("admin:registry_initiative_change", args=[entry.pk])).content.decode()
        assert text.count(f'href="{entry.get_absolute_url()}"') == links


def test_the_form_cannot_write_a_status(client, editor):
    response = client.get(reverse("admin:registry_initiative_add"))
    assert "status" not in response.context["adminform"].form.fields


def test_the_history_says_in_dutch_who_changed_what(client, editor):
    place = factories.place()
    entry = factories.initiative(status=Status.SUBMITTED)
    entry.place, entry.municipality, entry.is_location_shielded = place, place.municipality, True
    entry._history_user = editor
    entry.save()
    decide(entry, Status.PUBLISHED, by=editor, reason="Compleet")
    response = client.get(reverse("admin:registry_initiative_history", args=[entry.pk]))
    newest, middle, first = response.context["page_obj"].object_list
    assert (newest.history_change_reason, newest.history_user) == ("Compleet", editor)
    assert newest.history_delta_changes == [{"field": "Status", "old": "Ingediend", "new": "Gepubliceerd"}]
    assert middle.history_delta_changes == [
        {"field": "Alleen ‘in de buurt van’", "old": "nee", "new": "ja"},
        {"field": "Gemeente", "old": "leeg", "new": "Almere"},
        {"field": "Kern", "old": "leeg", "new": "Almere Haven"},
    ]
    assert "Toegevoegd" in response.content.decode()
    old = reverse("admin:registry_initiative_simple_history", args=[entry.pk, first.pk])
    rows = dict(client.get(old).context["rows"])
    assert (rows["Status"], rows["Gemeente"], rows["Alleen ‘in de buurt van’"]) == (
        "Ingediend",
        "leeg",
        "nee",
    )


def test_a_wording_is_followed_by_another_not_changed(client, editor):
    bottleneck = factories.bottleneck("R1")
    wording = bottleneck.wordings.get()
    change = reverse("admin:registry_bottleneck_change", args=["R1"])
    data = {"level": "relationeel", "number": 1, "origin": "onbekend", "status": "actief"}
    formset = {"wordings-TOTAL_FORMS": 1, "wordings-INITIAL_FORMS": 0, "wordings-0-language": "nl"}
    new = {"wordings-0-version": 2, "wordings-0-text": "Anders gezegd."}
    hijack = {"wordings-0-id": wording.pk, "wordings-INITIAL_FORMS": 1}
    client.post(change, data | formset | new | hijack)
    wording.refresh_from_db()
    assert wording.text == "Er wordt te weinig geluisterd."
    client.post(change, data | formset | new)
    texts = list(bottleneck.wordings.order_by("version").values_list("text", flat=True))
    assert texts == ["Er wordt te weinig geluisterd.", "Anders gezegd."]
