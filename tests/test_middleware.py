"""What holds for every answer, walked over every route."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY

from registry.models import Role
from samenbuurten import middleware
from samenbuurten.serving.limits import LARGEST_BODY
from tests import databases, factories
from tests.routes import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.once]


class Unread:
    """A body that says when somebody reads it."""

    def read(self, *size):
        raise AssertionError("It was read.")

    readline = read


@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE"])
def test_a_body_that_is_too_large_is_refused_unread_on_every_route(method, client, blank_pages):
    for address in addresses():
        answer = client.generic(
            method,
            address,
            CONTENT_TYPE="multipart/form-data; boundary=x",
            **{"wsgi.input": Unread(), "CONTENT_LENGTH": str(LARGEST_BODY + 1)},
        )
        assert answer.status_code == 413, address
        kind = (
            "application/problem+json"
            if address.startswith(("/api", "/hsds"))
            else "text/html; charset=utf-8"
        )
        assert answer["Content-Type"] == kind, address


def test_a_spreadsheet_may_be_larger_than_a_form_for_staff_alone(client):
    given = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(LARGEST_BODY - 1)}
    address = "/beheer/registry/initiative/import/"
    owner, editor = factories.person(), factories.person("redacteur@flevoland.example", role=Role.EDITOR)
    assert client.post(address, **given).status_code == 413
    client.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.UPLOAD_COOKIE_NAME] = "x"
    assert client.post(address, **given).status_code == 413
    client.force_login(owner)
    client.get("/beheer/")
    assert client.post(address, **given).status_code == 413
    client.force_login(editor)
    client.get("/beheer/")
    assert client.post("/beheer/login/", **given).status_code == 413
    assert client.post("/laat-weten/", **given).status_code == 413
    with pytest.raises(AssertionError, match="It was read"):
        client.post(address, **given)
    # Taken from a browser with another session, it opens nothing.
    ticket = client.cookies[settings.UPLOAD_COOKIE_NAME].value
    client.force_login(owner)
    client.cookies[settings.UPLOAD_COOKIE_NAME] = ticket
    assert client.post(address, **given).status_code == 413


def test_an_unknown_host_is_refused_on_every_route(client, blank_pages):
    for address in addresses():
        answer = client.get(address, headers={"Host": "elders.example"})
        assert answer.status_code == 400, address
        is_problem = address.startswith(("/api", "/hsds"))
        assert (answer["Content-Type"] == "application/problem+json") == is_problem, address


def test_every_answer_says_what_a_browser_may_do_with_it(client, blank_pages):
    for address in addresses():
        answer = client.get(address)
        assert answer["Permissions-Policy"] == middleware.PERMISSIONS_POLICY, address
        assert answer["Cross-Origin-Resource-Policy"] in ("same-origin", "cross-origin"), address
        if not address.startswith(("/api/v1", "/hsds")):
            assert answer["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert "Server" not in answer, address
        if address.startswith(("/mijn/", "/account/", "/beheer/", "/bevestigen/", "/volgen/stoppen/")):
            assert "no-store" in answer["Cache-Control"], address
            assert "private" in answer["Cache-Control"], address


def test_nothing_is_kept_of_what_somebody_who_is_logged_in_sees(client, blank_pages):
    client.force_login(factories.person("redacteur@flevoland.example", role=Role.EDITOR))
    assert SESSION_KEY in client.session
    for address in addresses():
        kept = client.get(address).get("Cache-Control", "")
        assert "no-store" in kept or "public" in kept or "no-cache" in kept or "max-age" in kept, address


PRODUCTION = """
import django
django.setup()
from django.conf import settings
from django.test import Client
answer = Client().get("/account/login/", secure=True, HTTP_HOST="localhost")
names = settings.SESSION_COOKIE_NAME, settings.MESSAGE_COOKIE_NAME, *answer.cookies
print(*names, *(f"{one['secure']}|{one['path']}|{one['domain']}|{one['samesite']}" for one in answer.cookies.values()))
"""


def test_in_production_cookies_belong_to_this_host_alone(tmp_path):
    database = databases.copy_of_sqlite(tmp_path / "production.sqlite3")
    environment = {name: value for name, value in os.environ.items() if name != "PLAIN_HTTP"}
    environment |= {
        "VAR_DIR": str(tmp_path),
        "SECRET_KEY": "a-key-of-this-test-only",
        "DJANGO_SETTINGS_MODULE": "samenbuurten.settings",
        "DATABASE_URL": f"sqlite:///{database}",
    }
    (tmp_path / "static").symlink_to(settings.STATIC_ROOT)
    (tmp_path / "frontend").mkdir()
    run = [sys.executable, "-W", "ignore", "-c", PRODUCTION]
    said = subprocess.run(
        run, env=environment, capture_output=True, text=True, check=False, cwd=settings.BASE_DIR
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.split() == [
        "__Host-sessionid",
        "__Host-messages",
        "__Host-csrftoken",
        "True|/||Lax",
    ]
