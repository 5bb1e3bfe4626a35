"""How somebody would get into a page of others, and what stops them."""

import pytest
from django.test import Client

from registry import say
from registry.merging import merge
from registry.models import Ownership, Role
from registry.moderation import NotAllowed
from registry.unmerging import undo
from tests import factories
from tests.stories.telling import keepers, kinds_to, last_to, now, page_of_residents, staff

pytestmark = pytest.mark.django_db


def test_staff_do_not_get_into_a_page_of_residents_by_a_merge():
    garden, _anna = page_of_residents("Buurttuin", "anna")
    editor, _client = staff(email="ed@voorbeeld.nl")
    theirs = factories.initiative("Buurt-tuin", slug="dubbel")
    Ownership.objects.create(initiative=theirs, user=editor)
    factories.owner(theirs, "bob@voorbeeld.nl")
    merge(theirs, garden, by=editor, reason="Het is dezelfde tuin.")
    assert keepers(garden) == {"anna@voorbeeld.nl", "bob@voorbeeld.nl"}
    assert "beheert deze pagina niet: zij is van inwoners" in last_to("anna@voorbeeld.nl", "samengevoegd")
    assert kinds_to("ed@voorbeeld.nl") == ["eigenaar-af"]
    assert "zij is van inwoners" in garden.decisions.first().reason
    undo(now(theirs), by=editor, reason="Het zijn er twee.")
    assert keepers(theirs) == {"ed@voorbeeld.nl", "bob@voorbeeld.nl"}


def test_nor_do_residents_get_staff_beside_them_by_a_merge():
    garden, anna = page_of_residents("Buurttuin", "anna")
    editor, _client = staff()
    theirs = factories.initiative("Buurt-tuin", slug="dubbel", run_by="inwoners")
    Ownership.objects.create(initiative=theirs, user=editor)
    with pytest.raises(NotAllowed, match="Houd de pagina van de inwoners"):
        merge(garden, theirs, by=editor, reason="Het is dezelfde tuin.")
    assert keepers(garden) == {anna.email} and now(garden).status == "gepubliceerd"
