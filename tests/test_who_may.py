"""Who gets in where: every address of the site × who × GET and POST, held to the table in who_may.txt.

An address that is new, or that lets in somebody else than the table says, fails. Write the table anew with
``WRITE_WHO_MAY=1 make test ONE=tests/test_who_may.py``, and read what changed before it is committed.

All are asked about things that are not there, so nothing happens: what each may do with a thing that is there, is for the
walk over all doors (registry/test_leaks.py). Refused is who gets 401 or 403, or is sent to log in.
"""

import os
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from registry.models import Role
from tests import factories
from tests.routes import addresses

TABLE = Path(__file__).with_name("who_may.txt")
# By the letter that stands in the table; a letter of nobody is a dot.
STAFF = {"o": Role.RESEARCHER, "g": Role.MUNICIPALITY_EDITOR, "r": Role.EDITOR, "b": Role.MANAGER}
PEOPLE = ("v", "e", *STAFF)
HEAD = """# Who gets in: v a visitor, e who keeps a page (eigenaar), o onderzoeker, g gemeenteredacteur, r redacteur, b beheerder.
# First who may GET, then who may POST. Made and read by tests/test_who_may.py.
"""
LOG_IN = ("/account/login/", "/beheer/login/")
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def clients(settings, blank_pages):
    settings.API_REQUESTS_A_MINUTE = 100_000
    clients = {letter: Client(raise_request_exception=False) for letter in PEOPLE}
    clients["e"].force_login(factories.owner(factories.initiative()))
    for letter, role in STAFF.items():
        clients[letter].force_login(factories.person(role=role, municipality=factories.municipality()))
    return clients


def is_let_in(client, method, address):
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = getattr(client, method)(address)
        # To log out, or to end an account, is one of the addresses.
        transaction.set_rollback(True)
    client.cookies = cookies
    assert response.status_code < 500, (method, address)
    return response.status_code not in (401, 403) and not response.get("Location", "").startswith(LOG_IN)


def who_may(clients, address):
    return "  ".join(
        "".join(letter if is_let_in(client, method, address) else "." for letter, client in clients.items())
        for method in ("get", "post")
    )


def test_every_address_lets_in_whom_the_table_says(clients):
    table = {address: who_may(clients, address) for address in addresses()}
    if os.environ.get("WRITE_WHO_MAY"):
        TABLE.write_text(HEAD + "".join(f"{who}  {address}\n" for address, who in table.items()))
    lines = [line for line in TABLE.read_text().splitlines() if not line.startswith("#")]
    stated = {address: who for who, address in (line.rsplit("  ", 1) for line in lines)}
    news = {address: who for address, who in table.items() if who != stated.get(address)}
    gone = stated.keys() - table.keys()
    assert (news, gone) == ({}, set()), "Is it right? WRITE_WHO_MAY=1 writes the table anew."


def test_the_table_keeps_the_back_office_for_staff():
    """Whatever is written anew: no visitor and nobody who keeps a page has ever to be in /beheer/."""
    lines = [line for line in TABLE.read_text().splitlines() if "  /beheer/" in line]
    open_to_all = [f"/beheer/{name}/" for name in ("login", "logout")]
    outside = [
        line for line in lines if not line.endswith(tuple(open_to_all)) and {"v", "e"} & set(line[:14])
    ]
    assert len(lines) > 200
    assert outside == []
