"""One request to one receiver: with a time limit, to the IP address that was checked, without redirects."""

import contextlib
import http.client
import queue
import socket
import ssl
import threading
import time
from dataclasses import dataclass

from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.partners.webhooks import addresses

SECONDS = 10  # for all of it: looking up, connecting, sending, reading
MOST_READ = 4096  # bytes of the answer


@dataclass(frozen=True)
class Answer:
    """What came of it: a status and the start of the text, or in Dutch what went wrong."""

    status: int | None
    text: str
    error: str
    milliseconds: int

    @property
    def is_taken(self):
        return self.status is not None and 200 <= self.status < 300


def send(url, body, headers, *, seconds=SECONDS):
    """POST ``body`` (bytes). Never raises for what the other side does."""
    began = time.monotonic()
    exchange = Exchange()
    outcome = queue.SimpleQueue()

    def run():
        try:
            outcome.put(exchange.post(url, body, headers, seconds))
        except Exception as error:  # noqa: BLE001  told below, in the thread that waits
            outcome.put(error)

    # In a thread of its own: a name server or a receiver that gives a byte a second knows no other end.
    threading.Thread(target=run, daemon=True).start()
    try:
        result = outcome.get(timeout=seconds)
    except queue.Empty:
        exchange.abort()
        result = TimeoutError()
    took = int((time.monotonic() - began) * 1000)
    if isinstance(result, Exception):
        return Answer(None, "", _in_words(result), took)
    status, text = result
    return Answer(status, text, _refusal(status), took)


class Exchange:
    def __init__(self):
        self.socket = None
        self.is_aborted = False

    def post(self, url, body, headers, seconds):
        target = addresses.read(url)
        self._connect(addresses.resolve(target), seconds)
        if target.is_secure:
            # The name in the certificate is that of the web address, whichever address was connected to.
            self.socket = ssl.create_default_context().wrap_socket(self.socket, server_hostname=target.host)
        try:
            # It has its socket already, so it looks up no name and goes by no proxy.
            connection = http.client.HTTPConnection(target.host, target.port)
            connection.sock = self.socket
            connection.request(
                "POST", target.path, body, {"Host": target.authority, "Connection": "close"} | headers
            )
            response = connection.getresponse()
            return response.status, response.read(MOST_READ).decode("utf-8", "replace")
        finally:
            self.socket.close()

    def _connect(self, endpoints, seconds):
        problem = OSError("no address")
        for family, address in endpoints:
            self.socket = socket.socket(family, socket.SOCK_STREAM)
            self.socket.settimeout(seconds)
            if self.is_aborted:
                break
            try:
                self.socket.connect(address)
                return
            except OSError as error:
                self.socket.close()
                problem = error
        raise problem

    def abort(self):
        """Wake the thread that waits for this socket; it closes it and ends."""
        self.is_aborted = True
        # Not connected yet, or closed already: then there is nothing to wake.
        with contextlib.suppress(OSError, AttributeError):
            self.socket.shutdown(socket.SHUT_RDWR)


def _refusal(status):
    if 200 <= status < 300:
        return ""
    if 300 <= status < 400:
        return (
            _("Het adres verwijst door (%d). Wij volgen geen verwijzing: vul het nieuwe adres in.") % status
        )
    return _("De ontvanger antwoordde met %d.") % status


def _in_words(error):
    if isinstance(error, Refused):
        return str(error)
    if isinstance(error, TimeoutError):
        return _("De ontvanger gaf niet op tijd antwoord.")
    if isinstance(error, ssl.SSLCertVerificationError):
        return _("Het certificaat van de ontvanger klopt niet.")
    if isinstance(error, socket.gaierror):
        return _("De naam in het webadres bestaat niet.")
    if isinstance(error, (OSError, http.client.HTTPException, ValueError)):
        return _("Geen verbinding met de ontvanger (%s).") % type(error).__name__
    raise error
