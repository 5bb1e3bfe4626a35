"""Columns that are called otherwise, sheets to choose from, and the file that comes back with its faults."""

import pytest

from registry import resources
from registry.foundation.spreadsheets import read, write
from registry.models import Initiative
from registry.resources.columns import guessed
from tests import factories
from tests.registry.foundation.spreadsheets.test_other_programs import book

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def choices(desk):
    form = desk.context["step"]
    return {name: form[name].value() or "" for name in form.fields}


@pytest.mark.parametrize(
    ("resource", "header", "ours"),
    [
        (
            "Initiative",
            "Naam initiatief;Gemeente;Telefoon;E-mail;Website",
            "naam;gemeente;telefoonnummer;e_mailadres;website",
        ),
        ("Initiative", "Titel;Omschrijving;Plaats;Doelgroep;Budget", "naam;beschrijving;kern;voor_wie;"),
        ("Initiative", "naam;naam;;kosten", "naam;;;kosten"),
        ("Initiative", "name;contact_phone;Lengtegraad", "naam;telefoonnummer;lengtegraad"),
        ("Organisation", "Organisatie;KvK-nr;E-mailadres", "naam;kvk_nummer;e_mailadres"),
        ("Link", "Initiatief;Code;Relatie", "initiatief;knelpunt;rol"),
        ("Initiative", "Telefoonnumer;Gemeentte", "telefoonnummer;gemeente"),
    ],
)
def test_the_first_guess_is_a_good_one(resource, header, ours):
    width = header.count(";") + 1
    table = read(f"{header}\n{';'.join('x' * width)}\n".encode())
    resource = getattr(resources, f"{resource}Resource")()
    assert guessed(resource, table) == ours.split(";")


def test_an_address_with_a_number_is_a_street(desk):
    text = "Naam;Adres;Gemeente\nHof;Dorpsstraat 12;Almere\nHeg;Kade 3a;Almere\n"
    factories.municipality("GM0034")
    assert desk.send(text) is None
    assert choices(desk) == {"kolom-0": "naam", "kolom-1": "", "kolom-2": "gemeente"}
    desk.step(**choices(desk))
    assert desk.context["outcome"].added == 2
    assert desk.context["left_out"] == ["adres"]
    desk.confirm()
    assert list(Initiative.objects.order_by("pk").values_list("slug", "municipality_id")) == [
        ("hof", "GM0034"),
        ("heg", "GM0034"),
    ]


def test_our_own_names_need_no_choice(desk):
    factories.initiative("Hof", slug="hof")
    assert desk.send("adres;naam;status\nhof;Hof;x\n").unchanged == 1
    assert "zijn alleen om te lezen en tellen niet mee: status." in desk.context["outcome"].notes[-1]


def test_a_choice_that_cannot_be_is_told_and_stays_on_the_page(desk):
    desk.send("Naam;Budget\nHof;100\n")
    desk.step(kolom_0="naam", kolom_1="naam")
    assert "Deze kolommen koos u twee keer: naam." in str(desk.context["step"].errors)
    desk.step(kolom_0="", kolom_1="")
    assert "Kies ten minste één kolom." in str(desk.context["step"].errors)
    desk.step(kolom_0="status-nee", kolom_1="")
    assert "kolom-0" in desk.context["step"].errors
    assert not Initiative.objects.exists()


def test_what_a_link_needs_must_be_chosen(desk):
    assert desk.send("Initiatief;Iets\nhof;x\n", "link") is None
    desk.step(**choices(desk))
    assert "Deze kolommen zijn nodig en koos u nog niet: knelpunt, rol." in str(desk.context["step"].errors)


def test_from_the_preview_one_can_go_back_to_the_columns(desk):
    desk.send("adres;naam;kosten\nhof;Hof;x\n")
    desk.again("kolommen")
    assert choices(desk) == {"kolom-0": "adres", "kolom-1": "naam", "kolom-2": "kosten"}
    desk.step(kolom_0="adres", kolom_1="naam", kolom_2="samenvatting")
    desk.confirm()
    assert Initiative.objects.get().summary == "x"


def test_of_more_sheets_one_is_asked(desk):
    content = book(["naam"], ["Een"], Twee=[["naam"], ["Twee"]])
    assert desk.send(content, name="b.xlsx") is None
    assert [value for value, _label in desk.context["step"].fields["blad"].choices] == ["Sheet", "Twee"]
    desk.step(blad="Twee")
    assert [row.name for row in desk.context["outcome"].rows] == ["Twee"]
    desk.confirm()
    assert Initiative.objects.get().name == "Twee"


def test_a_sheet_that_is_not_there_is_asked_again(desk):
    desk.send(book(["naam"], ["Een"], Twee=[["naam"], ["Twee"]]), name="b.xlsx")
    desk.step(blad="Drie")
    assert "blad" in desk.context["step"].errors


def test_the_file_comes_back_with_what_is_wrong_beside_each_row(desk):
    outcome = desk.send("adres;naam;soort;kosten\nhof;Hof;feest;\nheg;Heg;;gratis\nhag;;;#N/A\n")
    assert len(outcome.faults) == 3
    content = desk.again_raw("fouten").getvalue()
    table = read(content)
    assert table.headers == ("wat_er_mis_is", "adres", "naam", "soort", "kosten")
    reasons = [cells[0] for _number, cells in table.rows]
    assert reasons[0].startswith("soort: ‘feest’ kan niet. Kies uit: bewonersinitiatief")
    assert reasons[1] == ""
    assert (
        reasons[2].splitlines()
        == [
            "kosten: hier staat een foutmelding van een rekenblad. Zet er de waarde neer.",
            "naam: Dit veld kan niet leeg zijn.",
        ]
        or len(reasons[2].splitlines()) == 2
    )
    rows = [list(cells) for _number, cells in table.rows]
    rows[0][3], rows[2][2], rows[2][4] = "evenement", "Hag", ""
    assert desk.send(write("xlsx", table.headers, rows, title="x"), name="f.xlsx").added == 3


def test_a_set_says_which_column_why_and_what_can_be(desk):
    factories.bottleneck("R1")
    (problem,) = desk.send("adres;titel;knelpunten\nkas;Kas;R1|R99\n", "case").problems
    assert problem == (
        "regel 2, kolom ‘knelpunten’: ‘R99’ staat niet bij knelpunten. Kies uit: R1 (Er wordt te weinig geluisterd.)."
    )


def test_the_button_stands_above_what_it_does(desk):
    desk.send("naam\nHof\n")
    page = desk.response.content.decode()
    assert page.index('value="Importeren"') < page.index("Voorbeeld van de wijzigingen")


def test_a_wrong_row_does_not_lose_the_choice_of_columns(desk):
    desk.send("Titel;Type\nHof;feest\n")
    desk.step(kolom_0="naam", kolom_1="soort")
    assert desk.context["outcome"].faults
    desk.again("kolommen")
    assert choices(desk) == {"kolom-0": "naam", "kolom-1": "soort"}


def test_a_row_without_a_name_for_its_address_gets_one(desk):
    factories.initiative("Iets", slug="hof")
    desk.send("naam;adres\nHof;\nHof!;\nHeg;haag\n")
    desk.confirm()
    assert list(Initiative.objects.order_by("pk").values_list("slug", flat=True)) == [
        "hof",
        "hof-2",
        "hof-3",
        "haag",
    ]
