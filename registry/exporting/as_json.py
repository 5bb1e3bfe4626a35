"""How the register shows itself to machines: rows of the database as plain data with Dutch names.

One shape a noun, for every reader. Unknown is None, never "" or 0. What is not public is not asked of the
database, so that it cannot slip through. A few queries, however many rows.
"""

from datetime import UTC

import orjson
from django.db.models import FloatField, Prefetch
from django.db.models.functions import Cast
from django.urls import reverse

from registry.exporting.chunks import chunks, public_links
from registry.foundation.compiled import Prepared
from registry.models import Bottleneck, Case, Exchange, ExternalId, Finding, Initiative, Mention
from registry.models.initiative import public_point
from registry.models.knowledge import lines
from registry.models.operations.trace import public_moment

_INITIATIVE = (
    "pk public_id slug name other_names kind summary description municipality municipality__name place__name "
    "is_location_shielded run_by organisation__slug organisation__name website "
    "contact_name contact_email contact_phone is_contact_public starts_on ends_on activity lessons audience "
    "accessibility languages costs image image_alt is_sample published_at confirmed_on"
).split()
# Decimals as numbers: they take time to make, and leave as numbers anyway.
_MADE = {
    "longitude": Cast("longitude", FloatField()),
    "latitude": Cast("latitude", FloatField()),
    "public_moment": public_moment(),
}

_INITIATIVES = Prepared(
    lambda keys: Initiative.objects.published().filter(pk__in=keys).values_list(*_INITIATIVE, *_MADE.values())
)
_MENTIONS = Prepared(
    lambda keys: (
        Mention.objects.filter(initiative__in=keys)
        .order_by("event", "pk")
        .values_list("initiative", "event", "count", "quote", "mentioned_on", "source__slug")
    )
)
_EXCHANGES = Prepared(
    lambda keys: (
        Exchange.objects.filter(initiative__in=keys)
        .order_by("direction", "pk")
        .values_list("initiative", "direction", "kind", "text", "duration")
    )
)
_EXTERNAL_IDS = Prepared(
    lambda keys: (
        ExternalId.objects.filter(initiative__in=keys)
        .order_by("scheme", "value")
        .values_list("initiative", "scheme", "value")
    )
)


def initiatives(keys, base):
    """The published initiatives with these primary keys, in that order.

    ``base``: scheme and host for the addresses, such as "https://samenbuurten.example".
    """
    names = (*_INITIATIVE, *_MADE)
    places = (api(base) + "/initiatieven/", base + reverse("registry:initiative-list"))
    by_key = {
        row[0]: _initiative(dict(zip(names, row, strict=True)), *places) for row in _INITIATIVES.rows(keys)
    }
    for name, parts in (
        ("knelpunten", _links(keys)),
        ("vermeldingen", _mentions(keys)),
        ("vraagEnAanbod", _exchanges(keys)),
        ("externeKenmerken", _external_ids(keys)),
    ):
        for key, part in parts:
            if key in by_key:
                by_key[key][name].append(part)
    return [by_key[key] for key in keys if key in by_key]


def as_lines(queryset, base):
    """The bytes of one JSON object a line for each initiative of ``queryset``, in parts, by key."""
    for rows in chunks(queryset, (), size=500):
        items = initiatives([row[0] for row in rows], base)
        yield b"".join(orjson.dumps(item) + b"\n" for item in items)


def as_json(queryset, base):
    """The bytes of a JSON array of the same."""
    separator = b"["
    for part in as_lines(queryset, base):
        yield separator + part.rstrip(b"\n").replace(b"\n", b",\n")
        separator = b",\n"
    yield b"]" if separator != b"[" else b"[]"


