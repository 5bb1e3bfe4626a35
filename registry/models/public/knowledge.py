"""The other nouns: levels and bottlenecks, cases, organisations, municipalities, and what the register stands on."""

from django.utils.translation import gettext_lazy as _

from registry.models import (
    Bottleneck,
    Case,
    Finding,
    Interaction,
    Level,
    Municipality,
    Organisation,
    Source,
    Term,
)
from registry.models.public.declaration import Field, Noun, Part
from registry.models.public.parts import INITIATIVE_NAME, PLACE


def _public_code(bottleneck):
    is_public = bottleneck is not None and bottleneck.status != Bottleneck.Status.CANDIDATE
    return bottleneck.code if is_public else None


_PUBLIC_STATUS = tuple(
    (value, label) for value, label in Bottleneck.Status.choices if value != Bottleneck.Status.CANDIDATE
)

LEVEL = Noun(
    "Level",
    Level,
    (
        Field("slug", "slug", column="niveau"),
        Field("letter", "letter"),
        Field("naam", "name"),
        Field("ondertitel", "subtitle"),
        Field("vraag", "question"),
        Field("factor", "theory_factor", column="theorie", nullable=True),
        Field("volgorde", "position", in_json=False),
    ),
    links={"self": "{api}/niveaus/{key}"},
)
BOTTLENECK = Noun(
    "Bottleneck",
    Bottleneck,
    (
        Field("code", "code"),
        Field("niveau", "level"),
        Field("nummer", "number", in_json=False),
        Field("stelling", "statement"),
        Field("titel", "title"),
        Field("uitleg", "explanation"),
        Field("herkomst", "origin"),
        Field("status", "status", choices=_PUBLIC_STATUS),
        Field("samengevoegdMet", "merged_into", make=_public_code, reads=("merged_into",), choices=()),
        Field("alleenInGemeente", "municipality"),
    ),
    links={
        "self": "{api}/knelpunten/{key}",
        "initiatieven": "{api}/knelpunten/{key}/initiatieven",
        "pagina": "{page}",
    },
)
CASE = Noun(
    "Case",
    Case,
    (
        Field("slug", "slug", column="adres"),
        Field("titel", "title"),
        Field("samenvatting", "summary"),
        Field("situatie", "situation"),
        Field("aanpak", "approach"),
        Field("resultaat", "result"),
        Field("lessen", "lessons"),
        Part("initiatief", "initiative", noun=INITIATIVE_NAME),
        Field("gemeente", "municipality"),
        Field("knelpunten", "bottlenecks"),
        Field("bron", "source__slug"),
        Field("status", "status", in_json=False, is_readonly=True),
        Field("voorbeeld", "is_sample", column=""),
        Field("gewijzigdOp", "changed_at", column=""),
    ),
    links={"self": "{api}/casussen/{key}", "pagina": "{page}"},
)
ORGANISATION = Noun(
    "Organisation",
    Organisation,
    (
        Field("slug", "slug", column="adres"),
        Field("naam", "name"),
        Field("omschrijving", "description"),
        Field("website", "website"),
        Field("gemeente", "municipality"),
        Field("kvkNummer", "kvk_number"),
        Field("e_mailadres", "contact_email", in_json=False),
        Field("voorbeeld", "is_sample", column=""),
    ),
    links={"self": "{api}/organisaties/{key}"},
)
MUNICIPALITY = Noun(
    "Municipality",
    Municipality,
    (
        Field("code", "code", help=_("De CBS-code, zoals GM0995.")),
        Field("naam", "name"),
        Field("lengtegraad", "longitude", in_json=False),
        Field("breedtegraad", "latitude", in_json=False),
        Field("inwoners", "inhabitants"),
        Field("inwonersPeildatum", "inhabitants_on", column="peildatum"),
        Part("kernen", "places", noun=PLACE, many=True, column=""),
    ),
    links={"self": "{api}/gemeenten/{key}", "initiatieven": "{api}/initiatieven?gemeente={key}"},
)
SOURCE = Noun(
    "Source",
    Source,
    (
        Field("slug", "slug", column="adres"),
        Field("verwijzing", "citation"),
        Field("auteurs", "authors"),
        Field("jaar", "year"),
        Field("titel", "title"),
        Field("paginas", "pages"),
        Field("doi", "doi"),
        Field("url", "url", column="webadres"),
        Field("toelichting", "note"),
    ),
    links={"self": "{api}/bronnen/{key}"},
)
TERM = Noun(
    "Term",
    Term,
    (
        Field("slug", "slug", column="adres"),
        Field("woord", "word"),
        Field("zelfde", "equal_words", column="zelfde_of_bijna"),
        Field("verwant", "related_words"),
        Field("uitleg", "explanation"),
        Field("letOp", "caution"),
        Field("omstreden", "is_contested"),
    ),
    links={"self": "{api}/begrippen/{key}"},
)
FINDING = Noun(
    "Finding",
    Finding,
    (
        Field("slug", "slug", column="adres"),
        Field("niveau", "level"),
        Field("bevinding", "text"),
        Field("onderdeelVan", "part_of__slug"),
        Field("herkomst", "provenance"),
        Field("bron", "source__slug"),
        Field("alleenFlevoland", "is_about_flevoland", column="over_flevoland"),
        Field("volgorde", "position", in_json=False),
        Field("gemeenten", "municipalities"),
        Field("knelpunten", "bottlenecks"),
    ),
    links={"self": "{api}/bevindingen/{key}"},
)


def _end(side):
    return Noun(
        "End", Interaction, (Field("niveau", f"{side}_level"), Field("knelpunt", f"{side}_bottleneck"))
    )


INTERACTION = Noun(
    "Interaction",
    Interaction,
    (
        Part("van", noun=_end("from")),
        Part("naar", noun=_end("to")),
        Field("vanNiveau", "from_level", in_json=False),
        Field("vanKnelpunt", "from_bottleneck", in_json=False),
        Field("naarNiveau", "to_level", in_json=False),
        Field("naarKnelpunt", "to_bottleneck", in_json=False),
        Field("wederzijds", "is_mutual", column="beide_kanten"),
        Field("uitleg", "explanation"),
        Field("bron", "source__slug"),
    ),
)
