import re

import pytest
from post_office.models import Email

from registry.foundation.errors import Refused
from registry.mail import verification
from registry.models import Initiative, Link, Ownership, Proof, Status, User
from registry.ownership import invite, leave, make_owner
from registry.registration.signup import confirm, free_slug, register
from tests import factories

pytestmark = pytest.mark.django_db
EMAIL = "trekker@voorbeeld.nl"


@pytest.fixture
def registered():
    bottleneck = factories.bottleneck()
    fields = {"name": "Soep op straat", "summary": "Wij eten samen", "municipality": factories.municipality()}
    return register(fields, email=EMAIL, links=[(bottleneck, Link.Role.FACES)])


def test_registering_keeps_a_draft_that_nobody_owns_and_mails_a_code(registered):
    initiative, proof = registered
    assert Initiative.objects.get().status == Status.DRAFT
    assert not Ownership.objects.exists()
    assert not User.objects.exists()
    link = initiative.links.get()
    assert (link.role, link.stated_by, link.is_confirmed) == ("ervaart", "Het initiatief zelf", False)
    letter = Email.objects.get()
    assert letter.to == [EMAIL]
    code = re.search(r"^(\w{4} \w{4})$", letter.message, re.M)[1]
    token = re.search(r"/bevestigen/([\w-]+)/", letter.message)[1]
    assert verification.find(token, Proof.Purpose.REGISTER) == proof
    assert verification.use_code(proof, code)


def test_confirming_makes_an_owner_and_puts_it_in_the_queue(registered):
    initiative, proof = registered
    verification.use(proof)
    user = confirm(proof)
    assert (user.email, user.is_staff, user.has_usable_password()) == (EMAIL, False, False)
    assert initiative.ownerships.get().user == user
    assert Initiative.objects.get().status == Status.SUBMITTED
    assert initiative.decisions.get().by == user
    assert Email.objects.count() == 2


def test_confirming_knows_who_is_there_already(registered):
    _initiative, proof = registered
    known = factories.person(EMAIL)
    assert confirm(proof) == known
    assert User.objects.count() == 1


def test_an_address_is_never_taken_twice():
    factories.initiative(slug="soep-op-straat")
    factories.initiative(slug="soep-op-straat-2")
    assert free_slug("Soep op straat") == "soep-op-straat-3"
    assert free_slug("Aanmelden") == "aanmelden-2"
    assert free_slug("日本") == "initiatief"
    assert len(free_slug("lang " * 60)) <= 80


def test_an_invitation_changes_nothing_by_itself():
    initiative, owner = factories.initiative(), factories.person()
    invite(initiative, "Nieuw@voorbeeld.nl", by=owner)
    assert not Ownership.objects.exists()
    assert Email.objects.get().to == ["nieuw@voorbeeld.nl"]


def test_the_last_owner_stays():
    initiative = factories.initiative()
    first, second = (make_owner(initiative, email) for email in (EMAIL, "ander@voorbeeld.nl"))
    leave(initiative, first)
    assert [ownership.user for ownership in initiative.ownerships.all()] == [second]
    with pytest.raises(Refused, match="één eigenaar"):
        leave(initiative, second)
    assert initiative.ownerships.count() == 1
