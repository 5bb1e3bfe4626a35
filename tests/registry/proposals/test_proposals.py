import pytest
from django.core.exceptions import ValidationError
from post_office.models import Email

from registry.foundation.errors import Refused
from registry.models import ChangeProposal, Decision, Initiative, Ownership
from registry.proposals.proposals import decide_proposal, differences, edit, propose, show
from tests import factories

pytestmark = pytest.mark.django_db
OWNERS = ChangeProposal.Waits.OWNERS


@pytest.fixture
def owned():
    initiative = factories.initiative("HavenHart", summary="Oud", run_by=Initiative.RunBy.RESIDENTS)
    owner = factories.person()
    Ownership.objects.create(initiative=initiative, user=owner)
    return initiative, owner


def live(initiative):
    return Initiative.objects.get(pk=initiative.pk)


def outcomes(proposal):
    return dict(proposal.changes.values_list("field", "outcome"))


def test_a_proposal_leaves_the_live_text_alone(owned):
    initiative, owner = owned
    proposal = propose(initiative, {"summary": "Nieuw", "name": "HavenHart"}, by=owner)
    assert live(initiative).summary == "Oud"
    assert list(proposal.changes.values_list("field", "old", "new")) == [("summary", "Oud", "Nieuw")]


def test_nothing_new_is_no_proposal(owned):
    initiative, owner = owned
    assert propose(initiative, {"summary": "Oud"}, by=owner) is None


def test_what_would_not_be_valid_cannot_be_proposed(owned):
    initiative, owner = owned
    with pytest.raises(ValidationError):
        propose(initiative, {"website": "geen adres"}, by=owner)
    with pytest.raises(ValidationError, match="slug"):
        propose(initiative, {"slug": "gekaapt"}, by=owner)
    assert not ChangeProposal.objects.exists()


def test_part_of_a_proposal_can_be_taken_over(owned):
    initiative, owner = owned
    staff = factories.person()
    proposal = propose(initiative, {"summary": "Nieuw", "costs": "gratis"}, by=owner)
    decide_proposal(proposal, {"summary"}, by=staff, reason="Kosten staan er al")
    assert (live(initiative).summary, live(initiative).costs) == ("Nieuw", "")
    assert outcomes(proposal) == {"summary": "overgenomen", "costs": "niet-overgenomen"}
    assert live(initiative).history.first().history_user == staff
    assert "Overgenomen: samenvatting. Niet overgenomen: kosten." in Decision.objects.get().reason


def test_refusing_wants_a_reason_and_a_second_decision_is_told(owned):
    initiative, owner = owned
    staff = factories.person()
    proposal = propose(initiative, {"summary": "Nieuw"}, by=owner)
    with pytest.raises(Refused, match="waarom"):
        decide_proposal(proposal, set(), by=staff)
    decide_proposal(proposal, {"summary"}, by=staff)
    with pytest.raises(Refused, match="al besloten"):
        decide_proposal(proposal, set(), by=staff, reason="Toch niet")
    assert live(initiative).summary == "Nieuw"


def test_a_newer_proposal_takes_over_the_same_fields_only(owned):
    initiative, owner = owned
    older = propose(initiative, {"summary": "Eerste", "costs": "gratis"}, by=owner)
    emptied = propose(initiative, {"audience": "iedereen"}, by=owner)
    newer = propose(initiative, {"summary": "Tweede", "audience": "buren"}, by=owner)
    assert outcomes(older) == {"summary": "vervangen", "costs": "open"}
    assert set(ChangeProposal.objects.open()) == {older, newer}
    assert ChangeProposal.objects.get(pk=emptied.pk).decided_at is not None
    decide_proposal(older, {"summary", "costs"}, by=factories.person())
    assert (live(initiative).summary, live(initiative).costs) == ("Oud", "gratis")


