"""A hostile or faulty file ends in a clear Dutch message, and changes nothing."""

import io
import json
import os
import random
import time
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from registry.foundation.spreadsheets import FORMATS, write
from registry.models import Import, Initiative, Link, Role, Status
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/beheer/registry/initiative/import/"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def editor(client):
    factories.municipality("GM0995")
    user = factories.person(role=Role.EDITOR)
    client.force_login(user)
    # The page with the form: who has seen it may send a large file.
    client.get(PAGE)
    return user


@pytest.fixture
def send(client, editor):
    """Send a file and give the Outcome of the preview."""

    def _send(content, name="bestand.csv", page=PAGE):
        response = client.post(page, {"file": SimpleUploadedFile(name, content)})
        assert response.status_code == 200
        _send.ticket = response.context.get("ticket")
        _send.is_readable = "bestand" in response.context
        return response.context["outcome"]

    return _send


def made(name, headers, rows):
    return write(name, headers, rows, title="Proef")


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return out.getvalue()


def ods(body, head=""):
    return zipped(
        mimetype="application/vnd.oasis.opendocument.spreadsheet",
        content_xml=f'<?xml version="1.0"?>{head}<office:document-content '
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="a">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>",
    )


def ods_row(*cells, repeat=1):
    inside = "".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in cells)
    return f'<table:table-row table:number-rows-repeated="{repeat}">{inside}</table:table-row>'


