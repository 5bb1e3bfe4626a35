"""What the server takes from a client: how long it waits for a request, and how much it reads of it."""

import socket
import time

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.utilities import Error

from samenbuurten.api import tells_problems
from samenbuurten.serving.answers import Answer
from samenbuurten.serving.limits import largest_body

# Seconds. The head of a request is one packet or a few; a body may take longer, in step with its size.
HEAD_WITHIN = 20
BODY_WITHIN = 60
# The pace of a bad telephone line, for what is sent and, over each ANSWER_WITHIN seconds, for what is fetched.
LEAST_BYTES_A_SECOND = 4 * 1024
ANSWER_WITHIN = 60
# Who is refused may still be sending: so long we go on reading, to throw it away, or the refusal itself is lost.
LINGER_SECONDS = 5
# A server that stops waits so long for the first words of who came last.
FIRST_WORDS_WITHIN = 5
PROBLEM = (
    '{{"type":"about:blank","status":{status},"title":"De vraag kan niet worden gelezen",'
    '"detail":"Het adres of de koppen van de vraag zijn te lang, of kloppen niet. Maak de vraag korter."}}'
)
PAGE = (
    '<!doctype html><html lang="nl"><meta charset="utf-8"><title>Dit kunnen wij niet lezen</title>'
    "<h1>Dit kunnen wij niet lezen</h1><p>Het adres is te lang, of er klopt iets niet in wat uw browser stuurde. "
    'Ga naar <a href="/">de eerste pagina</a> en probeer het vanaf daar.</p></html>'
)


class Unreadable(Error):
    """The answer to what never becomes a request, in the form that its address promises."""

    def __init__(self, error, start):
        super().__init__(error.body)
        self.code, self.reason = error.code, error.reason
        self.is_problem = tells_problems(_path(start))

    def to_response(self, ident=None):
        body = PROBLEM.format(status=self.code) if self.is_problem else PAGE
        headers = {
            "Content-Type": "application/problem+json" if self.is_problem else "text/html; charset=utf-8",
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
        }
        return f"{self.code} {self.reason}", list(headers.items()), body.encode()


class Request(HTTPRequestParser):
    """Reads no more than its route may carry. What is larger goes on without its body: Django refuses it in words."""

    is_refused = False
    largest = 0
    start = b""

    def received(self, data):
        self.start += data[: max(0, 512 - len(self.start))]
        consumed = super().received(data)
        size = max(self.content_length, self.body_bytes_received)
        if self.error and not isinstance(self.error, Unreadable):
            self.error = Unreadable(self.error, self.start)
            self._refuse()
        elif self.headers_finished and size > self.largest:
            # Of a body in pieces nobody said how long it is.
            self.headers["CONTENT_LENGTH"] = str(size)
            self.completed = True
            self._refuse()
        return consumed

    def parse_header(self, header_plus):
        if b"\r\n " in header_plus or b"\r\n\t" in header_plus:
            raise ParsingError("A header is folded")
        try:
            super().parse_header(header_plus)
        except ValueError as no_number:
            raise ParsingError("Content-Length is invalid") from no_number
        # Two lengths, or one that this version of HTTP does not know: who reads it otherwise sees other requests.
        if "TRANSFER_ENCODING" in self.headers or (self.chunked and "CONTENT_LENGTH" in self.headers):
            raise ParsingError("Transfer-Encoding is not clear")
        self.largest = largest_body(self.path, self.headers.get("COOKIE", ""))

    def _refuse(self):
        self.is_refused, self.expect_continue = True, False
        self.headers["CONNECTION"] = "close"


class Channel(HTTPChannel):
    """One client. Its requests are whole in time, and it fetches its answers in time, or it goes."""

    parser_class = Request
    task_class = Answer

    def __init__(self, *arguments, **named):
        # Since when it keeps a place without a whole request: the start, or the end of the one before.
        self.waits_since = time.monotonic()
        self.began_at = self.fetches_since = self.lingers_until = None
        self.fetched, self.served, self.is_refused = 0, 0, False
        super().__init__(*arguments, **named)

    @property
    def is_waiting(self):
        return not self.requests and not self.total_outbufs_len

    def is_under_way(self, now):
        """Whether it is answered or sends, or came just now and has yet to say what for."""
        is_new = not self.served and now < self.waits_since + FIRST_WORDS_WITHIN
        return not self.is_waiting or self.request is not None or is_new

    def received(self, data):
        if self.request is None:
            self.began_at = time.monotonic()
        result = super().received(data)
        if self.requests:
            self.waits_since = time.monotonic()
            self.is_refused = any(request.is_refused for request in self.requests)
        return result

    def send(self, data, do_close=True):
        sent = super().send(data, do_close=do_close)
        self.fetched += sent
        return sent

    def is_late(self, now):
        """Whether what it sends should have been here by now, or what it fetches there."""
        if self.lingers_until is not None:
            return now > self.lingers_until
        return self._fetches_too_slowly(now) or self._sends_too_slowly(now)

    def _sends_too_slowly(self, now):
        if self.request is None or self.requests:
            return False
        if not self.request.headers_finished:
            return now > self.began_at + HEAD_WITHIN
        size = max(self.request.content_length, self.request.body_bytes_received)
        return now > self.began_at + BODY_WITHIN + size / LEAST_BYTES_A_SECOND

    def _fetches_too_slowly(self, now):
        if not self.total_outbufs_len:
            self.fetches_since = None
        elif self.fetches_since is None:
            self.fetches_since, self.fetched = now, 0
        elif now > self.fetches_since + ANSWER_WITHIN:
            is_too_slow = self.fetched < ANSWER_WITHIN * LEAST_BYTES_A_SECOND
            self.fetches_since = None
            return is_too_slow
        return False

    def readable(self):
        return self.lingers_until is not None or super().readable()

    def writable(self):
        return self.lingers_until is None and super().writable()

    def handle_read(self):
        if self.lingers_until is None:
            super().handle_read()
        elif not self._throws_away():
            self.handle_close()

    def handle_write(self):
        if self.close_when_flushed and self.is_refused:
            self._flush_exception(self._flush_some)
            if not self.total_outbufs_len and not self.will_close:
                self._linger()
                return
        super().handle_write()

    def _throws_away(self):
        try:
            return bool(self.recv(self.adj.recv_bytes))
        except OSError:
            return False

    def _linger(self):
        """A connection that is closed while the client still sends is broken off, and the refusal with it."""
        self.close_when_flushed = False
        self.lingers_until = time.monotonic() + LINGER_SECONDS
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.handle_close()


def _path(start):
    """The path in a request line, cut off or not."""
    words = start.lstrip().split(b" ", 2)
    return words[1].partition(b"?")[0].decode("latin-1") if len(words) > 1 else ""
