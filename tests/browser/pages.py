"""Every kind of public page, once: what the browser tests and the screenshots walk through."""

from datetime import UTC, date, datetime

from django.core.management import call_command

from registry.models import Bottleneck, Exchange, ExternalId, Link, Mention, Source
from survey.sample import fictional
from tests import factories

PUBLIC_PAGES = {
    "home": "/",
    "initiatieven": "/initiatieven/",
    "initiatieven-gefilterd": "/initiatieven/?gemeente=GM0034&zoek=festival",
    "initiatieven-leeg": "/initiatieven/?gemeente=GM0184&soort=woonproject",
    "initiatieven-fout": "/initiatieven/?gemeente=GM9999",
    "initiatief": "/initiatieven/hof-van-hestia/",
    "initiatief-vol": "/initiatieven/buurtkamer-de-brede-sloot/",
    "knelpunten": "/knelpunten/",
    "knelpunt": "/knelpunten/r1/",
    "casussen": "/casussen/",
    "casus": "/casussen/een-buurt-beslist/",
    "bronnen": "/bronnen/",
    "begrippen": "/begrippen/",
    "zoeken": "/zoeken/",
    "zoeken-gevonden": "/zoeken/?zoek=opbouwwerker",
    "zoeken-niets": "/zoeken/?zoek=zwaardvis",
    "resultaten": "/resultaten/",
    "dekking": "/resultaten/dekking/",
    "resultaten-deck": "/resultaten/verbindingsfestival/",
    "resultaten-meting": "/resultaten/voorbeeld-1/",
    "over": "/over/",
    "privacy": "/privacy/",
    "open-data": "/open-data/",
    "insluiten": "/insluiten/",
    "insluiten-lijst": "/insluiten/lijst/",
    "insluiten-kaart": "/insluiten/kaart/?soort=ontmoetingsplek",
    "api": "/api/",
    "api-probeer": "/api/probeer/",
    "api-regels": "/api/regels/",
    "api-versies": "/api/versies/",
    "toegankelijkheid": "/toegankelijkheid/",
    "bestaat-niet": "/bestaat-niet/",
    "inloggen": "/account/login/",
}
WIDTHS = (390, 1280)


def fill():
    """The deck, and one fictional initiative and case in which every field is known."""
    call_command("load_deck", verbosity=0)
    call_command("load_deck_round", verbosity=0)
    fictional.generate(responses=200, seed=1)
    initiative = factories.initiative(
        "Buurtkamer De Brede Sloot",
        slug="buurtkamer-de-brede-sloot",
        is_sample=True,
        other_names="Huiskamer aan de Sloot",
        kind="ontmoetingsplek",
        summary="Een plek waar iedereen elke dag kan binnenlopen voor koffie, hulp of gezelschap.",
        description="Inwoners openen om de beurt de deur.\n\nEen keer per week koken zij samen.",
        municipality=factories.municipality("GM0034"),
        place=factories.place("Almere Buiten"),
        longitude="5.28",
        latitude="52.40",
        run_by="samen",
        organisation=factories.organisation(
            name="Stichting De Brede Sloot", website="https://sloot.example/"
        ),
        website="https://www.buurtkamer.example/over-ons/",
        contact_name="Ans Jansen",
        contact_email="ans@buurtkamer.example",
        contact_phone="036 123 45 67",
        is_contact_public=True,
        starts_on=date(2024, 3, 1),
        activity="gestopt",
        lessons="Begin klein. Vraag eerst wat mensen zelf willen doen.",
        audience="Iedereen uit de buurt, jong en oud",
        accessibility="Geen drempels. Er is een toilet voor wie een rolstoel gebruikt.",
        languages="Nederlands, Arabisch, Pools",
        costs="Gratis",
        confirmed_on=date(2026, 3, 9),
        published_at=datetime(2026, 3, 9, tzinfo=UTC),
    )
    for code, role, fields in [
        ("R1", Link.Role.TACKLES, {"explanation": "De inwoners maken zelf het programma."}),
        ("R2", Link.Role.TACKLES, {"is_confirmed": True}),
        ("M1", Link.Role.FACES, {"stated_by": "de trekkers"}),
        ("B3", Link.Role.FACES, {}),
    ]:
        factories.link(initiative, Bottleneck.objects.get(pk=code), role, **fields)
    Mention.objects.create(initiative=initiative, event="Verbindingsfestival", count=2)
    Exchange.objects.create(
        initiative=initiative, direction="vraagt", text="Iemand die de ramen lapt", duration="1 uur per maand"
    )
    Exchange.objects.create(initiative=initiative, direction="biedt", text="Een zaal met 20 stoelen")
    ExternalId.objects.create(initiative=initiative, scheme="kvk", value="12345678")
    case = factories.case(
        "Een buurt beslist zelf",
        slug="een-buurt-beslist",
        is_sample=True,
        initiative=initiative,
        summary="Inwoners verdeelden zelf het geld.",
        situation="Er was geld, maar niemand vroeg ernaar.",
        approach="De inwoners kozen in drie avonden.",
        result="Zeven plannen begonnen.",
        lessons="Neem de tijd.",
        source=Source.objects.first(),
    )
    case.bottlenecks.set(["R1", "B3"])


def visit(page, **options):
    """Every public page, standing open: yields its name."""
    for name, url in PUBLIC_PAGES.items():
        page.goto(url, **options)
        if name == "api-probeer":
            # Somebody else's script writes this page; it is looked at with one question asked and answered.
            page.locator(".opblock-summary-control").first.click()
            page.get_by_role("button", name="Execute").click()
            page.locator(".live-responses-table").wait_for()
        yield name
