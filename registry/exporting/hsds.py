"""The register in the words of HSDS 3.0 and its profile Open Referral UK: a directory of services.

An initiative is a service, and who runs it the organization. HSDS knows no service without an organization:
an initiative that nobody runs is its own, under its own id. A bottleneck is a taxonomy term, and a link the
attribute of a service, with the role as its type. What is not known is left out, but for what HSDS requires:
an initiative of which nobody said so counts as active, and a description falls back on the name. There are
no addresses, for HSDS asks for a street, and we only know a kern, a gemeente and at most a point.

Nothing here asks the database: rows come with what ``for_services`` names.
"""

from dataclasses import dataclass
from functools import partial
from uuid import UUID, uuid5

from registry.exporting.rows import moment, reader
from registry.models import Initiative
from registry.models.public import INITIATIVE

VERSION = "HSDS 3.0"
PROFILE = "https://github.com/OpenReferralUK/uk-profile/blob/main/docs/index.md"
OPENAPI = "https://raw.githubusercontent.com/openreferral/specification/3.0/schema/openapi.json"
# Ours for ever: a client knows things again by their id.
_NAMESPACE = UUID("c9121228-b4c4-50ae-bbf0-be95ef62ee75")
_STATUS = {
    Initiative.Activity.IDEA: "inactive",
    Initiative.Activity.PAUSED: "temporarily closed",
    Initiative.Activity.STOPPED: "defunct",
}
# The word of HSDS: what we call it.
_OF_SERVICE = {
    "name": "naam",
    "status": "activiteit",
    "fees_description": "kosten",
    "eligibility_description": "voorWie",
    "assured_date": "bevestigdOp",
}
_OF_ORGANIZATION = {"name": "naam", "website": "website"}
# What a list leaves out: all that is a list itself.
_NESTED = "attributes contacts languages service_areas service_at_locations organization_identifiers".split()


def _said(initiative, name):
    """What we tell of an initiative under this name."""
    return reader(INITIATIVE[name])(initiative)


def _in_their_words(initiative, names):
    return {word: _said(initiative, name) for word, name in names.items()}


def _id(*parts):
    return str(uuid5(_NAMESPACE, " ".join(map(str, parts))))


@dataclass(frozen=True)
class Taxonomy:
    slug: str
    name: str
    description: str

    @property
    def id(self):
        return _id("taxonomie", self.slug)


BOTTLENECKS = Taxonomy(
    "knelpunten",
    "Knelpunten bij samenlevingsopbouw",
    "Wat het moeilijk maakt om mensen samen te brengen. De niveaus zijn de bovenste laag.",
)
KINDS = Taxonomy("soorten", "Soorten initiatieven", "Wat voor initiatief het is.")
TAXONOMIES = (BOTTLENECKS, KINDS)


def level_id(slug):
    return _id("niveau", slug)


def bottleneck_id(code):
    return _id("knelpunt", code)


def kind_id(kind):
    return _id("soort", kind)


def organisation_id(pk):
    return _id("organisatie", pk)


def organization_id(initiative):
    """Of who runs it: an organisation, or the initiative itself."""
    return (
        organisation_id(initiative.organisation_id)
        if initiative.organisation_id
        else str(initiative.public_id)
    )


def for_services(queryset):
    """The initiatives with all that ``service`` and the rest read; three queries, however many."""
    return queryset.select_related("municipality", "place", "organisation").with_links().with_moment()


def taxonomy(vocabulary):
    return {
        "id": vocabulary.id,
        "name": vocabulary.name,
        "description": vocabulary.description,
    }


def level_term(level):
    return _term(BOTTLENECKS, level_id(level.slug), level.letter, level.name, level.question)


def bottleneck_term(bottleneck, base):
    named = bottleneck.name or bottleneck.code
    return _term(
        BOTTLENECKS,
        bottleneck_id(bottleneck.code),
        bottleneck.code,
        named,
        bottleneck.explanation or named,
        parent_id=level_id(bottleneck.level_id),
        term_uri=base + bottleneck.get_absolute_url(),
    )


def kind_term(kind):
    return _term(KINDS, kind_id(kind), kind, str(kind.label), str(kind.label))


def _term(taxonomy_of, key, code, name, description, **more):
    return {
        "id": key,
        "code": code,
        "name": name,
        "description": description,
        "taxonomy": taxonomy_of.name,
        "taxonomy_id": taxonomy_of.id,
        "language": "nl",
        **more,
    }


