"""What residents keep changes only with their yes, through a file as through a form."""

import pytest
from post_office.models import Email

from registry import resources
from registry.foundation.spreadsheets import read
from registry.importing import runs
from registry.models import ChangeProposal, Initiative, Link, Mention
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def owned():
    entry = factories.initiative("Hof", slug="hof", summary="Oud", run_by=Initiative.RunBy.RESIDENTS)
    factories.owner(entry, "bewoner@voorbeeld.nl")
    return entry


def test_a_row_becomes_a_proposal_and_the_rest_goes_in(desk, owned, django_capture_on_commit_callbacks):
    factories.initiative("Heg", slug="heg", summary="Oud")
    outcome = desk.send("adres;samenvatting;naam\nhof;Nieuw;Hof\nheg;Nieuw;Heg\nnieuw;N;N\n")
    assert (outcome.totals, outcome.waiting) == ([1, 1, 0], 1)
    assert [row.waits for row in outcome.rows] == [True, False, False]
    with django_capture_on_commit_callbacks(execute=True):
        assert desk.confirm() == [
            "Geïmporteerd: 1 nieuw, 1 gewijzigd, 0 gelijk gebleven. 1 wachten op het ja van de eigenaren; zij krijgen "
            "een e-mail."
        ]
    owned.refresh_from_db()
    assert (owned.summary, Initiative.objects.get(slug="heg").summary) == ("Oud", "Nieuw")
    proposal = ChangeProposal.objects.get()
    assert (proposal.initiative, proposal.waits_for) == (owned, ChangeProposal.Waits.OWNERS)
    assert list(proposal.changes.values_list("field", "old", "new")) == [("summary", "Oud", "Nieuw")]
    assert [email.to for email in Email.objects.all()] == [["bewoner@voorbeeld.nl"]]


def test_giving_it_to_an_organisation_does_not_get_round_them(desk, owned):
    outcome = desk.send("adres;wie_doet_het\nhof;organisatie\n")
    assert outcome.waiting == 1
    desk.confirm()
    owned.refresh_from_db()
    assert owned.run_by == "inwoners"


def test_nothing_is_proposed_that_would_not_be_valid(desk, owned):
    assert "datum" in desk.send("adres;begint_op\nhof;morgen\n").problems[0]
    assert not ChangeProposal.objects.exists()


def test_an_owner_who_came_after_the_preview_is_a_clash(desk):
    entry = factories.initiative("Hof", slug="hof", summary="Oud", run_by=Initiative.RunBy.RESIDENTS)
    desk.send("adres;samenvatting\nhof;Nieuw\n")
    factories.owner(entry)
    desk.confirm()
    assert [(clash.previewed, clash.now) for clash in desk.context["clashes"]] == [
        ("gaat meteen in", "wacht op de eigenaren")
    ]
    entry.refresh_from_db()
    assert entry.summary == "Oud"


@pytest.mark.parametrize(
    ("model", "text", "kind"),
    [
        ("link", "initiatief;knelpunt;rol\nhof;R1;ervaart\n", Link),
        ("mention", "initiatief;waar_genoemd\nhof;Festival\n", Mention),
    ],
)
def test_what_stands_on_their_page_does_not_change_either(editor, owned, model, text, kind):
    factories.bottleneck("R1")
    resource = {"link": resources.LinkResource, "mention": resources.MentionResource}[model]
    (problem,) = runs.try_out(resource(user=editor), read(text.encode()), by=editor).problems
    assert problem.startswith("regel 2: ‘Hof’ is van inwoners die de pagina zelf beheren.")
    assert not kind.objects.exists()


def test_a_link_that_is_there_is_left_as_it_is(editor, owned):
    factories.link(owned, factories.bottleneck("R1"), "ervaart", explanation="Oud")
    head = "initiatief;knelpunt;rol;toelichting\nhof;R1;ervaart;"
    for text, faults in (("Oud", 0), ("Nieuw", 1)):
        table = read(f"{head}{text}\n".encode())
        outcome = runs.try_out(resources.LinkResource(user=editor), table, by=editor)
        assert len(outcome.problems) == faults
