"""What the API and HSDS read from a request in the same way."""

from collections.abc import Collection

from django.http import HttpRequest, QueryDict


def base_of(request: HttpRequest) -> str:
    """Scheme and host as they were asked for."""
    return f"{request.scheme}://{request.get_host()}"


def wrong_names(
    given: QueryDict, known: Collection[str], repeatable: Collection[str] = ()
) -> dict[str, list[str]]:
    """Errors by name: of each that is not among ``known``, and of each given twice that is not ``repeatable``."""
    errors = {}
    for name in given:
        if name not in known:
            errors[name] = ["Deze parameter bestaat niet. Wel: " + ", ".join(known) + "."]
        elif len(given.getlist(name)) > 1 and name not in repeatable:
            errors[name] = ["Geef deze parameter één keer."]
    return errors