def organization(row, base):
    """``row``: an Organisation, or an Initiative that is its own organization."""
    if isinstance(row, Initiative):
        return _known(
            id=str(row.public_id),
            description=_said(row, "samenvatting") or _said(row, "naam"),
            uri=base + row.get_absolute_url(),
            **_in_their_words(row, _OF_ORGANIZATION),
        )
    key = organisation_id(row.pk)
    number = _known(
        id=_id("kvk", row.pk),
        organization_id=key,
        identifier_scheme="NL-KVK",
        identifier_type="KvK-nummer",
        identifier=row.kvk_number,
    )
    return _known(
        id=key,
        name=row.name,
        description=row.description or row.name,
        website=row.website,
        organization_identifiers=[number] if row.kvk_number else [],
    )


def service(initiative, base):
    """One initiative with all that belongs to it."""
    key, at = str(initiative.public_id), service_at_location(initiative)
    named = partial(_id, key)
    value = partial(_said, initiative)
    words = _in_their_words(initiative, _OF_SERVICE)
    words["status"] = _STATUS.get(words["status"], "active")
    words["assured_date"] = words["assured_date"] and words["assured_date"].isoformat()
    return _known(
        id=key,
        organization_id=organization_id(initiative),
        **words,
        alternate_name=", ".join(value("andereNamen")),
        description=value("beschrijving") or value("samenvatting") or value("naam"),
        url=base + initiative.get_absolute_url(),
        email=(value("contact") or {}).get("email"),
        alert="Dit is een verzonnen voorbeeld." if value("voorbeeld") else "",
        last_modified=moment(initiative.public_moment),
        organization=organization(initiative.organisation or initiative, base),
        contacts=_contacts(initiative, named),
        languages=[
            {"id": named("taal", name), "service_id": key, "name": name}
            for name in dict.fromkeys(part.strip() for part in (value("talen") or "").split(","))
            if name
        ],
        service_areas=[
            {"id": named("gebied"), "service_id": key, "name": f"Gemeente {initiative.municipality.name}"}
        ]
        if initiative.municipality
        else [],
        service_at_locations=[at] if at else [],
        attributes=_attributes(initiative, base, named),
    )


def minimal(initiative):
    return {"id": str(initiative.public_id), "last_modified": moment(initiative.public_moment)}


def flat(data):
    """As it stands in a list: without the lists in it."""
    return {
        name: flat(value) if isinstance(value, dict) else value
        for name, value in data.items()
        if name not in _NESTED
    }


def _contacts(initiative, named):
    contact = _said(initiative, "contact")
    if contact is None:
        return []
    number = contact["telefoon"]
    return [
        _known(
            id=named("contact"),
            service_id=str(initiative.public_id),
            name=contact["naam"],
            email=contact["email"],
            phones=[{"id": named("telefoon"), "number": number}] if number else [],
        )
    ]


def _attributes(initiative, base, named):
    attributes = [
        (link.role, bottleneck_term(link.bottleneck, base), link.explanation)
        for link in initiative.links.all()
    ]
    if initiative.kind:
        attributes.append(("soort", kind_term(Initiative.Kind(initiative.kind)), ""))
    return [
        _known(
            id=named(kind, term["id"]),
            link_id=str(initiative.public_id),
            link_type=kind,
            link_entity="service",
            value=value,
            taxonomy_term_id=term["id"],
            taxonomy_term=term,
        )
        for kind, term, value in attributes
    ]


def service_at_location(initiative):
    """Where it is, or None when nobody said; its id and that of its location are those of the initiative."""
    where = initiative.place or initiative.municipality
    point = initiative.point
    if where is None and point is None:
        return None
    key = str(initiative.public_id)
    longitude, latitude = point or (None, None)
    accessibility = _said(initiative, "toegankelijkheid")
    location = _known(
        id=key,
        location_type="physical",
        name=where.name if where else "",
        description="De plek is bij benadering." if initiative.is_location_shielded else "",
        longitude=longitude,
        latitude=latitude,
        accessibility=[{"id": _id(key, "toegankelijk"), "location_id": key, "description": accessibility}]
        if accessibility
        else [],
    )
    return {"id": key, "service_id": key, "location_id": key, "location": location}


def _known(**fields):
    """HSDS has no null: what is unknown is not there."""
    return {name: value for name, value in fields.items() if value not in (None, "", [])}
