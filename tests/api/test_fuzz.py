"""The OpenAPI document against the running API: schemathesis asks whatever the document allows, and what it does not."""

import os

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import override_settings
from hypothesis import settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from registry.stamp import install
from samenbuurten.api.schema import document
from samenbuurten.wsgi import application

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "8"))
SCHEMA = schemathesis.openapi.from_dict(document())
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
        # A test that commits may have emptied the table of the stamp.
        install()
        call_command("load_deck", verbosity=0)
        call_command("load_deck_round", verbosity=0)
        yield
        transaction.set_rollback(True)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@SCHEMA.parametrize()
@settings(max_examples=EXAMPLES)
def test_nothing_is_found(case, content):
    answer = case.call()
    # A document cannot say that two parameters exclude each other, nor which municipalities there are today:
    # of all that it allows, such questions may be refused, and then by name.
    case.validate_response(answer, excluded_checks=[positive_data_acceptance])
    if answer.status_code == 400:
        assert answer.json()["invalidParams"]
