"""What people write is understood, mended in sight, or refused with what can stand there."""

import pytest

from registry import resources
from registry.foundation.spreadsheets import read
from registry.importing import runs
from registry.models import Case, Initiative, Link, Mention, Organisation, Source
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def world():
    factories.place("Almere Haven")
    factories.municipality("GM0995")
    factories.bottleneck("R1")
    factories.bottleneck("R2", statement="Iets anders.")
    return factories.initiative("HavenHart", slug="havenhart")


def run(name, text):
    by = factories.person()
    table = read(text.encode())
    outcome = runs.try_out(getattr(resources, name)(), table, by=by)
    if not outcome.faults:
        runs.carry_out(getattr(resources, name)(), table, by=by, file_name="x", seen=outcome.plan)
        # What went in says nothing new the second time.
        again = runs.try_out(getattr(resources, name)(), table, by=by)
        if "adres" in table.headers or name in ("LinkResource", "MentionResource"):
            assert again.plan == (), again.plan
    return outcome


@pytest.mark.parametrize(
    ("column", "cell", "field", "value"),
    [
        ("gemeente", "Almere", "municipality_id", "GM0034"),
        ("gemeente", "gm0034", "municipality_id", "GM0034"),
        ("gemeente;kern", "Almere;Almere Haven", "place__slug", "almere-haven"),
        ("soort", "Ontmoetingsplek", "kind", "ontmoetingsplek"),
        ("wie_doet_het", "Inwoners en organisatie samen", "run_by", "samen"),
        ("website", "www.voorbeeld.nl", "website", "https://www.voorbeeld.nl"),
        ("website", "Voorbeeld.nl/pad", "website", "https://Voorbeeld.nl/pad"),
        ("website", "http://voorbeeld.nl", "website", "http://voorbeeld.nl"),
        ("e_mailadres", "Jan@Voorbeeld.NL ", "contact_email", "jan@voorbeeld.nl"),
        ("telefoonnummer", "320123456", "contact_phone", "0320123456"),
        ("telefoonnummer", "31612345678", "contact_phone", "+31612345678"),
        ("telefoonnummer", "+31 6 12345678", "contact_phone", "+31 6 12345678"),
        ("telefoonnummer", "14 0320", "contact_phone", "14 0320"),
        ("plek_afgeschermd", "Ja", "is_location_shielded", True),
        ("begint_op", "23-11-2026", "starts_on", "2026-11-23"),
        ("kosten", "een  twee​ drie", "costs", "een twee drie"),
    ],
)
def test_a_cell_is_understood(world, column, cell, field, value):
    outcome = run("InitiativeResource", f"adres;naam;{column}\nnieuw;Nieuw;{cell}\n")
    assert outcome.problems == ()
    stored = Initiative.objects.values_list(field, flat=True).get(slug="nieuw")
    assert (stored if isinstance(stored, bool) else str(stored)) == value


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("gemeente", "Almeer", "‘Almeer’ staat niet bij gemeenten. Kies uit: GM0034 (Almere), "),
        ("kern", "Nergens", "‘Nergens’ staat niet bij kernen. Kies uit: almere-haven."),
        ("website", "geen adres", "‘geen adres’ is geen webadres, zoals www.voorbeeld.nl."),
        ("telefoonnummer", "3,20123E+08", "een getal dat een programma heeft afgekapt (3,20123E+08)"),
        ("telefoonnummer", "geen", "‘geen’ is geen telefoonnummer"),
        ("begint_op", "0026-01-12", "Klopt het jaar 0026?"),
        ("begint_op", "12-01-0026", "Klopt het jaar 0026?"),
        ("begint_op", "1-12", "Bij ‘1-12’ ontbreekt het jaar."),
        ("begint_op", "12-jan", "Bij ‘12-jan’ ontbreekt het jaar."),
        ("kosten", "#N/A", "hier staat een foutmelding van een rekenblad"),
        ("soort", "feest", "‘feest’ kan niet. Kies uit: bewonersinitiatief"),
    ],
)
def test_a_cell_that_cannot_be_says_why(world, column, cell, words):
    (problem,) = run("InitiativeResource", f"adres;naam;{column}\nnieuw;Nieuw;{cell}\n").problems
    assert problem.startswith(f"regel 2, kolom ‘{column}’: ")
    assert words in problem
    assert Initiative.objects.count() == 1


def test_what_is_stored_already_is_not_judged_again(world):
    Initiative.objects.filter(pk=world.pk).update(costs="#N/A", contact_phone="x", website="raar")
    text = "adres;kosten;telefoonnummer;website\nhavenhart;#N/A;x;raar\n"
    assert run("InitiativeResource", text).totals == [0, 0, 1]


@pytest.mark.parametrize(
    ("cell", "value", "word"),
    [
        ("1234567", "01234567", "‘1234567’ wordt ‘01234567’: de nul vooraan was weg."),
        ("1234 5678", "12345678", ""),
        ("KvK 12345678", "12345678", ""),
        ("12.34.56.78", "12345678", ""),
    ],
)
def test_a_number_of_the_chamber_is_mended_in_sight(cell, value, word):
    outcome = run("OrganisationResource", f"adres;naam;kvk_nummer\nhof;Hof;{cell}\n")
    assert Organisation.objects.get().kvk_number == value
    assert [text.split(": ", 1)[1] for text in outcome.mended] == [word] * bool(word)


