"""What goes when somebody has not been here for years, and what does not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registry.foundation.errors import Refused
from registry.models import ChangeProposal, Initiative, OwnershipChange, SavedSearch, Status, User
from registry.personal_data import retention
from registry.proposals.proposals import decide_proposal, propose
from survey.models import FollowedRound
from tests import factories
from tests.stories.telling import keepers, last_to, letters_to, now, page_of_residents
from tests.survey import making

pytestmark = pytest.mark.django_db
LATER = timedelta(days=800)


@pytest.fixture
def used():
    """Somebody without a page, for each way to use the site by mail."""
    SavedSearch.objects.create(email="volgt@voorbeeld.nl", label="Alles", confirmed_at=timezone.now())
    FollowedRound.objects.create(
        round=making.round(), email="meting@voorbeeld.nl", confirmed_at=timezone.now()
    )
    factories.initiative("Tuin", contact_email="contact@voorbeeld.nl", contact_name="Con Tact")
    factories.organisation(name="Stichting", contact_email="bestuur@voorbeeld.nl")
    return [
        factories.person(f"{who}@voorbeeld.nl") for who in ("volgt", "meting", "contact", "bestuur", "niets")
    ]


def test_who_uses_the_site_by_mail_keeps_what_they_have(used):
    retention.apply(now=timezone.now() + LATER)
    assert set(User.objects.values_list("email", flat=True)) == {user.email for user in used[:-1]}
    assert SavedSearch.objects.count() == FollowedRound.objects.count() == 1
    assert Initiative.objects.get().contact_name == "Con Tact"


def test_who_kept_a_page_that_is_long_gone_is_told_and_who_was_here_keeps_it():
    page, olga, here = page_of_residents(
        "Tuin", "olga", "hier", status=Status.WITHDRAWN, contact_name="Olga O", published_at=timezone.now()
    )
    User.objects.filter(pk=here.pk).update(last_login=timezone.now() + LATER - timedelta(days=300))
    retention.apply(now=timezone.now() + LATER)
    assert keepers(page) == {here.email}
    assert now(page).contact_name == ""
    line = OwnershipChange.objects.get(kind=OwnershipChange.Kind.REMOVED)
    assert "staat al lang niet meer op de site" in line.why
    assert "staat al lang niet meer op de site" in last_to(olga.email, "eigenaar-af")
    assert letters_to(here.email, "eigenaar-weg")


def test_a_proposal_that_chooses_what_is_gone_says_so_in_dutch():
    page = factories.initiative("Tuin")
    chosen = factories.organisation(name="Stichting")
    editor = factories.person("collega@voorbeeld.nl", is_staff=True)
    proposal = propose(page, {"organisation": chosen.pk}, by=factories.person("wie@voorbeeld.nl"))
    chosen.delete()
    with pytest.raises(Refused) as refused:
        decide_proposal(proposal, ["organisation"], by=editor)
    assert "bestaat niet meer. Kies iets anders." in str(refused.value)
    assert "instance" not in str(refused.value)
    assert ChangeProposal.objects.open().exists()