def _initiative(row, resources, pages):
    page = f"{pages}{row['slug']}/"
    point = public_point(row["longitude"], row["latitude"], row["is_location_shielded"])
    return {
        "id": str(row["public_id"]),
        "slug": row["slug"],
        "naam": row["name"],
        "andereNamen": lines(row["other_names"]),
        "samenvatting": row["summary"] or None,
        "beschrijving": row["description"] or None,
        "soort": row["kind"] or None,
        "activiteit": row["activity"] or None,
        "gemeente": {"code": row["municipality"], "naam": row["municipality__name"]}
        if row["municipality"]
        else None,
        "kern": row["place__name"],
        "locatie": {"type": "Point", "coordinates": point} if point else None,
        "locatieAfgeschermd": row["is_location_shielded"],
        "wieDoetHet": row["run_by"] or None,
        "organisatie": {"slug": row["organisation__slug"], "naam": row["organisation__name"]}
        if row["organisation__slug"]
        else None,
        "website": row["website"] or None,
        "contact": _contact(row),
        "begintOp": row["starts_on"],
        "eindigtOp": row["ends_on"],
        "voorWie": row["audience"] or None,
        "toegankelijkheid": row["accessibility"] or None,
        "talen": row["languages"] or None,
        "kosten": row["costs"] or None,
        "lessen": row["lessons"] or None,
        "knelpunten": [],
        "vermeldingen": [],
        "vraagEnAanbod": [],
        "externeKenmerken": [],
        "afbeelding": {"url": f"{page}beeld/", "beschrijving": row["image_alt"]} if row["image"] else None,
        "voorbeeld": row["is_sample"],
        "gepubliceerdOp": moment(row["published_at"]),
        "gewijzigdOp": moment(row["public_moment"]),
        "bevestigdOp": row["confirmed_on"],
        "_links": {
            "self": {"href": f"{resources}{row['public_id']}"},
            "pagina": {"href": page},
        },
    }


def _contact(row):
    if not row["is_contact_public"]:
        return None
    details = {
        "naam": row["contact_name"] or None,
        "email": row["contact_email"] or None,
        "telefoon": row["contact_phone"] or None,
    }
    return details if any(details.values()) else None


def _links(keys):
    for key, links in public_links(keys, "bottleneck__level", "explanation", "is_confirmed").items():
        for code, role, level, explanation, is_confirmed in links:
            yield (
                key,
                {
                    "code": code,
                    "niveau": level,
                    "rol": role,
                    "toelichting": explanation or None,
                    "bevestigd": is_confirmed,
                },
            )


def _mentions(keys):
    for key, event, count, quote, mentioned_on, source in _MENTIONS.rows(keys):
        yield (
            key,
            {
                "waar": event,
                "aantal": count,
                "letterlijk": quote or None,
                "datum": mentioned_on,
                "bron": source,
            },
        )


def _exchanges(keys):
    for key, direction, kind, text, duration in _EXCHANGES.rows(keys):
        yield key, {"richting": direction, "soort": kind, "wat": text, "duur": duration or None}


def _external_ids(keys):
    for key, scheme, value in _EXTERNAL_IDS.rows(keys):
        yield key, {"register": scheme, "kenmerk": value}


def api(base):
    """The address of the API, without a slash at the end."""
    return base + reverse("api:root")


def level(level, base):
    return {
        "slug": level.slug,
        "letter": level.letter,
        "naam": level.name,
        "ondertitel": level.subtitle,
        "vraag": level.question,
        "factor": level.theory_factor or None,
        "_links": {"self": {"href": f"{api(base)}/niveaus/{level.slug}"}},
    }


def bottleneck(bottleneck, base):
    here = f"{api(base)}/knelpunten/{bottleneck.code}"
    return {
        "code": bottleneck.code,
        "niveau": bottleneck.level_id,
        "stelling": bottleneck.statement,
        "titel": bottleneck.title or None,
        "uitleg": bottleneck.explanation or None,
        "herkomst": bottleneck.origin,
        "status": bottleneck.status,
        "samengevoegdMet": _public_code(bottleneck.merged_into),
        "alleenInGemeente": bottleneck.municipality_id,
        "_links": {
            "self": {"href": here},
            "initiatieven": {"href": f"{here}/initiatieven"},
            "pagina": {"href": base + bottleneck.get_absolute_url()},
        },
    }


def _public_code(bottleneck):
    is_public = bottleneck is not None and bottleneck.status != bottleneck.Status.CANDIDATE
    return bottleneck.code if is_public else None


