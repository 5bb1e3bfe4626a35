"""What the log says of a request that is refused: one line, with the path and the reason."""

import logging

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.http.multipartparser import MultiPartParserError

REFUSALS = (SuspiciousOperation, PermissionDenied, BadRequest, MultiPartParserError)
LONGEST = 300


class RefusedInOneLine(logging.Filter):
    """No traceback of a 400 or a 403: nothing went wrong. What Django says twice of it is said once."""

    def filter(self, record):
        request, error = getattr(record, "request", None), record.exc_info and record.exc_info[1]
        if isinstance(error, REFUSALS):
            record.exc_info = record.exc_text = None
        if record.name.startswith("django.security.") and isinstance(error, SuspiciousOperation):
            told = record.getMessage(), getattr(request, "path", "")
            record.msg, record.args = "%s: %s", tuple(_printable(text)[:LONGEST] for text in told)
            if request is not None:
                request.is_refusal_logged = True
            return True
        is_again = record.name == "django.request" and getattr(request, "is_refusal_logged", False)
        return not (is_again and getattr(record, "status_code", 0) == 400)


def _printable(text):
    """What somebody typed cannot begin a line of its own."""
    return text.encode("unicode_escape").decode("ascii")
