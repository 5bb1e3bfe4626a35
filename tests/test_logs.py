"""No secret of a mailed link stands in the log: every route with one, however its request goes wrong."""

import io
import json
import logging
import re
import time

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.db import connection
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve

from samenbuurten.api import is_api
from samenbuurten.logs import MOST_LETTERS, PUBLIC_PARAMETERS, SECRET_AFTER, AsJson, ErrorLetters
from tests import factories
from tests.mail import MailServer

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SECRET = "GEHEIM-geheim_0123456789abcdef"
UUID = "12345678-9abc-4def-8abc-0123456789ab"


def _routes(patterns, start="/"):
    for pattern in patterns:
        route = start + str(pattern.pattern).removeprefix("^").replace("\\Z", "")
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from _routes(pattern.url_patterns, route)


def _secret_routes():
    named = re.compile(r"<(?:\w+:)?(\w+)>")
    return [
        route
        for route in _routes(get_resolver().url_patterns)
        if not is_api(route) and not route.startswith("/beheer/")
        if set(named.findall(route)) - PUBLIC_PARAMETERS
    ]


def _address(route):
    """With a secret in each of its parameters."""
    route = re.sub(r"\(\?P<uidb36>[^)]*\)", "1", route)
    route = re.sub(r"\(\?P<\w+>[^)]*\)", SECRET, route)
    return re.sub(r"<(\w+:)?\w+>", lambda part: UUID if part[1] == "uuid:" else SECRET, route).rstrip("$")


ADDRESSES = sorted(_address(route) for route in _secret_routes())


def test_every_route_with_a_secret_is_known():
    assert len(ADDRESSES) >= 6
    assert [address for address in ADDRESSES if not address.startswith(SECRET_AFTER)] == []
    assert all(resolve(address) for address in ADDRESSES)


