"""What goes over the line is smaller, says the same, and tells nobody a secret by its size."""

import gzip
import re

import brotli
import pytest
from django.core.cache import caches
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from samenbuurten.compression import LEAST, MOST_RANDOM, CompressionMiddleware
from tests import factories
from tests.routes import addresses

DECODE = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
TEXT = b"De buurt eet samen. " * 500


def coded(response):
    """(coding, what stands in it)"""
    coding = response.get("Content-Encoding")
    return coding, DECODE[coding](b"".join(response) if response.streaming else response.content)


def answer(response, header="gzip, br", **request):
    ask = RequestFactory().get("/", headers={"accept-encoding": header} if header is not None else {})
    ask.META.update(request)
    return CompressionMiddleware(lambda _request: response)(ask)


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (None, None),
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("br", "br"),
        ("gzip, deflate, br", "br"),
        ("GZIP;q=1.0, BR;q=0.1", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("*", "br"),
        ("*;q=0", None),
        ("gzip;q=0.3, identity;q=0.8", None),
        ("deflate, zstd", None),
        ("br;q=x, gzip;q=0.5", "br"),
        (";;,,;q=1", None),
    ],
)
def test_it_goes_in_the_coding_that_is_liked_best(header, coding):
    response = answer(HttpResponse(TEXT), header)
    assert coded(response) == (coding, TEXT)
    assert response["Vary"] == "Accept-Encoding"
    assert int(response.get("Content-Length", len(response.content))) == len(response.content)
    assert len(response.content) < len(TEXT) / 5 or coding is None


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(TEXT[: LEAST - 1]),
        HttpResponse(TEXT, content_type="image/webp"),
        HttpResponse(TEXT, content_type="application/zip"),
        HttpResponse(TEXT, headers={"Content-Encoding": "br"}),
        HttpResponse(TEXT, status=404),
        FileResponse([TEXT], content_type="text/plain"),
    ],
    ids="small picture archive coded error file".split(),
)
def test_the_rest_goes_as_it_is(response):
    before = response.get("Content-Encoding")
    response = answer(response)
    assert response.get("Content-Encoding") == before
    assert "Vary" not in response.headers
    assert b"".join(response) in (TEXT, TEXT[: LEAST - 1])


def test_what_streams_is_not_gathered_first():
    sent = []

    def rows():
        for number in range(100_000):
            sent.append(number)
            yield b"%d;een regel van een bestand\n" % (number * 7919)

    response = answer(StreamingHttpResponse(rows(), content_type="text/csv"))
    parts = iter(response.streaming_content)
    next(parts), next(parts)
    assert len(sent) < 100_000
    assert response["Content-Encoding"] == "gzip"
    assert "Content-Length" not in response.headers


@pytest.mark.parametrize(
    "secret", [{"CSRF_COOKIE": "x"}, {"HTTP_COOKIE": "sessionid=x"}], ids=["form", "person"]
)
def test_the_size_of_a_page_with_a_secret_tells_nothing(secret):
    sizes = [len(answer(HttpResponse(TEXT), **secret).content) for _time in range(60)]
    assert len(set(sizes)) > 20
    assert max(sizes) - min(sizes) <= MOST_RANDOM
    assert coded(answer(HttpResponse(TEXT), **secret)) == ("gzip", TEXT)


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["gzip, br", "gzip"])
def test_every_page_and_answer_says_the_same(client, header):
    """But for what a form hides, which is another each time."""
    factories.initiative("Buurtkeuken", slug="buurtkeuken")
    small = {}
    for address in addresses():
        plain, packed = client.get(address), client.get(address, headers={"accept-encoding": header})
        assert plain.status_code == packed.status_code, address
        if plain.status_code != 200 or plain.streaming:
            continue
        coding, content = coded(packed)
        without = [re.sub(rb'(value|content|nonce)="[^"]+"', b"", text) for text in (plain.content, content)]
        assert without[0] == without[1], address
        if coding:
            small[address] = len(packed.content) / len(plain.content)
    assert len(small) > 30
    assert max(small.values()) < 0.7


@pytest.mark.parametrize("what", [b"a", b"\xc3\xa9"])
def test_what_is_kept_is_given_for_the_same_text_only(what):
    """One address may say something else to another host or in another language, under one tag."""
    for text in (TEXT, what * LEAST):
        assert coded(answer(HttpResponse(text, headers={"ETag": '"1"'}))) == ("br", text)


@pytest.mark.django_db
def test_an_answer_with_a_tag_is_compressed_once_and_known_by_its_weak_tag(client):
    for number in range(25):
        factories.initiative(f"Buurt {number}", summary="Samen eten")
    plain = client.get("/api/v1/initiatieven")
    first = client.get("/api/v1/initiatieven", headers={"accept-encoding": "br"})
    assert first["ETag"] == f"W/{plain['ETag']}"
    assert {"Accept-Encoding", "Accept"} <= set(re.split(", *", first["Vary"]))
    kept = [name for name in caches["figures"]._cache if "coded-" in name]
    assert len(kept) == 1
    again = client.get("/api/v1/initiatieven", headers={"accept-encoding": "br"})
    assert again.content == first.content
    for tag in (plain["ETag"], first["ETag"]):
        unchanged = client.get(
            "/api/v1/initiatieven", headers={"accept-encoding": "br", "if-none-match": tag}
        )
        assert unchanged.status_code == 304
    factories.initiative("Nog een")
    assert client.get("/api/v1/initiatieven", headers={"if-none-match": first["ETag"]}).status_code == 200
