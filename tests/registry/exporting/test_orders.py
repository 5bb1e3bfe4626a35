"""Whoever reads a file by the place of its columns can go on doing so: none moves, and what is newer stands last."""

import json

import pytest

from registry.exporting import geojson, table
from registry.models import Initiative
from registry.models.public import INITIATIVE
from registry.models.public.declaration import Field, Noun, in_order
from registry.resources import InitiativeResource
from tests import factories

IN_TABLES = (
    "id naam andereNamen samenvatting beschrijving voorWie toegankelijkheid talen kosten lessen website organisatie "
    "gemeenteNaam kern soort activiteit wieDoetHet gemeenteCode begintOp eindigtOp bevestigdOp lengtegraad breedtegraad "
    "afgeschermd knelpuntenErvaart knelpuntenPaktAan gewijzigdOp voorbeeld url"
)
IN_GEOJSON = "naam samenvatting soort activiteit gemeente kern knelpunten afgeschermd voorbeeld url"
OF_STAFF = (
    "adres naam andere_namen soort samenvatting beschrijving gemeente kern lengtegraad breedtegraad plek_afgeschermd "
    "wie_doet_het organisatie website contactpersoon e_mailadres telefoonnummer contact_openbaar begint_op eindigt_op "
    "activiteit lessen voor_wie toegankelijkheid talen kosten status"
)


def test_no_column_of_a_table_moves():
    assert list(table.HEADERS)[: len(IN_TABLES.split())] == IN_TABLES.split()


@pytest.mark.django_db
def test_no_property_of_a_feature_moves():
    factories.initiative()
    (feature,) = json.loads(b"".join(geojson.collection(Initiative.objects.published(), "/")))["features"]
    assert list(feature["properties"])[: len(IN_GEOJSON.split())] == IN_GEOJSON.split()


def test_no_column_of_the_files_of_the_staff_moves():
    columns = InitiativeResource().get_export_headers()
    assert columns[: len(OF_STAFF.split())] == OF_STAFF.split()


@pytest.mark.parametrize("place", [0, 5, None])
def test_what_is_newer_stands_last_wherever_it_is_declared(place):
    newer = [Field("later", "lessons", since="1.10.0"), Field("laatst", "costs", since="2.0.0")]
    fields = [*INITIATIVE.fields]
    fields[place:place] = reversed(newer)
    assert [field.name for field in Noun("Initiative", Initiative, tuple(fields)).by_age][-2:] == [
        "later",
        "laatst",
    ]


def test_what_is_not_named_stands_last():
    assert in_order(["nieuw", "b", "a"], ["a", "b", "c"]) == ["a", "b", "nieuw"]
