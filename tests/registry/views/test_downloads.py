import csv
import io
import json
import re

import pytest

from registry.foundation.spreadsheets import read
from registry.models import Initiative
from tests import factories

pytestmark = pytest.mark.django_db
KINDS = ["csv", "ods", "json", "geojson"]


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.fixture(autouse=True)
def _content():
    factories.initiative("HavenHart", slug="havenhart", contact_email="zq@geheim.example")
    factories.initiative("=1+1", slug="formule")
    factories.initiative("Geheim", slug="geheim", status="ingediend")


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_holds_what_is_public_and_says_its_licence(client, kind):
    response = client.get(f"/open-data/initiatieven.{kind}")
    assert response.streaming == (kind != "ods")  # a zip cannot be written row by row
    content = body(response)
    if kind == "ods":
        names = [cells[1] for _number, cells in read(content).rows]
    elif kind == "csv":
        names = [
            row["naam"] for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
        ]
    elif kind == "json":
        names = [one["naam"] for one in json.loads(content)]
    else:
        names = [one["properties"]["naam"] for one in json.loads(content)["features"]]
    assert names == ["HavenHart", "'=1+1" if kind == "csv" else "=1+1"]
    assert "license" in response["Link"]
    assert response["Content-Disposition"] == f'attachment; filename="initiatieven.{kind}"'
    assert response["Access-Control-Allow-Origin"] == "*"
    assert not response.cookies


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_not_sent_again_until_it_changed(client, kind):
    address = f"/open-data/initiatieven.{kind}"
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304
    Initiative.objects.filter(slug="havenhart").update(summary="Nieuw")
    response = client.get(address, headers={"if-none-match": tag})
    assert (response.status_code, response["ETag"] == tag) == (200, False)


def test_a_tag_does_not_tell_how_much_changed_behind_the_pages(client):
    address = "/open-data/initiatieven.csv"
    assert re.fullmatch(r'"[0-9a-f]{32}"', client.get(address)["ETag"])


def test_json_of_nothing_is_an_empty_list(client):
    Initiative.objects.all().delete()
    assert json.loads(body(client.get("/open-data/initiatieven.json"))) == []


def test_there_is_no_other_kind(client):
    assert client.get("/open-data/initiatieven.exe").status_code == 404


def test_the_page_names_each_file(client):
    shown = client.get("/open-data/").text
    assert [f'href="/open-data/initiatieven.{kind}"' in shown for kind in KINDS] == [True] * 4
    assert "2 initiatieven" in shown