class Breaks:
    """A middleware: every view goes wrong, with all that it was given in the error."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        raise RuntimeError(f"{kwargs} {request.get_full_path()} {request.build_absolute_uri()}")


@pytest.fixture
def said():
    """What each logger says, at every level, as a plain handler writes it."""
    handler = logging.StreamHandler(io.StringIO())
    loggers = [logging.getLogger(), *map(logging.getLogger, ("django", "django.request"))]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    logging.getLogger().addHandler(handler)
    connection.force_debug_cursor = True  # what Django needs to be willing to log queries at all
    yield lambda: handler.stream.getvalue()
    connection.force_debug_cursor = False
    logging.getLogger().removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def _wrong(address):
    """(status or none, what to send): each way in which a request is refused."""
    asks = Client(enforce_csrf_checks=True, raise_request_exception=False)
    secure = {"secure": True, "HTTP_REFERER": f"https://elders.example{address}"}
    yield asks.get(address)
    yield asks.get(f"{address}x/y")
    yield asks.get(f"/nl/{address}")
    yield asks.get(f"{address.rstrip('/')} met wit/")
    yield asks.get("/bestaat-niet/", {"next": address, "sleutel": SECRET})
    yield asks.post(address, {"a": "b"})
    yield asks.post(address, {"a": "b"}, **secure)
    yield asks.post(address, {"a": "b"}, HTTP_ORIGIN=f"https://elders.example{address}")
    yield asks.put(address)
    yield asks.delete(address)
    yield asks.get(address, HTTP_HOST="elders.example")
    yield asks.get(address, HTTP_HOST=f"elders.example{address}")
    yield asks.post(address, b"a", content_type="text/plain; charset=utf-7")
    yield asks.post(address, b"a", content_type="text/plain", CONTENT_LENGTH=str(10**9))


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_secret_of_a_path_is_in_the_log(address, said, caplog, settings):
    statuses = {response.status_code for response in _wrong(address)}
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.Breaks"]
    statuses |= {response.status_code for response in _wrong(address)}
    is_guarded = not getattr(resolve(address).func, "csrf_exempt", False)
    assert statuses >= {400, 404, 413, 500} | ({403} if is_guarded else set())
    for text in (said(), caplog.text, *(record.getMessage() for record in caplog.records)):
        assert SECRET not in text
        assert UUID not in text
    assert "Traceback" in said()
    prefix = next(start for start in SECRET_AFTER if address.startswith(start))
    assert f"{prefix}…" in said()


def test_nor_is_one_that_works(said):
    """Signed links, which no hash stands for."""
    person = factories.person()
    address = EmailAddress.objects.create(user=person, email=person.email)
    key = EmailConfirmationHMAC.create(address).key
    for _response in _wrong(f"/account/confirm-email/{key}/"):
        pass
    assert key not in said()
    assert key.split(":")[-1] not in said()


@pytest.mark.parametrize("name", ["waitress", "django.server", "post_office", "een.ander.pakket"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_whoever_logs_a_path(name, address, capsys, said):
    logger = logging.getLogger(name)
    handler = logging.StreamHandler(io.StringIO())
    logger.addHandler(handler)
    try:
        logger.error("Exception while serving %s", address)
        logger.error('"GET %(path)s HTTP/1.1" 500', {"path": f"http://x{address}?a=b"})
        logger.error(f"Client disconnected while serving {address}")
        try:
            raise ValueError(f"Niet goed: {address}")
        except ValueError as error:
            logger.exception(error)
    finally:
        logger.removeHandler(handler)
    text = handler.stream.getvalue()
    assert text.count("…") >= 5
    assert SECRET not in text
    assert UUID not in text


def test_what_is_no_secret_is_said_as_it_is(said):
    Client().get("/initiatieven/bestaat-niet/")
    logging.getLogger("x").error("Waarom? Zo %d van %s", 3, "vier")
    assert "Not Found: /initiatieven/bestaat-niet/" in said()
    assert "Waarom? Zo 3 van vier" in said()


def test_one_handler_writes_all():
    """A handler of its own, with a letter about what went wrong in it, is no door beside this one."""
    assert [logging.getLogger(name).handlers for name in ("django", "django.server")] == [[], []]


PERSON = "Jan.Jansen@voorbeeld.nl"


def _fail(error, **extra):
    """What a handler gets of an error, with a request behind it."""
    logger, records = logging.getLogger("test.of.errors"), []
    handler = logging.Handler()
    handler.emit = records.append
    logger.addHandler(handler)
    try:
        raise error
    except type(error):
        logger.exception("For %s it went wrong", PERSON, extra=extra)
    finally:
        logger.removeHandler(handler)
    return records[0]


def test_no_log_names_a_mailbox_or_tells_the_values_of_a_row():
    detail = f"duplicate key\nDETAIL:  Key (name)=(Jan Jansen) already exists.\n{PERSON}"
    for formatter in (AsJson(), logging.Formatter()):
        text = formatter.format(_fail(ValueError(detail)))
        assert "duplicate key" in text
        assert [word for word in (PERSON, "ansen", "voorbeeld.nl") if word in text] == []


@pytest.mark.parametrize("word", ["a", "/", "?", "@", "a@", "/a?"])
def test_no_word_takes_long(word):
    """Whatever a header says is in the log when it is refused: one long word costs no more than many short ones."""
    begun = time.process_time()
    record = logging.getLogRecordFactory()("x", logging.ERROR, "", 0, word * 30_000, (), None)
    record.getMessage()
    assert time.process_time() - begun < 2


def test_a_line_of_json_says_what_and_where(rf):
    request = rf.get("/zoeken/?zoek=Jansen")
    request.resolver_match = resolve("/zoeken/")
    line = json.loads(AsJson().format(_fail(ValueError("x"), request=request, status_code=500)))
    assert (line["level"], line["route"], line["status"]) == ("ERROR", "registry:search", 500)
    assert line["message"] == "For …@… it went wrong"
    assert "ValueError: x" in line["trace"]
    assert "Jansen" not in json.dumps(line)


def test_a_letter_about_an_error_tells_where_and_nothing_of_people(serve, settings, rf):
    server, settings.ERRORS_TO = serve(MailServer()), ["beheer@voorbeeld.nl"]
    request = rf.post("/laat-weten/", {"text": "Ik ben Jan Jansen"})
    request.resolver_match = resolve("/laat-weten/")
    handler = ErrorLetters()
    for _again in range(3):
        handler.emit(_fail(ValueError(f"over {PERSON}"), request=request))
    handler.emit(_fail(KeyError(PERSON)))
    handler.sender.join()
    assert [to for (to,), _content in server.taken] == ["beheer@voorbeeld.nl"] * 2
    text = server.taken[0][1].decode()
    assert "ValueError" in text
    assert "registry:tell" in text
    assert "test_logs.py" in text
    assert [word for word in ("ansen", "over ") if word in text] == []


def test_a_flood_of_errors_is_no_flood_of_letters(monkeypatch):
    handler = ErrorLetters()
    monkeypatch.setattr(handler, "_send", lambda: None)
    for number in range(3 * MOST_LETTERS):
        handler.emit(_fail(type(f"Error{number}", (Exception,), {})()))
    assert handler.waiting.qsize() == MOST_LETTERS
