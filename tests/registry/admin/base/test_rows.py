"""What hangs on the page of residents is guarded as its text is."""

import pytest
from django.urls import reverse

from registry.accounts.roles import Role
from registry.admin.base.rows import OwnersInline
from registry.admin.initiative import InitiativeAdmin
from registry.models import Decision, Link, Status
from tests import factories
from tests.registry.admin.test_edits import fields_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def entry():
    made = factories.initiative("Hof", slug="hof-van-ons", run_by="inwoners", contact_email="a@voorbeeld.nl")
    factories.link(made, factories.bottleneck("M9"), explanation="Zo")
    factories.owner(made, "bewoner@voorbeeld.nl")
    return made


@pytest.fixture
def page(entry):
    return reverse("admin:registry_initiative_change", args=[entry.pk])


def test_every_row_on_the_page_is_guarded():
    assert all(issubclass(inline, OwnersInline) for inline in InitiativeAdmin.inlines)


@pytest.mark.parametrize(
    "change",
    [
        {"links-0-explanation": ["Anders"]},
        {"links-0-DELETE": ["on"]},
        {"exchanges-TOTAL_FORMS": ["1"], "exchanges-0-direction": ["vraagt"], "exchanges-0-kind": ["hulp"], "exchanges-0-text": ["x"]},
        {"mentions-TOTAL_FORMS": ["1"], "mentions-0-event": ["Festival"], "mentions-0-count": ["2"]},
        {"external_ids-TOTAL_FORMS": ["1"], "external_ids-0-scheme": ["kvk"], "external_ids-0-value": ["1"]},
    ],
)  # fmt: skip
def test_a_row_changes_with_a_reason_that_the_owners_can_read(client, log_in, entry, page, change):
    log_in(Role.MANAGER)

    def counts():
        return [
            entry.links.values_list("explanation").first(),
            entry.exchanges.count(),
            entry.mentions.count(),
            entry.external_ids.count(),
        ]

    sent, before = fields_of(client.get(page)) | change, counts()
    response = client.post(page, sent)
    assert response.status_code == 200
    assert "Schrijf bovenaan op waarom u niet wacht" in response.content.decode()
    assert counts() == before
    response = client.post(page, sent | {"override": ["De bewoners vroegen het ons."]})
    assert response.status_code == 302
    assert counts() != before
    decision = Decision.objects.get(initiative=entry)
    assert "De bewoners vroegen het ons." in decision.reason
    assert (decision.from_status, decision.to_status) == (Status.PUBLISHED, Status.PUBLISHED)


def test_a_link_by_itself_is_guarded_but_for_the_word_of_the_province(client, log_in, entry):
    log_in(Role.MANAGER)
    link = entry.links.get()
    page = reverse("admin:registry_link_change", args=[link.pk])
    sent = fields_of(client.get(page))
    assert client.post(page, sent | {"explanation": ["Anders"]}).status_code == 200
    assert client.post(page, sent | {"is_confirmed": ["on"]}).status_code == 302
    link.refresh_from_db()
    assert (link.explanation, link.is_confirmed) == ("Zo", True)
    add = reverse("admin:registry_link_add")
    response = client.post(add, {"initiative": entry.pk, "bottleneck": "M9", "role": "ervaart"})
    assert "van inwoners" in response.content.decode()
    assert (
        client.post(reverse("admin:registry_link_delete", args=[link.pk]), {"post": "yes"}).status_code == 403
    )
    act = {"action": "delete_selected", "_selected_action": [link.pk], "post": "yes"}
    client.post(reverse("admin:registry_link_changelist"), act)
    assert Link.objects.filter(pk=link.pk).exists()


def test_giving_the_page_to_an_organisation_does_not_get_round_the_owners(client, log_in, entry, page):
    log_in(Role.MANAGER)
    sent = fields_of(client.get(page))
    client.post(page, sent | {"run_by": ["organisatie"], "summary": ["Van ons"]})
    entry.refresh_from_db()
    assert (entry.run_by, entry.summary) == ("inwoners", "")
    assert set(entry.proposals.get().changes.values_list("field", flat=True)) == {"run_by", "summary"}
