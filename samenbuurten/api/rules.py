"""The 36 rules of the NLGov REST API Design Rules 2.2, and how this API keeps each of them.

The page /api/regels/ shows this table; tests/api/test_rules.py asks the running API about every row.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

MUST, SHOULD, IF = _("moet"), _("zou moeten"), _("moet, als het speelt")


@dataclass(frozen=True)
class Rule:
    """``name``: the last part of its id in the standard, after /core/."""

    name: str
    level: str
    title: str
    how: str


RULES = (
    Rule(
        "naming-resources",
        MUST,
        _("Adressen bestaan uit zelfstandige naamwoorden"),
        _("Elk adres is een ding, zoals /knelpunten/R1. Werkwoorden staan er niet in."),
    ),
    Rule(
        "naming-collections",
        MUST,
        _("Een verzameling heet in het meervoud"),
        _("/initiatieven, /gemeenten, /metingen: alle collecties zijn meervoud."),
    ),
    Rule(
        "interface-language",
        SHOULD,
        _("Namen zijn Nederlands"),
        _("Adressen, parameters en velden zijn Nederlands. Alleen wat een standaard zo noemt, is Engels."),
    ),
    Rule(
        "no-trailing-slash",
        MUST,
        _("Geen schuine streep aan het eind"),
        _("Met een streep erachter krijgt u 404, en geen verwijzing."),
    ),
    Rule(
        "path-segments-kebab-case",
        MUST,
        _("Adressen in kleine letters, zonder extensie"),
        _("De vorm kiest u met de kop Accept, niet met .json achter het adres."),
    ),
    Rule(
        "query-keys-camel-case",
        MUST,
        _("Parameters in lowerCamelCase"),
        _("Zoals pageSize en gewijzigdSinds. Uitzondering: bbox-crs, want zo noemt de geo-module hem."),
    ),
    Rule(
        "hide-implementation",
        SHOULD,
        _("Niets verraadt de techniek"),
        _(
            "Geen namen van software of nummers uit de database in antwoorden en fouten. Wie de site host, haalt de kop Server weg."
        ),
    ),
    Rule(
        "date-time/format",
        MUST,
        _("Dagen en momenten volgens RFC 3339"),
        _("Een dag is 2026-11-23, een moment 2026-11-23T09:30:00Z."),
    ),
    Rule(
        "date-time/timezone",
        MUST,
        _("Elke tijdzone erin, UTC eruit"),
        _("U mag bij gewijzigdSinds elke tijdzone geven. Wij antwoorden in UTC, met een Z."),
    ),
    Rule(
        "date-time/date-omit-time-portion",
        MUST,
        _("Geen tijd waar alleen de dag telt"),
        _("Wat alleen een dag is, zoals datum en bevestigdOp, heeft geen tijd."),
    ),
    Rule(
        "http-methods",
        MUST,
        _("Alleen de gewone methoden"),
        _("De API is om te lezen: GET en HEAD. Op iets anders volgt 405 met in Allow wat wel kan."),
    ),
    Rule(
        "http-safety",
        MUST,
        _("Lezen verandert niets"),
        _("Een vraag verandert geen gegevens; twee keer vragen geeft twee keer hetzelfde."),
    ),
    Rule(
        "http-response-code",
        MUST,
        _("De status zegt wat er gebeurde"),
        _(
            "200, 301, 304, 400, 401, 403, 404, 405, 406, 410, 415, 429, 500 of 503. Bij een fout geen technische details."
        ),
    ),
    Rule(
        "stateless",
        MUST,
        _("De server onthoudt geen gesprek"),
        _("Geen cookie en geen sessie. Elke vraag staat op zichzelf, ook met een cursor."),
    ),
    Rule(
        "nested-child",
        SHOULD,
        _("Wat bij iets hoort, ligt daaronder"),
        _("/metingen/{slug}/resultaten en /knelpunten/{code}/initiatieven."),
    ),
    Rule(
        "resource-operations",
        MUST,
        _("Een handeling is een eigen ding"),
        _("Er zijn geen handelingen: zoeken en filteren gaat met parameters van de collectie."),
    ),
    Rule(
        "error-handling/problem-details",
        MUST,
        _("Een fout is application/problem+json"),
        _(
            "Elke fout volgt RFC 9457, in het Nederlands, met status, title en detail. Ook als de database weg is."
        ),
    ),
    Rule(
        "error-handling/invalid-input",
        MUST,
        _("Wat niet klopt, geeft 400"),
        _("Een parameter of waarde die niet bestaat, geeft 400. Niets wordt stil overgeslagen."),
    ),
    Rule(
        "error-handling/all-errors",
        SHOULD,
        _("Alle fouten in één keer"),
        _("In invalidParams staat alles wat niet klopt, met per parameter de reden."),
    ),
    Rule(
        "doc-openapi",
        MUST,
        _("De API is beschreven in OpenAPI"),
        _("OpenAPI 3.0.3. Een test stelt alle vragen die het document toelaat, en meer."),
    ),
    Rule(
        "doc-openapi-contact",
        SHOULD,
        _("Het document noemt wie u helpt"),
        _("In info.contact staan naam, e-mail en adres."),
    ),
    Rule(
        "doc-language",
        SHOULD,
        _("Het document is Nederlands"),
        _("Elke uitleg in het document is Nederlands."),
    ),
    Rule(
        "publish-openapi",
        SHOULD,
        _("Het document staat op een vaste plek"),
        _("Op /api/v1/openapi.json, zonder sleutel en voor elke site te lezen."),
    ),
    Rule(
        "deprecation-schedule",
        SHOULD,
        _("Wat verdwijnt, is aangekondigd"),
        _("Op /api/versies/, en in de koppen Deprecation en Sunset van wat verdwijnt."),
    ),
    Rule(
        "transition-period",
        MUST,
        _("Een oude hoofdversie blijft een tijd"),
        _("12 maanden. Er zijn nooit meer dan twee hoofdversies tegelijk."),
    ),
    Rule("uri-version", MUST, _("De hoofdversie staat in het adres"), _("/api/v1.")),
    Rule("changelog", MUST, _("Per versie staat wat er veranderde"), _("Op /api/versies/.")),
    Rule(
        "semver",
        MUST,
        _("Een versie heeft drie getallen"),
        _("Het eerste gaat omhoog als er iets verandert waarvoor u iets moet aanpassen."),
    ),
    Rule(
        "version-header",
        MUST,
        _("Elk antwoord noemt de versie"),
        _("In de kop API-Version, ook bij een fout, een 304 en een verwijzing."),
    ),
    Rule(
        "transport/tls",
        MUST,
        _("Altijd over https"),
        _(
            "Http krijgt een verwijzing naar https; een sleutel wordt dan niet bekeken. Met HSTS voor een jaar. De instellingen van TLS zelf liggen bij wie de site host."
        ),
    ),
    Rule(
        "transport/no-sensitive-uris",
        MUST,
        _("Niets gevoeligs in een adres"),
        _(
            "Een sleutel hoort in de kop Authorization; in een adres geeft hij 400. Er staan geen persoonsgegevens in adressen."
        ),
    ),
    Rule(
        "transport/security-headers",
        MUST,
        _("Koppen die beschermen"),
        _(
            "Op elk antwoord, ook op fouten: Cache-Control: no-store, Content-Security-Policy, nosniff, X-Frame-Options, Referrer-Policy en HSTS."
        ),
    ),
    Rule(
        "transport/cors",
        MUST,
        _("Bewust gekozen wie mag lezen"),
        _("Open data: elke site mag lezen, zonder cookies."),
    ),
    Rule(
        "modules/geospatial",
        IF,
        _("Locaties volgens de geo-module"),
        _(
            "GeoJSON in CRS84, met Content-Crs, Accept-Crs, crs, bbox en /crss. Een ander stelsel hebben wij niet: wie RD nodig heeft, rekent zelf om."
        ),
    ),
    Rule(
        "modules/signing",
        IF,
        _("Ondertekende inhoud"),
        _(
            "Speelt niet: de API geeft open data over https en ondertekent niets. Webhooks zijn wel ondertekend, volgens Standard Webhooks."
        ),
    ),
    Rule(
        "modules/encryption",
        IF,
        _("Versleutelde inhoud"),
        _("Speelt niet: de inhoud is openbaar; https versleutelt het vervoer."),
    ),
)
