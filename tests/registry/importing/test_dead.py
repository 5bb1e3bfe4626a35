"""Nothing is written where nobody would see it: it lands on what it was merged into, or is refused by line."""

import pytest

from registry import resources
from registry.foundation.spreadsheets import read, write
from registry.importing import runs
from registry.models import Bottleneck, Case, Finding, Initiative, Interaction, Link, Mention, Role, Status
from registry.resources.references import Reference, References
from tests import factories

pytestmark = pytest.mark.django_db
MERGED = {Initiative, Bottleneck}


@pytest.fixture
def world():
    kept = factories.initiative("Z B", slug="z-b")
    middle = factories.initiative("Z M", slug="z-m", status=Status.MERGED, merged_into=kept)
    factories.initiative("Z A", slug="z-a", status=Status.MERGED, merged_into=middle)
    factories.initiative("Weg", slug="weg", status=Status.WITHDRAWN)
    factories.initiative("Nee", slug="nee", status=Status.REJECTED)
    end = factories.initiative("Ook weg", slug="ook-weg", status=Status.WITHDRAWN)
    factories.initiative("Via", slug="via", status=Status.MERGED, merged_into=end)
    factories.bottleneck("R1")
    factories.bottleneck("R2", status="samengevoegd", merged_into=Bottleneck.objects.get(pk="R1"))
    factories.bottleneck("R3")
    return kept


# A row with {} where the key of something merged goes, and what of the stored row points there.
ROWS = {
    ("LinkResource", "initiative"): ("initiatief;knelpunt;rol\n{};R3;ervaart", Link, "initiative__slug"),
    ("LinkResource", "bottleneck"): ("initiatief;knelpunt;rol\nz-b;{};ervaart", Link, "bottleneck"),
    ("MentionResource", "initiative"): ("initiatief;waar_genoemd\n{};Festival", Mention, "initiative__slug"),
    ("CaseResource", "initiative"): ("adres;titel;initiatief\nkas;Kas;{}", Case, "initiative__slug"),
    ("CaseResource", "bottlenecks"): ("adres;titel;knelpunten\nkas;Kas;{}", Case, "bottlenecks"),
    ("FindingResource", "bottlenecks"): ("adres;bevinding;knelpunten\nf;F;{}", Finding, "bottlenecks"),
    ("BottleneckResource", "merged_into"): (
        "code;niveau;nummer;stelling;status;samengevoegd_met\nR9;relationeel;9;S;samengevoegd;{}",
        Bottleneck,
        "merged_into",
    ),
    ("InteractionResource", "from_bottleneck"): (
        "van_niveau;van_knelpunt;naar_niveau;naar_knelpunt;uitleg\n;{};;R3;U",
        Interaction,
        "from_bottleneck",
    ),
    ("InteractionResource", "to_bottleneck"): (
        "van_niveau;van_knelpunt;naar_niveau;naar_knelpunt;uitleg\n;R3;;{};U",
        Interaction,
        "to_bottleneck",
    ),
}


def pointers():
    for name in resources.__all__:
        for attribute, field in getattr(resources, name).fields.items():
            key = getattr(field.widget, "key", field.widget)
            if isinstance(field.widget, Reference | References) and key.model in MERGED:
                yield name, attribute


def test_each_column_that_points_at_what_can_be_merged_is_walked():
    assert set(pointers()) == set(ROWS)


def run(name, text):
    table = read(text.encode())
    by = factories.person()
    resource = getattr(resources, name)
    outcome = runs.try_out(resource(), table, by=by)
    if not outcome.faults:
        _outcome, record = runs.carry_out(resource(), table, by=by, file_name="x", seen=outcome.plan)
        assert record
    return outcome


@pytest.mark.parametrize(("name", "attribute"), ROWS)
def test_a_pointer_at_what_was_merged_lands_on_what_is_left(world, name, attribute):
    text, model, path = ROWS[name, attribute]
    old, kept = ("z-a", "z-b") if "initiative" in attribute else ("R2", "R1")
    outcome = run(name, text.format(old))
    assert outcome.problems == ()
    (word,) = outcome.mended
    assert f"‘{old}’ is samengevoegd met ‘{kept}’: deze regel komt daar terecht." in word
    assert set(model.objects.exclude(**{path: None}).values_list(path, flat=True)) == {kept}
    assert run(name, text.format(old)).plan == ()


