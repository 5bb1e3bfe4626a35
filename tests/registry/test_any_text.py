"""Whatever is stored, what goes out is well-formed; whatever is sent, what is stored is clean."""

import io
import json
import zipfile
from xml.etree import ElementTree

import pytest
from django.db import connection
from post_office.models import Email

from registry.mail import letters
from registry.models import (
    Bottleneck,
    Case,
    Initiative,
    Level,
    Link,
    Mention,
    Municipality,
    Organisation,
    Place,
    Source,
    Term,
)
from registry.models.fields.text import LineField, ProseField
from tests import factories

pytestmark = pytest.mark.django_db
# What an older version of the site, or a hand in the database, may have left.
ODD = "x\x01\x0b\x0c\x1f\x7f\x85\u2028\ufffe\uffff\u202e]]>&<'\"\r\ny"
NOUNS = (Bottleneck, Case, Initiative, Level, Link, Mention, Municipality, Organisation, Place, Source, Term)


def read_xml(content):
    ElementTree.fromstring(content)  # noqa: S314 (made here)


def read_zip(content):
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for name in parts.namelist():
            if name.endswith((".xml", ".rels")):
                read_xml(parts.read(name))


def read_graph(content):
    pytest.importorskip("rdflib").Graph().parse(data=content, format="turtle")


READERS = {
    "/initiatieven/feed.xml": read_xml,
    "/initiatieven/feed.xml?gemeente=GM0995": read_xml,
    "/sitemap.xml": read_xml,
    "/sitemap-initiatieven.xml": read_xml,
    "/catalogus.ttl": read_graph,
    "/catalogus.jsonld": json.loads,
    "/open-data/initiatieven.ods": read_zip,
    "/open-data/initiatieven.json": json.loads,
    "/open-data/initiatieven.geojson": json.loads,
    "/open-data/initiatieven.csv": bytes.decode,
    "/hsds/services": json.loads,
    "/hsds/organizations": json.loads,
    "/api/v1/initiatieven": json.loads,
    "/api/v1/casussen": json.loads,
    "/api/v1/knelpunten": json.loads,
    "/api/v1/organisaties": json.loads,
    "/": bytes.decode,
    "/initiatieven/": bytes.decode,
    "/initiatieven/hof/": bytes.decode,
    "/zoeken/?zoek=x": bytes.decode,
    "/insluiten/initiatief/hof/": bytes.decode,
    "/oembed?url=https://samenbuurten.example/initiatieven/hof/": json.loads,
}


@pytest.fixture
def odd():
    """One of each noun, with all its texts odd past every door."""
    municipality = factories.municipality()
    place = factories.place(code="GM0995")
    entry = factories.initiative(
        slug="hof",
        municipality=municipality,
        place=place,
        organisation=factories.organisation(),
        longitude=5.5,
        latitude=52.5,
    )
    factories.link(entry, factories.bottleneck("R1"))
    factories.case(initiative=entry, source=factories.source())
    factories.term()
    Mention.objects.create(initiative=entry, event="x", count=1)
    with connection.cursor() as cursor:
        for model in NOUNS:
            for field in model._meta.local_concrete_fields:
                if (
                    isinstance(field, (LineField, ProseField))
                    and not field.primary_key
                    and field.name not in ("letter", "code")
                ):
                    text = ODD[: field.max_length] if field.max_length else ODD
                    cursor.execute(
                        f'UPDATE {model._meta.db_table} SET "{field.column}" = %s',  # noqa: S608 (own names)
                        [text if not field.unique else f"{text}"],
                    )
    return entry


@pytest.mark.parametrize("address", READERS)
def test_every_way_out_is_well_formed_whatever_is_stored(client, odd, settings, address):
    settings.ALLOWED_HOSTS = ["*"]
    address = address.replace("https://samenbuurten.example", settings.SITE_URL)
    response = client.get(address)
    assert response.status_code == 200, response.content[:300]
    content = b"".join(response.streaming_content) if response.streaming else response.content
    READERS[address.replace(settings.SITE_URL, "https://samenbuurten.example")](content)


def test_a_letter_goes_out_whatever_a_page_is_called(odd, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        letters.send(
            "uitnodiging", "a@voorbeeld.nl", initiatief=Initiative.objects.get().name, wie="Iemand", adres="/"
        )
    assert len(Email.objects.get().subject.splitlines()) == 1


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/initiatieven/aanmelden/", "name"),
        ("/laat-weten/", "text"),
        ("/initiatieven/hof/schrijven/", "text"),
    ],
)
def test_a_form_sees_text_that_was_cleaned(client, path, field):
    factories.initiative(slug="hof", contact_email="a@voorbeeld.nl")
    response = client.post(path, {field: "\u200b"})
    assert field in response.context["form"].errors
    response = client.post(path, {field: "Buurt\u200bhuis\x0b Cafe\u0301\0"})
    assert response.context["form"][field].value() == "Buurthuis\n Café"


def test_a_password_stays_as_it_was_typed(client):
    person = factories.person("ik@voorbeeld.nl")
    person.set_password("e\u0301en lang \u200bwachtwoord")
    person.save()
    response = client.post(
        "/account/login/", {"login": "ik@voorbeeld.nl", "password": "e\u0301en lang \u200bwachtwoord"}
    )
    assert response.status_code == 302
