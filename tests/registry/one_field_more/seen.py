"""Run in a copy of the project with a field more: says where that field is seen, as JSON."""

import io
import json
import zipfile

import tablib
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.template.loader import render_to_string
from django.test import Client

from registry.forms.owner import PageForm
from registry.forms.visitor import MoreForm
from registry.models import Initiative, Municipality, User
from registry.personal_data.columns import OWN_WORDS
from registry.proposals.proposals import FIELDS
from registry.resources import InitiativeResource
from registry.resources.columns import matches_of

WORDS = "Geen honden in de zaal."
LABEL = "Huisregels"
QUESTION = "Welke regels gelden er?"
PAGE = "/initiatieven/tuin/"


def world():
    # The tables as the models have them: to walk along all migrations takes a minute.
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
    where = Municipality.objects.create(code="GM0995", name="Lelystad", longitude="5.4", latitude="52.5")
    Initiative.objects.create(
        name="Tuin", slug="tuin", status="gepubliceerd", municipality=where, house_rules=WORDS
    )
    return where, User.objects.create_superuser("beheer@voorbeeld.nl", "een lang wachtwoord")


def outputs():
    visitor = Client(SERVER_NAME="localhost")

    def text(address):
        response = visitor.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return b"".join(response) if response.streaming else response.content

    (entry,) = json.loads(text("/api/v1/initiatieven"))["initiatieven"]
    yield "json", entry["huisregels"] == WORDS
    (entry,) = json.loads(text("/api/v1/initiatieven?velden=huisregels"))["initiatieven"]
    yield "velden", entry == {"huisregels": WORDS}
    document = json.loads(text("/api/v1/openapi.json"))
    described = document["components"]["schemas"]["Initiatief"]["properties"]["huisregels"]
    yield "openapi", described == {"type": "string", "nullable": True}
    csv = text("/open-data/initiatieven.csv").decode("utf-8-sig").splitlines()
    yield "csv", csv[0].split(";")[-1] == "huisregels" and csv[1].split(";")[-1] == WORDS
    sheets = zipfile.ZipFile(io.BytesIO(text("/open-data/initiatieven.ods"))).read("content.xml").decode()
    yield "ods", "huisregels" in sheets and WORDS in sheets
    (feature,) = json.loads(text("/open-data/initiatieven.geojson"))["features"]
    yield "geojson", feature["properties"]["huisregels"] == WORDS
    page = text(PAGE).decode()
    yield "page", LABEL in page and WORDS in page


def forms(where, staff):
    entry = Initiative.objects.get()
    of_owner = render_to_string("registry/_fields.html", {"form": PageForm(instance=entry)})
    yield "owner", LABEL in of_owner and WORDS in of_owner
    of_visitor = render_to_string("registry/_more_fields.html", {"form": MoreForm(municipality=where)})
    yield "registration", QUESTION in of_visitor and 'name="house_rules"' in of_visitor
    more = MoreForm({"house_rules": WORDS}, municipality=where)
    yield "registered", more.is_valid() and more.answers()["house_rules"] == WORDS
    yield "proposal", "house_rules" in FIELDS
    colleague = Client(SERVER_NAME="localhost")
    colleague.force_login(staff)
    of_staff = colleague.get(f"/beheer/registry/initiative/{entry.pk}/change/").content.decode()
    yield "staff", 'name="house_rules"' in of_staff and WORDS in of_staff


def files():
    resource = InitiativeResource()
    yield "template", "huisregels" in [name for name, _words, _is_needed in resource.explanation()]
    yield "called", matches_of(resource)["regels van het huis"] == "huisregels"
    yield "export", resource.export().dict[0]["huisregels"] == WORDS
    rows = tablib.Dataset(["tuin", "Honden mogen mee."], headers=["adres", "huisregels"])
    InitiativeResource().import_data(rows, raise_errors=True)
    yield "import", Initiative.objects.get().house_rules == "Honden mogen mee."
    yield "personal data", "house_rules" in OWN_WORDS


if __name__ == "__main__":
    where, staff = world()
    print(json.dumps(dict([*outputs(), *forms(where, staff), *files()])))
