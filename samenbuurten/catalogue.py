"""What there is to have, in DCAT-AP-NL 3.0: for data.overheid.nl and whoever collects catalogues.

One graph, written as Turtle and as JSON-LD. Values are those of the profile; what is not known is left out.
"""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import condition, require_safe
from rdflib import DCAT, DCTERMS, FOAF, RDF, XSD, Graph, Literal, Namespace, URIRef

from registry.exporting.writers import FILES, MEDIA_TYPES
from registry.foundation.cache import fingerprint, kept
from registry.models import ContentStamp
from samenbuurten.api import ROOT, VERSION
from survey import results
from survey.models import Publication
from survey.resources import FORMATS

VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
EU = Namespace("http://publications.europa.eu/resource/authority/")
LICENCE = URIRef("http://creativecommons.org/publicdomain/zero/1.0/deed.nl")
PROVINCE = URIRef("https://identifier.overheid.nl/tooi/id/provincie/pv24")
MEDIA = Namespace("http://www.iana.org/assignments/media-types/")
# What the profile calls our kinds of file.
KINDS = {"csv": "CSV", "ods": "ODS", "json": "JSON", "geojson": "GEOJSON", "xlsx": "XLSX", "sps": "TXT"}
BOX = "POLYGON((5.12 52.25,6.02 52.25,6.02 52.85,5.12 52.85,5.12 52.25))"
WKT = URIRef("http://www.opengis.net/ont/geosparql#wktLiteral")
WRITERS = {"ttl": ("turtle", "text/turtle; charset=utf-8"), "jsonld": ("json-ld", "application/ld+json")}


def _version(request, kind):
    return f'"{fingerprint(ContentStamp.current(), VERSION, kind)}"'


@require_safe
@condition(etag_func=_version)
def catalogue(request, kind):
    name, media_type = WRITERS[kind]
    body = kept(
        ContentStamp.current(), f"catalogue {kind}", lambda: graph(settings.SITE_URL).serialize(format=name)
    )
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
    return HttpResponse(body, content_type=media_type, headers=headers)


def graph(site):
    """The catalogue as a graph. ``site``: scheme and host, such as "https://samenbuurten.example"."""
    made = Graph()
    for prefix, space in (("dcat", DCAT), ("dct", DCTERMS), ("foaf", FOAF), ("vcard", VCARD)):
        made.bind(prefix, space)
    catalogue = URIRef(f"{site}{reverse('catalogue-ttl')}#catalogus")
    _describe(
        made,
        catalogue,
        DCAT.Catalog,
        "Samen Buurten",
        "Initiatieven in Flevoland die mensen samenbrengen, en wat daarbij in de weg zit.",
        site,
    )
    initiatives = _initiatives(made, site)
    # Whoever collects catalogues would not see that a round is made up.
    real = Publication.objects.public().newest().filter(round__is_sample=False)
    datasets = [initiatives, *(_results(made, site, one) for one in real)]
    for dataset in datasets:
        made.add((catalogue, DCAT.dataset, dataset))
    service = _service(made, site, datasets)
    made.add((catalogue, DCAT.service, service))
    made.add((catalogue, FOAF.homepage, URIRef(f"{site}/")))
    return made


def _initiatives(made, site):
    page = URIRef(f"{site}{reverse('registry:open-data')}")
    dataset = URIRef(f"{page}#initiatieven")
    title = "Initiatieven in Flevoland"
    about = (
        "Lokale initiatieven die mensen samenbrengen: wat zij doen, waar, en welke knelpunten zij ervaren of "
        "aanpakken. Alleen wat is gepubliceerd."
    )
    _dataset(made, dataset, title, about, site, page)
    made.add((dataset, DCTERMS.accrualPeriodicity, EU["frequency/DAILY"]))
    for kind in FILES:
        address = f"{site}{reverse('registry:download', args=[kind])}"
        _distribution(made, dataset, address, page, kind, MEDIA_TYPES[kind])
    return dataset


