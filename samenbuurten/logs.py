"""Logging: one line for a refused request, with path and reason; secrets in a path and addresses of people are left out.
Lines for people, or JSON (LOG_FORMAT); letters about errors to ERRORS_TO, with no word of what was said or sent."""

import json
import logging
import logging.config
import queue
import re
import socket
import threading
import time
import traceback
from datetime import UTC, datetime

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http.multipartparser import MultiPartParserError

REFUSALS = (SuspiciousOperation, PermissionDenied, BadRequest, MultiPartParserError)
LONGEST, SHORTEST = 300, 8
# What follows these in a path lets somebody in, or shows what is not public yet. A test walks all routes.
SECRET_AFTER = (
    "/bevestigen/",
    "/volgen/stoppen/",
    "/stoppen/",
    "/account/confirm-email/",
    "/account/password/reset/key/",
    "/enquete/voorbeeld/",
)
# Of a parameter of a route: named so because anybody may see it.
PUBLIC_PARAMETERS = frozenset(
    "slug code kind name id pk number object_id app_label url content_type_id history_id version_id".split()
)
# Django also says the part of a path that a list of routes was asked for.
_PREFIX = "|".join(start.removeprefix("/").removeprefix("account/") for start in SECRET_AFTER)
_WHOLE = re.compile(rf"\A((?:https?://)?[^\s?]*(?:{_PREFIX})).+", re.IGNORECASE | re.DOTALL)
_WITHIN = re.compile(rf"({_PREFIX})\S+", re.IGNORECASE)
# Both begin where a word begins and nowhere else: a long word without what they look for is read once, not from each
# of its letters.
_QUERY = re.compile(r"(?<![^\s?])([^\s?/]*/[^\s?]*\?)\S+")
_MAILBOX = re.compile(r"(?<![^\s<>\"'(),:;=\[\]])[^\s<>\"'(),:;=\[\]]+@[^\s<>\"'(),:;=\[\]]+")
# What PostgreSQL says of a row: its values.
_DETAIL = re.compile(r"^(DETAIL: ).*$", re.MULTILINE)
MOST_LETTERS, HOUR = 20, 3600  # letters about errors in an hour, one for each kind


def configure(config):
    """For LOGGING_CONFIG. The factory is for every logger and every handler, those of other packages too."""
    logging.setLogRecordFactory(Record)
    logging.config.dictConfig(config)


class Record(logging.LogRecord):
    """Says of a path that holds a secret only which route it is, in its message and in its traceback."""

    def getMessage(self):
        args = self.args
        try:
            if isinstance(args, tuple):
                self.args = tuple(_without_path(argument) for argument in args)
            message = super().getMessage()
        finally:
            self.args = args
        return self._told(message)

    # A formatter keeps the traceback here, and asks for it here.
    @property
    def exc_text(self):
        return self._traceback and self._told(self._traceback)

    @exc_text.setter
    def exc_text(self, text):
        self._traceback = text

    def _told(self, text):
        text = _QUERY.sub(r"\1…", _WITHIN.sub(r"\1…", text))
        text = _DETAIL.sub(r"\1…", _MAILBOX.sub("…@…", text))
        for secret in _secrets_of(getattr(self, "request", None)):
            text = text.replace(secret, "…")
        return text


def _without_path(value):
    """An argument that is a path as a whole may hold white space."""
    return _WHOLE.sub(r"\1…", value) if isinstance(value, str) else value


def _secrets_of(request):
    match = getattr(request, "resolver_match", None)
    if match is None or not request.path_info.startswith(SECRET_AFTER):
        return []
    return [value for value in map(str, match.kwargs.values()) if len(value) >= SHORTEST]


class RefusedInOneLine(logging.Filter):
    """No traceback of a 400 or a 403: nothing went wrong. What Django says twice of it is said once."""

    def filter(self, record):
        request, error = getattr(record, "request", None), record.exc_info and record.exc_info[1]
        if isinstance(error, REFUSALS):
            record.exc_info = record.exc_text = None
        if record.name.startswith("django.security.") and isinstance(error, SuspiciousOperation):
            line = record.getMessage(), getattr(request, "path", "")
            record.msg, record.args = "%s: %s", tuple(_printable(text)[:LONGEST] for text in line)
            if request is not None:
                request.is_refusal_logged = True
            return True
        is_again = record.name == "django.request" and getattr(request, "is_refusal_logged", False)
        return not (is_again and getattr(record, "status_code", 0) == 400)


def _printable(text):
    """What somebody typed cannot begin a line of its own."""
    return text.encode("unicode_escape").decode("ascii")


class AsJson(logging.Formatter):
    """One JSON object on one line for each record."""

    def format(self, record):
        request = getattr(record, "request", None)
        match = getattr(request, "resolver_match", None)
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            "route": match and match.view_name,
            "status": getattr(record, "status_code", None),
        }
        if record.exc_info:
            record.exc_text = record.exc_text or self.formatException(record.exc_info)
            line["trace"] = record.exc_text
        return json.dumps(
            {name: value for name, value in line.items() if value is not None}, ensure_ascii=False
        )


class ErrorLetters(logging.Handler):
    """A letter for each kind of error, at most one an hour: where it was, and no word of what was said or sent.

    They leave from a thread of their own, past the queue, which may be what is broken.
    """

    def __init__(self):
        super().__init__()
        self.sent, self.waiting, self.sender = {}, queue.SimpleQueue(), None

    def emit(self, record):
        kind, places = _kind_of(record), _places_of(record)
        now, key = time.time(), (kind, *places[-1:])
        self.sent = {known: moment for known, moment in self.sent.items() if now - HOUR < moment <= now}
        if key in self.sent or len(self.sent) >= MOST_LETTERS:
            return
        self.sent[key] = now
        match = getattr(getattr(record, "request", None), "resolver_match", None)
        about = [f"{record.levelname} {record.name}", kind, f"route: {match.view_name if match else '-'}"]
        self.waiting.put((kind, "\n".join([*about, f"machine: {socket.gethostname()}", "", *places])))
        if self.sender is None or not self.sender.is_alive():
            self.sender = threading.Thread(target=self._send, daemon=True)
            self.sender.start()

    def _send(self):
        from django.conf import settings  # noqa: PLC0415  logging is there before the settings are
        from django.core.mail import EmailMessage, get_connection  # noqa: PLC0415

        while True:
            try:
                kind, text = self.waiting.get(timeout=1)
            except queue.Empty:
                return
            letter = EmailMessage(
                f"Samen Buurten: {kind}", text, settings.DEFAULT_FROM_EMAIL, settings.ERRORS_TO
            )
            letter.connection = get_connection(settings.POST_OFFICE["BACKENDS"]["default"])
            try:
                letter.send()
            except Exception as error:  # noqa: BLE001  to log it as an error would ask for a letter
                logging.getLogger(__name__).warning(
                    "A letter about an error did not leave: %s.", type(error).__name__
                )


def _kind_of(record):
    """The class of the error, else the place that logged: never its words."""
    return (
        record.exc_info[0].__name__
        if record.exc_info and record.exc_info[0]
        else f"{record.module}:{record.lineno}"
    )


def _places_of(record):
    if not record.exc_info:
        return [f"{record.pathname}:{record.lineno} {record.funcName}"]
    frames = traceback.extract_tb(record.exc_info[2])
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