@pytest.mark.parametrize(("name", "attribute"), [pair for pair in ROWS if pair[1] == "initiative"])
@pytest.mark.parametrize("gone", ["weg", "nee", "via"])
def test_a_pointer_at_what_is_gone_is_refused_by_line(world, name, attribute, gone):
    text, model, _path = ROWS[name, attribute]
    (problem,) = run(name, text.format(gone)).problems
    assert problem.startswith("regel 2, kolom ‘initiatief’: ‘")
    assert "hier kan niets bij" in problem
    assert not model.objects.exists()


@pytest.mark.parametrize("status", [Status.MERGED, Status.WITHDRAWN, Status.REJECTED])
@pytest.mark.parametrize(
    ("name", "make"), [("InitiativeResource", factories.initiative), ("CaseResource", factories.case)]
)
def test_a_row_that_is_gone_itself_is_refused_when_it_would_change(world, name, make, status):
    if name == "CaseResource" and status == Status.MERGED:
        return
    also = {"merged_into": world} if status == Status.MERGED else {}
    make("Oud", slug="oud", summary="Oud", status=status, **also)
    assert run(name, "adres;samenvatting\noud;Oud\n").totals == [0, 0, 1]
    (problem,) = run(name, "adres;samenvatting\noud;Nieuw\n").problems
    assert problem.startswith("regel 2: ‘oud’ is ")
    assert ("samengevoegd met ‘z-b’" in problem) == (status == Status.MERGED)


def test_a_merged_bottleneck_is_refused_until_it_lives_again(world):
    (problem,) = run("BottleneckResource", "code;uitleg\nR2;Nieuw\n").problems
    assert problem == "regel 2: ‘R2’ is samengevoegd met ‘R1’. Zet dat in uw bestand."
    assert run("BottleneckResource", "code;uitleg;status;samengevoegd_met\nR2;Nieuw;actief;\n").changed == 1


def test_what_stands_at_something_gone_goes_out_and_comes_back_unchanged(world):
    factories.link(Initiative.objects.get(slug="weg"), Bottleneck.objects.get(pk="R2"), "ervaart")
    factories.link(world, Bottleneck.objects.get(pk="R1"), "ervaart")
    factories.link(world, Bottleneck.objects.get(pk="R2"), "ervaart")
    dataset = resources.LinkResource().export()
    content = write("csv", dataset.headers, list(dataset), title="x")
    outcome = runs.try_out(resources.LinkResource(), read(content), by=factories.person())
    assert (outcome.problems, outcome.totals) == ((), [0, 0, 3])
    (problem,) = run("LinkResource", "initiatief;knelpunt;rol;toelichting\nweg;R2;ervaart;Anders\n").problems
    assert "regel 2: ‘weg’ is ingetrokken" in problem


def test_two_rows_that_land_on_the_same_are_said_to_be_one(world):
    (problem,) = run("LinkResource", "initiatief;knelpunt;rol\nz-a;R1;ervaart\nz-b;R2;ervaart\n").problems
    assert problem == "regel 3: dit staat ook op regel 2 (z-b, R1, ervaart)."


def test_what_lies_elsewhere_is_not_told(world):
    elsewhere = factories.initiative(slug="geheim", municipality=factories.municipality("GM0034"))
    lelystad = factories.municipality("GM0995")
    factories.initiative(
        "Hier", slug="hier", municipality=lelystad, status=Status.MERGED, merged_into=elsewhere
    )
    local = factories.person(role=Role.MUNICIPALITY_EDITOR, municipality=lelystad)
    table = read(b"initiatief;knelpunt;rol\nhier;R1;ervaart\n")
    (problem,) = runs.try_out(resources.LinkResource(user=local), table, by=local).problems
    assert problem == "regel 2, kolom ‘initiatief’: ‘hier’ is samengevoegd en bestaat niet meer."
