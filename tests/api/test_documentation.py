"""The examples of the documentation, as somebody would run them who copies them from the page."""

import html
import json
import re
import subprocess
import sys

import pytest
from django.core.management import call_command
from django.test import Client

from registry.models import Initiative
from tests import factories

pytestmark = pytest.mark.once


def example(name, site):
    """The text of one example, for the site that runs here."""
    shown = Client().get("/api/").text
    text = html.unescape(re.search(rf'data-voorbeeld="{name}">(.*?)</code>', shown, re.S)[1])
    return re.sub(r"https?://[^/\"]+(?=/api/v1)", site, text)


@pytest.mark.django_db(transaction=True)
def test_the_quick_start_works_as_it_stands(live_server, tmp_path):
    call_command("load_deck", verbosity=0)
    runs = factories.organisation(name="De Sloot", slug="de-sloot")
    last = factories.initiative("Buurtkamer", municipality_id="GM0034", organisation=runs)
    curl = subprocess.run(["bash", "-c", example("curl", live_server.url)], capture_output=True, check=True)
    found = {one["naam"]: one for one in json.loads(curl.stdout)["initiatieven"]}
    assert found.keys() == {one.name for one in Initiative.objects.published().filter(municipality="GM0034")}
    assert found["Buurtkamer"].keys() == {"id", "naam", "_embedded"}
    assert found["Buurtkamer"]["_embedded"]["organisatie"]["naam"] == "De Sloot"

    def follow():
        done = subprocess.run(
            [sys.executable, "-c", example("python", live_server.url)],
            capture_output=True,
            text=True,
            check=True,
            cwd=tmp_path,
        )
        return done.stdout.strip()

    assert follow() == f"{Initiative.objects.published().count()} initiatieven"
    last.delete()
    factories.initiative("Een nieuwe")
    factories.initiative("Nog een nieuwe")
    assert follow() == f"{Initiative.objects.published().count()} initiatieven"


@pytest.mark.django_db
def test_every_collection_is_named(client):
    shown = client.get("/api/").text
    root = client.get("/api/v1").json()["_links"]
    assert [name for name in root if f'/api/v1/{name}"' in shown] == [
        name for name in root if name not in ("self", "openapi", "documentatie", "hsds")
    ]
    assert [client.get(root[name]["href"]).status_code for name in ("documentatie", "hsds")] == [200, 200]


@pytest.mark.django_db
def test_every_address_that_the_page_names_is_there(client):
    call_command("load_deck", verbosity=0)
    call_command("load_deck_round", verbosity=0)
    shown = client.get("/api/").text.partition("<main")[2].partition("</main>")[0]
    addresses = {html.unescape(one) for one in re.findall(r'href="(/[^"#]*)', shown)}
    assert {"/hsds", "/api/regels/", "/api/versies/", "/api/v1/openapi.json"} <= addresses
    assert {one: client.get(one).status_code for one in addresses} == dict.fromkeys(addresses, 200)