def _results(made, site, publication):
    found = results.read(publication.data)
    page = URIRef(f"{site}{reverse('survey:results', args=[found.round])}")
    dataset = URIRef(f"{page}#resultaten")
    title = f"Enquête Samen Buurten: {found.name}"
    about = (
        "Hoeveel mensen welke knelpunten herkennen, met basis en marge. Alleen opgetelde cijfers; kleine "
        "groepen zijn niet getoond."
    )
    _dataset(made, dataset, title, about, site, page)
    if publication.published_on:
        made.add((dataset, DCTERMS.issued, Literal(publication.published_on)))
    for kind, file in FORMATS.items():
        address = f"{site}{reverse('survey:results-download', args=[found.round, found.round, kind])}"
        size = len(publication.data.encode()) if kind == "json" else None
        _distribution(made, dataset, address, page, kind, file.content_type, size)
    return dataset


def _service(made, site, datasets):
    service = URIRef(f"{site}{ROOT}")
    about = "Alles wat openbaar is als JSON, met zoeken, filteren en wat er is veranderd."
    _describe(made, service, DCAT.DataService, "API van Samen Buurten", about, site)
    _access(made, service)
    made.add((service, DCTERMS.identifier, Literal(str(service))))
    made.add((service, DCTERMS.license, LICENCE))
    made.add((service, DCAT.endpointURL, service))
    made.add((service, DCAT.endpointDescription, URIRef(f"{site}{ROOT}/openapi.json")))
    for dataset in datasets:
        made.add((service, DCAT.servesDataset, dataset))
    return service


def _dataset(made, dataset, title, about, site, page):
    _describe(made, dataset, DCAT.Dataset, title, about, site)
    _access(made, dataset)
    made.add((dataset, DCTERMS.identifier, Literal(str(dataset))))
    made.add((dataset, DCAT.landingPage, page))
    place = URIRef(f"{dataset}-gebied")
    made.add((dataset, DCTERMS.spatial, place))
    made.add((place, RDF.type, DCTERMS.Location))
    made.add((place, DCAT.bbox, Literal(BOX, datatype=WKT)))


def _distribution(made, dataset, address, page, kind, media_type, size=None):
    distribution = URIRef(f"{address}#bestand")
    made.add((dataset, DCAT.distribution, distribution))
    made.add((distribution, RDF.type, DCAT.Distribution))
    made.add((distribution, DCTERMS.title, Literal(address.rsplit("/", 1)[1], lang="nl")))
    made.add((distribution, DCAT.accessURL, page))
    made.add((distribution, DCAT.downloadURL, URIRef(address)))
    made.add((distribution, DCTERMS.license, LICENCE))
    made.add((distribution, DCTERMS.language, EU["language/NLD"]))
    made.add((distribution, DCTERMS["format"], EU[f"file-type/{KINDS[kind]}"]))
    made.add((distribution, DCAT.mediaType, MEDIA[media_type.split(";")[0]]))
    if size is not None:
        made.add((distribution, DCAT.byteSize, Literal(size, datatype=XSD.nonNegativeInteger)))


def _describe(made, node, kind, title, about, site):
    """What a catalogue, a dataset and a service have in common."""
    contact = URIRef(f"{site}{reverse('registry:about')}#contact")
    made.add((node, RDF.type, kind))
    made.add((node, DCTERMS.title, Literal(title, lang="nl")))
    made.add((node, DCTERMS.description, Literal(about, lang="nl")))
    made.add((node, DCTERMS.publisher, PROVINCE))
    made.add((node, DCTERMS.creator, PROVINCE))
    made.add((node, DCTERMS.language, EU["language/NLD"]))
    made.add((node, DCAT.contactPoint, contact))
    made.add((contact, RDF.type, VCARD.Kind))
    made.add((contact, VCARD.fn, Literal(settings.ORGANISATION_NAME, lang="nl")))
    made.add((contact, VCARD.hasURL, URIRef(f"{site}{reverse('registry:about')}")))
    if settings.CONTACT_EMAIL:
        made.add((contact, VCARD.hasEmail, URIRef(f"mailto:{settings.CONTACT_EMAIL}")))
    made.add((PROVINCE, RDF.type, FOAF.Agent))
    made.add((PROVINCE, FOAF.name, Literal(settings.ORGANISATION_NAME, lang="nl")))


def _access(made, node):
    made.add((node, DCTERMS.accessRights, EU["access-right/PUBLIC"]))
    made.add((node, DCAT.theme, EU["data-theme/SOCI"]))