def xlsx_with_formula():
    book = openpyxl.Workbook()
    book.active.append(["adres", "naam"])
    book.active.append(["hof", "=1+1"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx_part(name, content):
    """A good workbook with one part exchanged."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(made("xlsx", ["adres"], [["a"]]))) as good,
        zipfile.ZipFile(out, "w") as bad,
    ):
        for part in good.namelist():
            bad.writestr(part, content if part == name else good.read(part))
    return out.getvalue()


NOISE = random.Random(1).randbytes(5000)
ENTITY = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY x "&a;&a;&a;">]>'
WIDE = [f"k{number}" for number in range(1000)]
HOSTILE = {
    "white": (b" \n\n ", "Het bestand is leeg."),
    "only a mark": (b"\xef\xbb\xbf", "Het bestand is leeg."),
    "ten megabytes of nothing": (b"\n" * 10 * 1024 * 1024, "Het bestand is leeg."),
    "too large": (b"a" * (10 * 1024 * 1024 + 1), "groter dan 10 MB"),
    "windows-1252": ("adres,naam\nx,Café\n".encode("cp1252"), "Regel 2 is niet in UTF-8 opgeslagen."),
    "half of utf-16": (b"\xff\xfea\x00b", "niet in UTF-8"),
    "noise": (b"\x80" + NOISE, "niet in UTF-8"),
    "noise in a zip's clothes": (b"PK\x03\x04" + NOISE, "beschadigd of geen werkblad"),
    "nul": (b"adres,naam\nx,a\0b\n", "geen tekstbestand"),
    "open quote": (b'adres,naam\nx,"abc\n', "CSV-bestand is niet te lezen"),
    "no rows": (b"adres,naam\n", "geen regels"),
    "too many cells": (b"adres,naam\nhof,Hof,van,Hestia\n", "Regel 2 heeft meer cellen"),
    "no column that is needed": (b"adres\nhof\n", "De kolom ‘naam’ ontbreekt."),
    "same row twice": (
        b"adres,naam\nhof,Hof\nheg,Heg\n hof,Hof 2\n",
        "regel 4: dit staat ook op regel 2 (hof).",
    ),
    "text in a number column": (
        b"adres,naam,lengtegraad,breedtegraad\nhof,Hof,oost,52.5\n",
        "regel 2, kolom ‘lengtegraad’: ‘oost’ is geen getal, zoals 5.4714.",
    ),
    "enormous number": (
        b"adres,naam,lengtegraad,breedtegraad\nhof,Hof,1e999999,52.5\n",
        "‘1e999999’ is geen getal",
    ),
    "wrong code": (
        b"adres,naam,gemeente\nhof,Hof,GM9999\n",
        "regel 2, kolom ‘gemeente’: ‘GM9999’ staat niet bij gemeenten. Kies uit: GM0995",
    ),
    "wrong choice": (b"adres,naam,soort\nhof,Hof,feest\n", "‘feest’ kan niet. Kies uit: bewonersinitiatief"),
    "wrong day": (b"adres,naam,begint_op\nhof,Hof,31-02-2026\n", "‘31-02-2026’ is geen datum"),
    "wrong yes": (b"adres,naam,contact_openbaar\nhof,Hof,misschien\n", "Vul ‘ja’ of ‘nee’ in."),
    "wrong address": (b"adres,naam\nhof van hestia,Hof\nheg,Heg\n", "regel 2, kolom ‘adres’:"),
    "name too long": (b"adres,naam\nhof," + b"x" * 500 + b"\n", "regel 2, kolom ‘naam’:"),
    "ends before it begins": (
        b"adres,naam,begint_op,eindigt_op\nhof,Hof,2026-02-02,2026-01-01\n",
        "regel 2: De einddatum ligt voor de begindatum.",
    ),
    "cell too long": (b"adres,naam\nhof," + b"x" * 40_000 + b"\n", "deze tekst is te lang"),
    "field larger than csv takes": (b"adres,naam\nhof," + b"x" * 200_000 + b"\n", "niet te lezen"),
    "thousand columns": (",".join(WIDE).encode() + b"\n1\n", "meer dan 200 kolommen"),
    "too many rows": (b"adres,naam\n" + b"a,b\n" * 20_001, "meer dan 20.000 regels"),
    "json in pieces": (b'[{"adres": ', "JSON-bestand is niet te lezen"),
    "json, deep": (b"[" * 100_000, "JSON-bestand is niet te lezen"),
    "json, a cell that is a list": (
        b'[{"adres": "hof", "naam": ["a"]}]',
        "regel 2, kolom ‘naam’: hier hoort één tekst of getal te staan.",
    ),
    "json, one object": (b'{"adres": "hof"}', "een lijst van objecten"),
    "json, long number": (b'[{"adres": ' + b"1" * 5000 + b"}]", "JSON-bestand is niet te lezen"),
    "json, half a character": (b'[{"adres": "hof", "naam": "\\ud800"}]', "een teken dat niet kan"),
    "json, nul": (b'[{"adres": "hof", "naam": "a\\u0000b"}]', "een teken dat niet kan"),
    "json, wide": (json.dumps([dict.fromkeys(WIDE, "1")]).encode(), "meer dan 200 kolommen"),
    "xlsx, wide": (made("xlsx", WIDE, [WIDE]), "meer dan 200 kolommen"),
    "xlsx, formula": (xlsx_with_formula(), "regel 2, kolom ‘naam’: hier staat een formule."),
    "xlsx, noise inside": (xlsx_part("xl/worksheets/sheet1.xml", NOISE), "beschadigd"),
    "xlsx, laughs": (
        xlsx_part("xl/worksheets/sheet1.xml", f"{LAUGHS}<worksheet>&x;</worksheet>".encode()),
        "beschadigd",
    ),
    "xlsx, empty": (made("xlsx", ["adres"], []), "geen regels"),
    "ods, wide": (made("ods", WIDE, [WIDE]), "meer dan 200 kolommen"),
    "ods, empty": (ods(""), "Het bestand is leeg."),
    "ods, formula": (
        ods(
            ods_row("adres", "naam")
            + '<table:table-row><table:table-cell table:formula="of:=1"/></table:table-row>'
        ),
        "regel 2, kolom ‘adres’: hier staat een formule.",
    ),
    "ods, entity": (ods(ods_row("&x;"), head=ENTITY), "beschadigd"),
    "ods, laughs": (ods(ods_row("&x;"), head=LAUGHS), "beschadigd"),
    "ods, a row that is a million": (
        ods(ods_row("adres") + ods_row("a", repeat=1_000_000)),
        "meer dan 20.000",
    ),
    "ods, a cell of spaces": (
        ods(ods_row("adres", "naam") + ods_row("a", 'b<text:s text:c="1000000000"/>' * 3)),
        "regel 2, kolom ‘naam’: deze tekst is te lang",
    ),
    "ods, beyond the last column": (
        ods(
            ods_row("adres")
            + "<table:table-row>"
            + '<table:table-cell table:number-columns-repeated="1000"/>' * 5
            + "<table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
        ),
        "Regel 2 heeft meer dan 200 kolommen.",
    ),
    "zip of something else": (zipped(brief_txt="x"), "geen werkblad"),
    "zip bomb": (zipped(xl__workbook_xml=b"\0" * 130 * 1024 * 1024), "uitgepakt veel te groot"),
    "small zip bomb": (zipped(content_xml=b" " * 30 * 1024 * 1024), "uitgepakt veel te groot"),
    "zip bomb with ballast": (
        zipped(content_xml=b" " * 30 * 1024 * 1024, ballast=random.Random(1).randbytes(1024 * 1024)),
        "uitgepakt veel te groot",
    ),
    "zip of many": (zipped(**{f"a{number}": "" for number in range(500)}), "uitgepakt veel te groot"),
}


@pytest.mark.once  # refused for what stands in it
@pytest.mark.parametrize(
    ("name", "called"),
    [
        *((name, "bestand.csv") for name in HOSTILE),
        *((name, "../../etc/bestand.xlsx") for name in list(HOSTILE)[::5]),
    ],
)
def test_a_hostile_file_ends_in_a_message(send, name, called, tmp_path):
    content, message = HOSTILE[name]
    outcome = send(content, called)
    assert message in "\n".join(outcome.problems)
    assert (outcome.rows, send.ticket) == ((), None)
    assert not Initiative.objects.exists()
    # What can be read waits, for the file with the reasons; what cannot is not kept.
    assert bool(list(tmp_path.rglob("imports/*"))) == send.is_readable


def test_an_empty_upload_says_so(client, editor):
    for files in ({}, {"file": SimpleUploadedFile("a.csv", b"")}):
        response = client.post(PAGE, files)
        assert response.status_code == 200
        assert list(response.context["form"].errors) == ["file"]


def test_a_thousand_wrong_rows_give_fifty_messages(send):
    rows = [[f"hof-{number}", "Hof", "GM9999"] for number in range(1000)]
    outcome = send(made("csv", ["adres", "naam", "gemeente"], rows))
    assert (len(outcome.problems), outcome.more_problems) == (50, 950)
    assert outcome.problems[0].startswith("regel 2, kolom ‘gemeente’: ")
    assert not Initiative.objects.exists()


def test_one_wrong_row_stops_all(send):
    outcome = send(b"adres;naam;soort\nhof;Hof;\nheg;Heg;feest\n")
    assert outcome.problems == (
        "regel 3, kolom ‘soort’: ‘feest’ kan niet. Kies uit: bewonersinitiatief, ontmoetingsplek, evenement, "
        "woonproject, dagbesteding, beleid, organisatie.",
    )
    assert not Initiative.objects.exists()


def confirm(client, ticket, page=PAGE):
    return client.post(page, {"ticket": ticket}, follow=True)


@pytest.mark.parametrize("name", FORMATS)
def test_a_good_file_is_shown_first_and_then_brought_in(client, send, editor, name, tmp_path):
    there = factories.initiative("Oud", slug="oud", summary="Blijft", costs="5 euro")
    rows = [["oud", "Anders", "", "afgewezen"], ["nieuw", "=SOM(A1)", "GM0995", "gepubliceerd"]]
    outcome = send(made(name, ["adres", "naam", "kosten", "status"], rows[:1]))
    assert outcome.rows[0].changes == (("naam", "Oud", "Anders"), ("kosten", "5 euro", ""))
    outcome = send(made(name, ["adres", "naam", "gemeente", "status"], rows))
    assert (outcome.added, outcome.changed, outcome.unchanged) == (1, 1, 0)
    assert Initiative.objects.count() == 1
    response = confirm(client, send.ticket)
    assert [str(message) for message in response.context["messages"]] == [
        "Geïmporteerd: 1 nieuw, 1 gewijzigd, 0 gelijk gebleven."
    ]
    there.refresh_from_db()
    assert (there.name, there.summary, there.costs, there.status) == (
        "Anders",
        "Blijft",
        "5 euro",
        "gepubliceerd",
    )
    new = Initiative.objects.get(slug="nieuw")
    assert (new.name, new.municipality_id, new.status) == ("=SOM(A1)", "GM0995", Status.DRAFT)
    assert (new.history.first().history_user, new.history.first().history_change_reason) == (
        editor,
        "import bestand.csv",
    )
    record = Import.objects.get()
    assert (record.resource, record.file_name, record.by, record.added, record.changed, record.unchanged) == (
        "initiatieven", "bestand.csv", editor, 1, 1, 0,
    )  # fmt: skip


def test_a_probable_duplicate_is_a_warning(client, send):
    factories.initiative("Hof van Hestia", municipality=factories.municipality("GM0995"))
    outcome = send(b"adres,naam,gemeente\nhestia-2,Hof van Hesta,GM0995\nanders,Iets,GM0995\n")
    assert outcome.warnings == ("regel 2: ‘Hof van Hesta’ lijkt op ‘Hof van Hestia’, dat er al staat.",)
    confirm(client, send.ticket)
    assert Initiative.objects.filter(slug="hestia-2").exists()


def test_a_ticket_is_of_one_person_for_one_list_and_once(client, send, tmp_path):
    send(b"adres,naam\nhof,Hof\n")
    ticket = send.ticket
    for wrong in (ticket[:-3] + "abc", "../../etc/passwd", ""):
        assert "niet meer klaar" in confirm(client, wrong).content.decode()
    assert (
        "niet meer klaar" in confirm(client, ticket, reverse("admin:registry_case_import")).content.decode()
    )
    client.force_login(factories.person(role=Role.EDITOR))
    assert "niet meer klaar" in confirm(client, ticket).content.decode()
    assert not Initiative.objects.exists()
    send(b"adres,naam\nhof,Hof\n")
    confirm(client, send.ticket)
    assert "Dit bestand is al binnen. Geïmporteerd: 1 nieuw" in confirm(client, send.ticket).content.decode()
    assert Initiative.objects.count() == Import.objects.count() == 1


def test_what_nobody_said_yes_to_is_swept_away(send, tmp_path):
    send(b"adres,naam\nhof,Hof\n")
    old = list((tmp_path / "imports").iterdir())
    assert len(old) == 2  # the file, and what it would do
    two_hours_ago = time.time() - 2 * 3600
    for file in old:
        os.utime(file, (two_hours_ago, two_hours_ago))
    send(b"adres,naam\nheg,Heg\n")
    assert [file for file in old if file.exists()] == []


def test_nothing_happens_when_the_register_changed_after_the_preview(client, send):
    send(b"adres,naam\nhof,Hof\n")
    factories.initiative("Eerder", slug="hof")
    response = confirm(client, send.ticket)
    assert "Intussen is er iets gewijzigd" in response.content.decode()
    assert Initiative.objects.get().name == "Eerder"
    assert not Import.objects.exists()


def test_links_are_known_by_their_two_ends_and_role(client, send):
    factories.bottleneck("R1")
    initiative = factories.initiative(slug="hof")
    factories.link(initiative, factories.bottleneck("R2"), "ervaart")
    page = reverse("admin:registry_link_import")
    text = "initiatief,knelpunt,rol,toelichting\nhof,r1,Ervaart,Nieuw\nhof,R2,ervaart,Uitleg\n"
    outcome = send(text.encode(), page=page)
    assert [row.changes for row in outcome.rows] == [
        (
            ("initiatief", "", "hof"),
            ("knelpunt", "", "R1"),
            ("rol", "", "ervaart"),
            ("toelichting", "", "Nieuw"),
        ),
        (("toelichting", "", "Uitleg"),),
    ]
    confirm(client, send.ticket, page)
    assert Link.objects.count() == 2


def test_rows_that_are_written_together_cost_the_same_however_many(client, send):
    def queries(name, number):
        rows = [[f"{name}-{one}", f"{name} nummer {one}", "GM0995", "actief"] for one in range(number)]
        with CaptureQueriesContext(connection) as captured:
            outcome = send(made("csv", ["adres", "naam", "gemeente", "activiteit"], rows))
        assert (outcome.added, outcome.problems) == (number, ())
        return len(captured)

    assert queries("a", 1) == queries("b", 3) == queries("c", 20)


def test_a_file_that_changes_nothing_has_nothing_wrong(client, send):
    """Also of a table that keeps no time of change."""
    factories.organisation(name="Hof", slug="hof")
    page = reverse("admin:registry_organisation_import")
    outcome = send(b"adres,naam\nhof,Hof\n", page=page)
    assert (outcome.problems, outcome.unchanged) == ((), 1)


def test_only_another_set_of_pinches_is_a_change(client, send):
    case = factories.case(slug="kas")
    case.bottlenecks.add(factories.bottleneck("R1"), factories.bottleneck("M1"))
    page = reverse("admin:registry_case_import")
    assert send(b"adres,knelpunten\nkas,R1 | m1\n", page=page).unchanged == 1
    outcome = send(b"adres,knelpunten\nkas,R1\n", page=page)
    assert [row.changes for row in outcome.rows] == [(("knelpunten", "M1|R1", "R1"),)]
    confirm(client, send.ticket, page)
    assert [one.code for one in case.bottlenecks.all()] == ["R1"]


def test_a_preview_leaves_nothing_and_an_import_one_line_of_history_a_row(client, send, editor):
    factories.initiative("Hof", slug="hof", summary="Oud")
    before = Initiative.history.count()
    send(b"adres,naam,samenvatting,gemeente,activiteit\nhof,Hof,Nieuw,,\nheg,Heg,Fris,GM0995,actief\n")
    assert Initiative.history.count() == before
    confirm(client, send.ticket)
    lines = Initiative.history.order_by("history_id")[before:]
    assert [
        (line.slug, line.summary, line.history_type, line.history_change_reason, line.history_user)
        for line in lines
    ] == [
        ("heg", "Fris", "+", "import bestand.csv", editor),
        ("hof", "Nieuw", "~", "import bestand.csv", editor),
    ]
