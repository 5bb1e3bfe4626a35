"""The OpenAPI document against the running API: schemathesis asks whatever the document allows, and what it does not.

All its checks are on. Two things no document can say, so we say them here: which codes and slugs there are
today (those of the deck, which the test loads), and which parameters exclude each other.
"""

import csv
import os
from copy import deepcopy
from pathlib import Path

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import override_settings
from hypothesis import settings

import registry
from registry.foundation.api.question import START
from registry.partners import install_triggers
from registry.search.options import choices
from samenbuurten.api.schema import document
from samenbuurten.wsgi import application

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))
SEED = Path(registry.__file__).parent / "seed"
EXCLUDING = {
    "cursor": ("page", "sorteer"),
    "gewijzigdSinds": ("page", "sorteer", "zoek", "facetten"),
}


def _first_column(noun):
    rows = csv.reader((SEED / f"{noun}.csv").read_text(encoding="utf-8").splitlines())
    return [row[0] for row in rows][1:]


def _known():
    """What there is of each noun: for the parameter that filters by it, and for the address of one of it."""
    found = {path.stem: _first_column(path.stem) for path in SEED.glob("*.csv")}
    filters = {
        "gemeente": found["gemeenten"],
        "kern": found["kernen"],
        "niveau": found["niveaus"],
        "knelpunt": found["knelpunten"],
        # A client makes up no cursor; this one begins.
        "cursor": [START],
        "initiatief": ["0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5bd9cb469fa16570867728950e"],
        "bbox": ["5,52,6,53", "5.2,52.3,5.21,52.31", "-180,-90,180,90"],
    }
    return filters, found | {"metingen": ["verbindingsfestival"]}


def _narrowed():
    made, (filters, addresses) = deepcopy(document()), _known()
    for path, methods in made["paths"].items():
        for one in methods["get"].get("parameters", ()):
            known = filters.get(one["name"]) if one["in"] == "query" else addresses.get(path.split("/")[1])
            if known:
                schema = one["schema"]
                one["schema"] = schema | {"items": {"enum": known}} if "items" in schema else {"enum": known}
    return made


SCHEMA = schemathesis.openapi.from_dict(_narrowed())
SCHEMA.app = application


@pytest.fixture(scope="module")
def content(django_db_setup, django_db_blocker):
    # A request that ends would close the connection, and with it the transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with (
        django_db_blocker.unblock(),
        override_settings(API_REQUESTS_A_MINUTE=10**9),
        transaction.atomic(),
    ):
        call_command("load_deck", verbosity=0)
        call_command("load_deck_round", verbosity=0)
        yield
        transaction.set_rollback(True)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES)
def test_nothing_is_found(case, content):
    if case.meta.generation.mode.is_positive and case.query:
        for name, others in EXCLUDING.items():
            if name in case.query:
                for other in others:
                    case.query.pop(other, None)
    # What takes the bytes apart here knows no compression.
    answer = case.call(headers={"Accept-Encoding": "identity"})
    case.validate_response(answer)
    if answer.status_code == 400:
        assert answer.json()["invalidParams"]


@pytest.mark.django_db
def test_what_is_said_to_be_there_is():
    call_command("load_deck", verbosity=0)
    found = choices(install_triggers.ContentStamp.versions())
    filters, _addresses = _known()
    assert {*filters["gemeente"]} == found.municipalities.keys()
    assert {*filters["niveau"]} == found.levels.keys()
    assert {*filters["kern"]} == {one.slug for one in found.places}
    assert {*filters["knelpunt"]} == {one.code for one in found.bottlenecks}
