from datetime import date

import pytest

from samenbuurten.api import versions

pytestmark = pytest.mark.django_db


def test_nothing_goes_as_long_as_nothing_is_announced(client):
    response = client.get("/api/v1/niveaus")
    assert [name in response for name in ("Deprecation", "Sunset")] == [False, False]


def test_what_goes_says_until_when_on_every_answer(client, monkeypatch):
    gone = versions.Deprecation("/api/v1/niveaus", date(2027, 1, 1), date(2028, 1, 1), "Gebruik v2.")
    monkeypatch.setattr(versions, "DEPRECATIONS", (gone,))
    monkeypatch.setattr("samenbuurten.api.pages.Versions.extra_context", {"deprecations": (gone,)})
    for address in ("/api/v1/niveaus", "/api/v1/niveaus/x", "/api/v1/niveaus?x=1"):
        response = client.get(address)
        assert response["Deprecation"] == "@1798761600"
        assert response["Sunset"] == "Sat, 01 Jan 2028 00:00:00 GMT"
        assert '</api/versies/#verdwijnt>; rel="deprecation"' in response["Link"]
    assert "Deprecation" not in client.get("/api/v1/niveaus-x")
    assert "1 januari 2028" in client.get("/api/versies/").text