def public_cases():
    """With all that ``case`` shows at hand."""
    codes = Prefetch("bottlenecks", Bottleneck.objects.published())
    return Case.objects.published().select_related("initiative", "source").prefetch_related(codes)


def case(case, base):
    return {
        "slug": case.slug,
        "titel": case.title,
        "samenvatting": case.summary or None,
        "situatie": case.situation or None,
        "aanpak": case.approach or None,
        "resultaat": case.result or None,
        "lessen": case.lessons or None,
        "initiatief": {"id": str(case.initiative.public_id), "naam": case.initiative.name}
        if case.initiative
        else None,
        "gemeente": case.municipality_id,
        "knelpunten": [bottleneck.code for bottleneck in case.bottlenecks.all()],
        "bron": case.source and case.source.slug,
        "voorbeeld": case.is_sample,
        "gewijzigdOp": moment(case.changed_at),
        "_links": {
            "self": {"href": f"{api(base)}/casussen/{case.slug}"},
            "pagina": {"href": base + case.get_absolute_url()},
        },
    }


def organisation(organisation, base):
    return {
        "slug": organisation.slug,
        "naam": organisation.name,
        "omschrijving": organisation.description or None,
        "website": organisation.website or None,
        "gemeente": organisation.municipality_id,
        "kvkNummer": organisation.kvk_number or None,
        "voorbeeld": organisation.is_sample,
        "_links": {"self": {"href": f"{api(base)}/organisaties/{organisation.slug}"}},
    }


def municipality(municipality, base):
    return {
        "code": municipality.code,
        "naam": municipality.name,
        "inwoners": municipality.inhabitants,
        "inwonersPeildatum": municipality.inhabitants_on,
        "kernen": [{"slug": place.slug, "naam": place.name} for place in municipality.places.all()],
        "_links": {
            "self": {"href": f"{api(base)}/gemeenten/{municipality.code}"},
            "initiatieven": {"href": f"{api(base)}/initiatieven?gemeente={municipality.code}"},
        },
    }


def source(source, base):
    return {
        "slug": source.slug,
        "verwijzing": source.citation,
        "auteurs": source.authors or None,
        "jaar": source.year,
        "titel": source.title or None,
        "paginas": source.pages or None,
        "doi": source.doi or None,
        "url": source.url or None,
        "toelichting": source.note or None,
        "_links": {"self": {"href": f"{api(base)}/bronnen/{source.slug}"}},
    }


def term(term, base):
    return {
        "slug": term.slug,
        "woord": term.word,
        "zelfde": term.equals,
        "verwant": term.related,
        "uitleg": term.explanation or None,
        "letOp": term.caution or None,
        "omstreden": term.is_contested,
        "_links": {"self": {"href": f"{api(base)}/begrippen/{term.slug}"}},
    }


def findings():
    """With all that ``finding`` shows at hand."""
    codes = Prefetch("bottlenecks", Bottleneck.objects.published())
    return Finding.objects.select_related("part_of", "source").prefetch_related(codes, "municipalities")


def finding(finding, base):
    return {
        "slug": finding.slug,
        "niveau": finding.level_id,
        "bevinding": finding.text,
        "onderdeelVan": finding.part_of and finding.part_of.slug,
        "herkomst": finding.provenance or None,
        "bron": finding.source and finding.source.slug,
        "knelpunten": [bottleneck.code for bottleneck in finding.bottlenecks.all()],
        "gemeenten": [municipality.code for municipality in finding.municipalities.all()],
        "alleenFlevoland": finding.is_about_flevoland,
        "_links": {"self": {"href": f"{api(base)}/bevindingen/{finding.slug}"}},
    }


def interaction(interaction, base):
    return {
        "van": {"niveau": interaction.from_level_id, "knelpunt": interaction.from_bottleneck_id},
        "naar": {"niveau": interaction.to_level_id, "knelpunt": interaction.to_bottleneck_id},
        "wederzijds": interaction.is_mutual,
        "uitleg": interaction.explanation,
        "bron": interaction.source and interaction.source.slug,
    }


def moment(value):
    """In UTC, to the second; None stays None."""
    return value and value.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