def test_an_address_is_known_however_it_is_typed(world):
    assert run("InitiativeResource", "adres;samenvatting\nHAVENHART;Nieuw\n").changed == 1
    world.slug = "haven-hart"
    world.save()
    assert run("LinkResource", "initiatief;knelpunt;rol\nHAVENHART;R1;ervaart\n").added == 1
    assert Link.objects.get().initiative == world
    # An address that was given once stays with the entry: nothing new is made under it.
    (problem,) = run("InitiativeResource", "adres;naam\nhavenhart;Nieuw\n").problems
    assert "adres" in problem
    assert Initiative.objects.count() == 1


def test_a_link_takes_names_and_words(world):
    assert run("LinkResource", "initiatief;knelpunt;rol\nHavenHart;r1;Pakt aan\n").added == 1
    link = Link.objects.get()
    assert (link.initiative, link.bottleneck_id, link.role) == (world, "R1", "pakt-aan")


def test_a_name_of_two_says_which_there_are(world):
    factories.initiative("Eetcafé Ons", slug="ons-1"), factories.initiative("Eetcafe ons", slug="ons-2")
    (problem,) = run("LinkResource", "initiatief;knelpunt;rol\nEetcafé Ons;R1;ervaart\n").problems
    assert problem == "regel 2, kolom ‘initiatief’: Er is meer dan één ‘Eetcafé Ons’. Kies uit: ons-1, ons-2."


@pytest.mark.parametrize("cell", ["R1|r1|R2", "R2, R1", "r1;R2".replace(";", "|"), "R1\nR2"])
def test_a_set_is_written_in_one_way(world, cell):
    run("CaseResource", f'adres;titel;knelpunten\nkas;Kas;"{cell}"\n')
    assert [one.code for one in Case.objects.get().bottlenecks.all()] == ["R1", "R2"]


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("jaar", "70000", "Klopt het jaar 70000?"),
        ("jaar", "26", "Klopt het jaar 26?"),
        ("paginas", "2026-01-12", "‘2026-01-12’ is een dag"),
        ("paginas", "12-jan", "‘12-jan’ is een dag"),
        ("doi", "10", "Vul alleen de DOI in"),
    ],
)
def test_a_source_says_what_cannot_be(column, cell, words):
    problems = run("SourceResource", f"adres;verwijzing;{column}\nb;B 2026;{cell}\n").problems
    assert words in problems[0]


@pytest.mark.parametrize("cell", ["10.1000/182", "https://doi.org/10.1000/182", "doi: 10.1000/182"])
def test_a_doi_is_taken_from_its_address(cell):
    run("SourceResource", f"adres;verwijzing;doi;paginas\nb;B 2026;{cell};p. 1-12\n")
    assert (Source.objects.get().doi, Source.objects.get().pages) == ("10.1000/182", "p. 1-12")


def test_a_day_far_away_is_a_slip_at_a_mention_too(world):
    (problem,) = run(
        "MentionResource", "initiatief;waar_genoemd;datum\nhavenhart;Feest;0026-01-01\n"
    ).problems
    assert "Klopt het jaar 0026?" in problem
    assert not Mention.objects.exists()


def test_doubles_within_the_file_and_lookalikes_are_warned_of(world):
    Initiative.objects.filter(pk=world.pk).update(municipality="GM0034", website="https://havenhart.nl")
    outcome = run(
        "InitiativeResource",
        "adres;naam;gemeente;website\na;Moestuin Zuid;Almere;\nb;moestuin zuid;Almere;\nc;Stichting HavenHart;;\n"
        "d;Iets;;www.havenhart.nl/x\ne;Zuid Moestuin;;\n",
    )
    assert [text.split("‘")[0] + text.split("lijkt op ")[1] for text in outcome.warnings] == [
        "regel 3: regel 2 van dit bestand.",
        "regel 4: ‘HavenHart’, dat er al staat.",
        "regel 5: ‘HavenHart’, dat er al staat.",
        "regel 6: regel 2 van dit bestand.",
    ]


def test_doubles_of_organisations_are_refused_by_their_number():
    factories.organisation(name="Oud", kvk_number="12345678")
    outcome = run(
        "OrganisationResource",
        "adres;naam;kvk_nummer\na;Een;1234 5678\nb;Twee;87654321\nc;Drie;8765.4321\n",
    )
    assert [text.split("Er bestaat")[0] for text in outcome.problems] == [
        "regel 2, kolom ‘kvk_nummer’: ",
        "regel 4, kolom ‘kvk_nummer’: ",
    ]


def test_who_names_the_kern_need_not_name_its_municipality(desk):
    factories.place("Almere Haven", code="GM0034")
    outcome = desk.send("adres;naam;kern\nnieuw;Nieuw;Almere Haven\n")
    assert outcome.problems == ()
    desk.confirm()
    assert Initiative.objects.get(slug="nieuw").municipality_id == "GM0034"
