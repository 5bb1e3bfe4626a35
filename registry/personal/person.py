"""Who somebody is to the database: every address they had here, their telephone numbers, and what they are called."""

import html
import json
import re
from dataclasses import dataclass, field
from urllib.parse import quote, quote_plus

from allauth.account.models import EmailAddress
from django.db.models import Q

from registry import proofs
from registry.models import Initiative, User
from registry.models.mailbox import as_mailed

GONE = "(verwijderd)"
LEAST_DIGITS = 8  # of a telephone number: fewer can be any number


@dataclass(frozen=True)
class Person:
    """``names``: of the account; ``contact_names``: as they stand with ``pages``, where they are or were the contact."""

    addresses: frozenset
    phones: frozenset
    names: frozenset
    contact_names: frozenset
    pages: frozenset
    pattern: re.Pattern = field(init=False, compare=False)
    wide: re.Pattern = field(init=False, compare=False)

    def __post_init__(self):
        object.__setattr__(self, "pattern", self._pattern(self.names))
        object.__setattr__(self, "wide", self._pattern(self.names | self.contact_names))

    def _pattern(self, names):
        parts = [*self._addresses(), *map(_phone, sorted(self.phones)), *_names(names)]
        return re.compile(rf"(?<![\w.+-])(?:{'|'.join(parts)})(?![\w-])", re.IGNORECASE)

    def _addresses(self):
        for one in sorted(self.addresses, key=len, reverse=True):
            yield from {re.escape(written) for written in (one, quote(one), html.escape(one))}

    def without(self, text, *, on_page):
        """The text with this person taken out of it."""
        return (self.wide if on_page else self.pattern).sub(GONE, text)

    def database_pattern(self, *, on_page):
        """What finds at least the rows with something to take out, in SQL."""
        return (
            (self.wide if on_page else self.pattern)
            .pattern.removeprefix(r"(?<![\w.+-])")
            .removesuffix(r"(?![\w-])")
        )


def person_of(user):
    addresses = addresses_of(user)
    names = _not_empty(user.name, *User.history.filter(id=user.pk).values_list("name", flat=True))
    owned = set(user.ownerships.values_list("initiative", flat=True))
    rows = contact_rows(Initiative.objects.all(), "id", addresses, names, owned)
    old = contact_rows(Initiative.history.all(), "id", addresses, names, owned)
    known = [*rows.values_list("id", *_CONTACT), *old.values_list("id", *_CONTACT)]
    return Person(
        addresses=frozenset(addresses),
        phones=frozenset(_not_empty(*(phone for _pk, _name, phone in known))),
        names=frozenset(names),
        contact_names=frozenset(_not_empty(*(name for _pk, name, _phone in known))),
        pages=frozenset({pk for pk, _name, _phone in known} | owned),
    )


_CONTACT = ("contact_name", "contact_phone")


def contact_rows(rows, key, addresses, names, owned):
    """The rows of initiatives, or of their history, of which this person is or was the contact: by address, or on a
    page of their own by name when no other address stands there."""
    by_name = Q(contact_email="", contact_name__in=names, **{f"{key}__in": owned})
    return rows.filter(Q(contact_email__in=addresses) | by_name)


def addresses_of(user):
    """Every address that this person had here, but for what is the address of somebody else by now."""
    had = {*proofs.addresses_of(user), *User.history.filter(id=user.pk).values_list("email", flat=True)}
    had = {as_mailed(email) for email in had if email}
    others = set(User.objects.exclude(pk=user.pk).filter(email__in=had).values_list("email", flat=True))
    proven = EmailAddress.objects.exclude(user=user).filter(email__in=had, verified=True)
    return had - others - set(proven.values_list("email", flat=True))


def _not_empty(*values):
    return {value for value in values if value}


def _phone(number):
    """However it is written: 0612345678, 06 - 12 34 56 78, +31 6 12345678."""
    digits = re.sub(r"\D", "", number)
    if len(digits) < LEAST_DIGITS:
        return re.escape(number)
    core = digits.removeprefix("0031").removeprefix("31") if not digits.startswith("06") else digits
    core = core.lstrip("0")
    between = r"[ ().-]*"
    return rf"(?:\+?(?:00)?31{between}\(?0?\)?|0){between}{between.join(core)}"


def _names(names):
    """Names of two words or more: one word can be any word."""
    for name in sorted(names, key=len, reverse=True):
        words = name.split()
        if len(words) < 2:
            continue
        spaced = r"\s+"
        yield from {
            spaced.join(map(re.escape, words)),
            spaced.join(re.escape(html.escape(word)) for word in words),
            spaced.join(re.escape(json.dumps(word)[1:-1]) for word in words),
            re.escape(quote_plus(name)),
            re.escape(quote(name)),
        }
