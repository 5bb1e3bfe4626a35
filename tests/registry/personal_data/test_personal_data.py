import json

import pytest
from post_office.models import Email

from registry.mail import letters, verification
from registry.models import Initiative, Notice, Proof, ProposedChange, SavedSearch, User
from registry.ownership import make_owner
from registry.personal_data import forget, kept_about
from registry.proposals.proposals import propose
from tests import factories

pytestmark = pytest.mark.django_db
EMAIL = "wil-weg@voorbeeld.nl"


@pytest.fixture
def person():
    initiative = factories.initiative("Buurttuin", contact_email=EMAIL, contact_name="Wil Weg")
    user = make_owner(initiative, EMAIL)
    user.name = "Wil Weg"
    user.save()
    propose(initiative, {"summary": "Nieuw", "contact_name": "Wil Weg-Jansen"}, by=user)
    letters.post(letters.Letter("Dag Wil", "Hallo"), EMAIL)
    Notice.objects.create(kind="melding", page="/", text="Kapotte link", email=EMAIL)
    SavedSearch.objects.create(email=EMAIL, label="Lelystad")
    verification.issue(Proof.Purpose.CLAIM, EMAIL)
    return user


def test_what_is_kept_can_be_read(person):
    kept = json.loads(json.dumps(kept_about(person)))
    assert kept["account"]["e-mailadres"] == EMAIL
    assert kept["initiatieven"] == kept["contactpersoon bij"] == kept["voorstellen"] == ["Buurttuin"]
    assert kept["meldingen"] == ["Kapotte link"]
    assert kept["gevolgde filters"] == ["Lelystad"]
    assert kept["e-mails aan u"] == ["Dag Wil"]


def test_forgetting_leaves_the_page_and_no_trace_of_the_person(person):
    forget(person)
    assert Initiative.objects.published().get().name == "Buurttuin"
    assert not User.objects.exists()
    gone_from = (Notice, SavedSearch, Proof, ProposedChange, Email, User.history.model)
    for model in (Initiative, Initiative.history.model, *gone_from):
        rows = json.dumps(list(map(str, model.objects.values_list())))
        assert EMAIL not in rows
        assert "Wil Weg" not in rows
