"""Plain makers of test data: each gives the least that is valid, and takes the rest as it is told."""

import time
from itertools import count

from django.contrib.auth.models import Group
from django.core import signing

from registry.models import (
    Bottleneck,
    Case,
    Initiative,
    Level,
    Link,
    Municipality,
    Organisation,
    Ownership,
    Place,
    Source,
    Status,
    Term,
    User,
    Wording,
)

_numbers = count(1)
LEVELS = ["maatschappelijk", "bestuurlijk", "professioneel", "relationeel"]
MUNICIPALITIES = {"GM0995": "Lelystad", "GM0034": "Almere", "GM0184": "Urk"}


def municipality(code="GM0995", **fields):
    given = {"name": MUNICIPALITIES.get(code, code), "longitude": "5.5", "latitude": "52.5"} | fields
    return Municipality.objects.get_or_create(code=code, defaults=given)[0]


def place(name="Almere Haven", *, code="GM0034", **fields):
    given = {"slug": name.lower().replace(" ", "-"), "municipality": municipality(code)} | fields
    return Place.objects.get_or_create(name=name, defaults=given)[0]


def level(slug="relationeel"):
    given = {
        "letter": slug[0].upper(),
        "name": slug.capitalize(),
        "subtitle": "Samenwerking",
        "question": "Waar knelt het?",
        "theory_factor": "Factor",
        "position": LEVELS.index(slug) + 1,
    }
    return Level.objects.get_or_create(slug=slug, defaults=given)[0]


def bottleneck(code="R1", *, statement="Er wordt te weinig geluisterd.", **fields):
    of = next(slug for slug in LEVELS if slug[0].upper() == code[0])
    given = {"level": level(of), "number": int(code[1:]), "status": Bottleneck.Status.ACTIVE} | fields
    made = Bottleneck.objects.create(code=code, **given)
    if statement:
        Wording.objects.create(bottleneck=made, text=statement)
    return Bottleneck.objects.get(pk=code)


def organisation(**fields):
    number = next(_numbers)
    return Organisation.objects.create(
        **{"name": f"Organisatie {number}", "slug": f"organisatie-{number}"} | fields
    )


def initiative(name=None, *, status=Status.PUBLISHED, **fields):
    number = next(_numbers)
    given = {"name": name or f"Initiatief {number}", "slug": f"initiatief-{number}"} | fields
    return Initiative.objects.create(status=status, **given)


def link(initiative, bottleneck, role=Link.Role.TACKLES, **fields):
    return Link.objects.create(initiative=initiative, bottleneck=bottleneck, role=role, **fields)


def case(title=None, *, status=Status.PUBLISHED, **fields):
    number = next(_numbers)
    return Case.objects.create(
        **{"title": title or f"Casus {number}", "slug": f"casus-{number}", "status": status} | fields
    )


def term(word="opbouwwerker", *, equal=("buurtverbinder",), **fields):
    given = {"slug": word.replace(" ", "-")[:50], "equal_words": "\n".join(equal)} | fields
    return Term.objects.create(word=word, **given)


def source(citation="McLeroy et al., 1988", **fields):
    return Source.objects.create(**{"citation": citation, "slug": f"bron-{next(_numbers)}"} | fields)


def person(email=None, *, role=None, **fields):
    """An account; with ``role`` a member of staff in that group."""
    made = User.objects.create_user(
        email or f"persoon{next(_numbers)}@voorbeeld.nl",
        "een-lang-wachtwoord",
        **{"is_staff": bool(role)} | fields,
    )
    if role:
        made.groups.add(Group.objects.get(name=role))
    return made


def owner(initiative, email=None):
    """Somebody who keeps the page of this initiative."""
    made = person(email)
    Ownership.objects.create(initiative=initiative, user=made)
    return made


def typed(**fields):
    """What a guarded form sends when somebody took a minute to fill it in."""
    return {"begonnen": signing.dumps(int(time.time()) - 60, salt="registry.forms"), "bijnaam": ""} | fields
