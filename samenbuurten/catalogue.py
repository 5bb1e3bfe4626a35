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
    triples = Graph()
    for prefix, space in (("dcat", DCAT), ("dct", DCTERMS), ("foaf", FOAF), ("vcard", VCARD)):
        triples.bind(prefix, space)
    catalogue = URIRef(f"{site}{reverse('catalogue-ttl')}#catalogus")
    _describe(
        triples,
        catalogue,
        DCAT.Catalog,
        "Samen Buurten",
        "Initiatieven in Flevoland die mensen samenbrengen, en wat daarbij in de weg zit.",
        site,
    )
    initiatives = _initiatives(triples, site)
    # Whoever collects catalogues would not see that a round is made up.
    real = Publication.objects.public().newest().filter(round__is_sample=False)
    datasets = [initiatives, *(_results(triples, site, publication) for publication in real)]
    for dataset in datasets:
        triples.add((catalogue, DCAT.dataset, dataset))
    service = _service(triples, site, datasets)
    triples.add((catalogue, DCAT.service, service))
    triples.add((catalogue, FOAF.homepage, URIRef(f"{site}/")))
    return triples


def _initiatives(triples, site):
    page = URIRef(f"{site}{reverse('registry:open-data')}")
    dataset = URIRef(f"{page}#initiatieven")
    title = "Initiatieven in Flevoland"
    about = (
        "Lokale initiatieven die mensen samenbrengen: wat zij doen, waar, en welke knelpunten zij ervaren of "
        "aanpakken. Alleen wat is gepubliceerd."
    )
    _dataset(triples, dataset, title, about, site, page)
    triples.add((dataset, DCTERMS.accrualPeriodicity, EU["frequency/DAILY"]))
    for kind in FILES:
        address = f"{site}{reverse('registry:download', args=[kind])}"
        _distribution(triples, dataset, address, page, kind, MEDIA_TYPES[kind])
    return dataset


def _results(triples, site, publication):
    figures = results.read(publication.data)
    page = URIRef(f"{site}{reverse('survey:results', args=[figures.round])}")
    dataset = URIRef(f"{page}#resultaten")
    title = f"Enquête Samen Buurten: {figures.name}"
    about = (
        "Hoeveel mensen welke knelpunten herkennen, met basis en marge. Alleen opgetelde cijfers; kleine "
        "groepen zijn niet getoond."
    )
    _dataset(triples, dataset, title, about, site, page)
    if publication.published_on:
        triples.add((dataset, DCTERMS.issued, Literal(publication.published_on)))
    for kind, file in FORMATS.items():
        address = f"{site}{reverse('survey:results-download', args=[figures.round, figures.round, kind])}"
        size = len(publication.data.encode()) if kind == "json" else None
        _distribution(triples, dataset, address, page, kind, file.content_type, size)
    return dataset


def _service(triples, site, datasets):
    service = URIRef(f"{site}{ROOT}")
    about = "Alles wat openbaar is als JSON, met zoeken, filteren en wat er is veranderd."
    _describe(triples, service, DCAT.DataService, "API van Samen Buurten", about, site)
    _access(triples, service)
    triples.add((service, DCTERMS.identifier, Literal(str(service))))
    triples.add((service, DCTERMS.license, LICENCE))
    triples.add((service, DCAT.endpointURL, service))
    triples.add((service, DCAT.endpointDescription, URIRef(f"{site}{ROOT}/openapi.json")))
    for dataset in datasets:
        triples.add((service, DCAT.servesDataset, dataset))
    return service


def _dataset(triples, dataset, title, about, site, page):
    _describe(triples, dataset, DCAT.Dataset, title, about, site)
    _access(triples, dataset)
    triples.add((dataset, DCTERMS.identifier, Literal(str(dataset))))
    triples.add((dataset, DCAT.landingPage, page))
    place = URIRef(f"{dataset}-gebied")
    triples.add((dataset, DCTERMS.spatial, place))
    triples.add((place, RDF.type, DCTERMS.Location))
    triples.add((place, DCAT.bbox, Literal(BOX, datatype=WKT)))


def _distribution(triples, dataset, address, page, kind, media_type, size=None):
    distribution = URIRef(f"{address}#bestand")
    triples.add((dataset, DCAT.distribution, distribution))
    triples.add((distribution, RDF.type, DCAT.Distribution))
    triples.add((distribution, DCTERMS.title, Literal(address.rsplit("/", 1)[1], lang="nl")))
    triples.add((distribution, DCAT.accessURL, page))
    triples.add((distribution, DCAT.downloadURL, URIRef(address)))
    triples.add((distribution, DCTERMS.license, LICENCE))
    triples.add((distribution, DCTERMS.language, EU["language/NLD"]))
    triples.add((distribution, DCTERMS["format"], EU[f"file-type/{KINDS[kind]}"]))
    triples.add((distribution, DCAT.mediaType, MEDIA[media_type.split(";")[0]]))
    if size is not None:
        triples.add((distribution, DCAT.byteSize, Literal(size, datatype=XSD.nonNegativeInteger)))


def _describe(triples, node, kind, title, about, site):
    """What a catalogue, a dataset and a service have in common."""
    contact = URIRef(f"{site}{reverse('registry:about')}#contact")
    triples.add((node, RDF.type, kind))
    triples.add((node, DCTERMS.title, Literal(title, lang="nl")))
    triples.add((node, DCTERMS.description, Literal(about, lang="nl")))
    triples.add((node, DCTERMS.publisher, PROVINCE))
    triples.add((node, DCTERMS.creator, PROVINCE))
    triples.add((node, DCTERMS.language, EU["language/NLD"]))
    triples.add((node, DCAT.contactPoint, contact))
    triples.add((contact, RDF.type, VCARD.Kind))
    triples.add((contact, VCARD.fn, Literal(settings.ORGANISATION_NAME, lang="nl")))
    triples.add((contact, VCARD.hasURL, URIRef(f"{site}{reverse('registry:about')}")))
    if settings.CONTACT_EMAIL:
        triples.add((contact, VCARD.hasEmail, URIRef(f"mailto:{settings.CONTACT_EMAIL}")))
    triples.add((PROVINCE, RDF.type, FOAF.Agent))
    triples.add((PROVINCE, FOAF.name, Literal(settings.ORGANISATION_NAME, lang="nl")))


def _access(triples, node):
    triples.add((node, DCTERMS.accessRights, EU["access-right/PUBLIC"]))
    triples.add((node, DCAT.theme, EU["data-theme/SOCI"]))
