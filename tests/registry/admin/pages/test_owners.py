"""Staff take an owner off a page and invite one, within their reach."""

import pytest
from django.urls import reverse
from post_office.models import Email

from registry.models import Proof, Role
from registry.ownership import make_owner
from tests import factories

pytestmark = pytest.mark.django_db
OTHER = "ander@voorbeeld.nl"


@pytest.fixture
def entry():
    return factories.initiative("Buurttuin", slug="buurttuin", municipality=factories.municipality())


def page(entry):
    return reverse("admin:registry_initiative_owners", args=[entry.pk])


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("role", [Role.MANAGER, Role.EDITOR, Role.MUNICIPALITY_EDITOR])
def test_staff_take_an_owner_off_and_make_one_again(client, entry, role, last):
    client.force_login(factories.person(role=role, municipality=factories.municipality(), name="Jan Staf"))
    user = make_owner(entry, OTHER)
    if not last:
        make_owner(entry, "eerste@voorbeeld.nl")
    Email.objects.all().delete()
    assert OTHER in client.get(page(entry)).text
    owner = entry.ownerships.get(user=user).pk
    refused = client.post(page(entry), {"doe": "weg", "owner": owner, "reason": ""})
    assert refused.context["remove"].errors
    client.post(page(entry), {"doe": "weg", "owner": owner, "reason": "Verhuisd."})
    assert not entry.ownerships.filter(user=user).exists()
    letter = Email.objects.get(to=OTHER)
    assert "Een medewerker heeft u weggehaald" in letter.message
    assert "Verhuisd." in letter.message
    assert "Jan" not in letter.message
    assert Email.objects.exclude(pk=letter.pk).count() == (not last)
    client.post(page(entry), {"doe": "nodig-uit", "email": OTHER})
    assert Proof.objects.usable().get().email == OTHER
    assert "Een medewerker vraagt" in Email.objects.latest("pk").message


def test_who_may_not(client, entry):
    user = make_owner(entry, OTHER)
    other = factories.municipality("GM0034")
    sent = {"doe": "weg", "owner": entry.ownerships.get().pk, "reason": "x"}
    for role, status in ((Role.MUNICIPALITY_EDITOR, 404), (Role.RESEARCHER, 403)):
        client.force_login(factories.person(role=role, municipality=other))
        assert client.get(page(entry)).status_code == status
        assert client.post(page(entry), sent).status_code == status
    assert entry.ownerships.get().user == user


def test_an_owner_of_another_page_is_no_choice(client, entry):
    client.force_login(factories.person(role=Role.EDITOR))
    make_owner(entry, OTHER)
    elsewhere = factories.initiative()
    make_owner(elsewhere, "derde@voorbeeld.nl")
    client.post(page(entry), {"doe": "weg", "owner": elsewhere.ownerships.get().pk, "reason": "x"})
    assert elsewhere.ownerships.count() == 1
    assert client.post(page(entry), {"doe": "bestaat niet"}).status_code == 200
