"""What the API and HSDS read from a request in the same way."""


def base_of(request):
    """Scheme and host as they were asked for."""
    return f"{request.scheme}://{request.get_host()}"


def wrong_names(given, known, repeatable=()):
    """Errors by name: of each that is not among ``known``, and of each given twice that is not ``repeatable``."""
    errors = {}
    for name in given:
        if name not in known:
            errors[name] = ["Deze parameter bestaat niet. Wel: " + ", ".join(known) + "."]
        elif len(given.getlist(name)) > 1 and name not in repeatable:
            errors[name] = ["Geef deze parameter één keer."]
    return errors