def test_a_proposal_is_validated_again_when_it_is_accepted(owned):
    initiative, owner = owned
    haven = factories.place()
    proposal = propose(initiative, {"municipality": haven.municipality, "place": haven}, by=owner)
    with pytest.raises(Refused, match="kern ligt niet"):
        decide_proposal(proposal, {"place"}, by=factories.person(), reason="Alleen de kern")
    assert live(initiative).place is None
    assert proposal.changes.filter(outcome="open").count() == 2


def test_an_edit_to_what_residents_run_waits_for_their_yes(owned):
    initiative, owner = owned
    staff = factories.person()
    proposal = edit(initiative, {"summary": "Van de gemeente"}, by=staff)
    assert proposal.waits_for == OWNERS
    assert live(initiative).summary == "Oud"
    with pytest.raises(Refused, match="ja van de eigenaren"):
        decide_proposal(proposal, {"summary"}, by=staff)
    decide_proposal(proposal, {"summary"}, by=owner)
    assert live(initiative).summary == "Van de gemeente"


def test_staff_can_go_round_the_owners_and_that_is_logged(owned):
    initiative, _owner = owned
    staff = factories.person()
    assert edit(initiative, {"summary": "Anders"}, by=staff, override="Er stond een adres in") is None
    assert live(initiative).summary == "Anders"
    logged = Decision.objects.get()
    assert logged.by == staff
    assert logged.reason == "Gewijzigd zonder het ja van de eigenaren. Er stond een adres in"


@pytest.mark.parametrize("run_by", [Initiative.RunBy.ORGANISATION, Initiative.RunBy.TOGETHER, ""])
def test_other_entries_are_edited_at_once(run_by, owned):
    initiative, _owner = owned
    initiative.run_by = run_by
    initiative.save()
    assert edit(initiative, {"summary": "Anders"}, by=factories.person()) is None
    assert live(initiative).summary == "Anders"


def test_the_owner_edits_at_once(owned):
    initiative, owner = owned
    assert edit(initiative, {"summary": "Anders"}, by=owner) is None
    assert live(initiative).summary == "Anders"


def test_values_are_shown_in_words():
    assert show("is_contact_public", True) == "ja"
    assert show("summary", "") == "(leeg)"
    assert show("kind", "evenement") == "Evenement"
    assert show("municipality", factories.municipality().pk) == "Lelystad"
    assert show("municipality", "GM9999") == "GM9999"


def test_an_older_proposal_undoes_nothing_newer_unseen():
    entry = factories.initiative(summary="Een")
    proposal = propose(entry, {"summary": "Twee"}, by=None)
    Initiative.objects.filter(pk=entry.pk).update(summary="Van een ander")
    with pytest.raises(Refused, match="gewijzigd sinds dit is voorgesteld"):
        decide_proposal(proposal, ["summary"], by=None)
    proposal.initiative.refresh_from_db()
    ((change, _label, was, becomes),) = differences(proposal)
    assert (was, change.now, becomes) == ("Een", "Van een ander", "Twee")
    decide_proposal(proposal, ["summary"], by=None, seen=[change.mark])
    assert Initiative.objects.get(pk=entry.pk).summary == "Twee"


def test_who_proposed_hears_that_another_proposal_came_in_its_place():
    entry = factories.initiative("Tuin")
    one, two = (factories.owner(entry, f"{name}@voorbeeld.nl") for name in ("een", "twee"))
    propose(entry, {"summary": "Eerste", "lessons": "Les"}, by=one)
    propose(entry, {"summary": "Tweede"}, by=two)
    assert not Email.objects.exists()  # a part of it still waits
    propose(entry, {"lessons": "Andere les"}, by=two)
    letter = Email.objects.get()
    assert letter.to == [one.email]
    assert "Niet overgenomen: " in letter.message
    assert "Vervangen door een nieuwer voorstel." in letter.message
    propose(entry, {"summary": "Derde"}, by=two)
    assert Email.objects.count() == 1  # nobody hears of what they replaced themselves
