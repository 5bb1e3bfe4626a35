"""Logging: one line for a refused request, with path and reason; secrets in a path are left out."""

import logging
import logging.config
import re

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
_QUERY = re.compile(r"(/[^\s?]*\?)\S+")


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
