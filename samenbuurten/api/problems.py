"""Every error as application/problem+json (RFC 9457), in Dutch, with all that is wrong at once."""

from http import HTTPStatus

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from rest_framework import exceptions

MEDIA_TYPE = "application/problem+json"
# Status: what it is called, and what to do about it.
WORDS = {
    400: ("De vraag klopt niet", "Bekijk de vraag die u stuurde en de documentatie op /api/."),
    401: ("De sleutel klopt niet", "Stuur een geldige sleutel mee als ‘Authorization: Bearer …’, of geen."),
    403: ("Dit mag niet met deze sleutel", "Vraag de provincie om een sleutel die dit mag."),
    404: ("Niet gevonden", "Op dit adres staat niets. Op /api/v1 staat wat er wel is."),
    405: ("Dit kan hier niet", "Met deze methode kan dit adres niet worden gevraagd; gebruik GET."),
    406: ("Deze vorm is er niet", "Vraag in de kop Accept om een vorm die in de documentatie staat."),
    410: ("Ingetrokken", "Wat hier stond, is ingetrokken. Op de pagina op de site staat waarom."),
    413: ("Te groot", "De API is om te lezen: stuur geen inhoud mee."),
    415: ("Deze vorm lezen wij niet", "De API is om te lezen: stuur geen inhoud mee."),
    429: ("Te veel vragen", "Wacht tot de tijd in Retry-After voorbij is. Met een sleutel mag u meer."),
    503: ("Nu even niet", "Stuur dezelfde vraag nog eens na de tijd in Retry-After."),
    500: ("Er ging iets mis", "Dit ligt aan ons. Probeer het later nog eens."),
}


def problem(status, detail="", *, invalid=(), headers=None):
    """The response. ``invalid``: pairs of a parameter and what is wrong with it."""
    title, usual = WORDS.get(status) or (HTTPStatus(status).phrase, "De vraag kon niet worden beantwoord.")
    body = {"type": "about:blank", "status": status, "title": title, "detail": detail or usual}
    if invalid:
        body["invalidParams"] = [{"name": name, "reason": reason} for name, reason in invalid]
    response = HttpResponse(orjson.dumps(body), status=status, content_type=MEDIA_TYPE, headers=headers)
    # The middleware logs nothing more about what was answered on purpose.
    response._has_been_logged = True
    return response


def handle(exception, context):
    """The exception handler of every view; None for what is a fault of ours."""
    if isinstance(exception, Http404):
        return problem(404)
    if isinstance(exception, PermissionDenied):
        return problem(403)
    if not isinstance(exception, exceptions.APIException):
        return None
    headers = {}
    if challenge := getattr(exception, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(exception, exceptions.ValidationError):
        invalid = list(_flat(exception.detail))
        names = ", ".join(dict.fromkeys(name for name, _reason in invalid))
        return problem(400, f"Dit klopt niet: {names}.", invalid=invalid, headers=headers)
    # What Django REST framework says about the rest is technical; what we say is above.
    own = exception.detail if isinstance(exception, exceptions.PermissionDenied) else ""
    return problem(
        exception.status_code, str(own) if own != exception.default_detail else "", headers=headers
    )


def _flat(detail):
    named = detail.items() if isinstance(detail, dict) else [("vraag", detail)]
    for name, reasons in named:
        for reason in reasons if isinstance(reasons, list) else [reasons]:
            yield name, str(reason)
