"""By what one person is found in the database: all addresses of the account, telephone numbers and names."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property

from allauth.account.models import EmailAddress
from django.db.models import Q

from registry.mail import verification
from registry.models import Initiative, User
from registry.models.fields.mailbox import as_mailed
from registry.personal_data import spelling
from registry.personal_data.contacts import Contacts, contacts_of

GONE = "(verwijderd)"


@dataclass(frozen=True)
class Known:
    """What to look for: addresses, numbers and names."""

    addresses: frozenset
    phones: frozenset
    names: frozenset

    @cached_property
    def spellings(self):
        return spelling.Spellings(
            tuple(
                text for address in _longest_first(self.addresses) for text in spelling.of_address(address)
            ),
            tuple(map(spelling.of_number, _longest_first(self.phones))),
            tuple(text for name in _longest_first(self.names) for text in spelling.of_name(name)),
        )

    @cached_property
    def pattern(self):
        return self.spellings.pattern

    def is_in(self, text):
        return any(map(spelling.is_whole, self.pattern.finditer(text)))

    def without(self, text):
        """The text with this person taken out of it."""
        return self.pattern.sub(lambda match: GONE if spelling.is_whole(match) else match[0], text)


@dataclass(frozen=True)
class Person:
    """``names``: of the account; ``contact_names``: as they stand with ``pages``, where they are or were the contact;
    ``others``: {page: (names, phones)} that are there of a contact who is somebody else, and stay."""

    addresses: frozenset
    phones: frozenset
    names: frozenset
    contact_names: frozenset
    contacts: Contacts = field(compare=False)
    others: dict = field(compare=False)

    @property
    def pages(self):
        return self.contacts.pages

    def traits(self, *, on_page, besides=(frozenset(), frozenset())):
        names, phones = besides
        called = self.names | self.contact_names if on_page else self.names
        return Known(self.addresses, self.phones - phones, called - names)

    def but_for(self, *values):
        """The same, of whom these names and numbers are not looked for."""
        values = frozenset(values)
        return replace(
            self,
            phones=self.phones - values,
            names=self.names - values,
            contact_names=self.contact_names - values,
        )


def person_of(user):
    addresses = addresses_of(user)
    names = _not_empty(user.name, *User.history.filter(id=user.pk).values_list("name", flat=True))
    contacts = contacts_of(user, addresses, names)
    called = _not_empty(*(name for names_there in contacts.names.values() for name in names_there))
    typed = _not_empty(*(phone for phones_there in contacts.phones.values() for phone in phones_there))
    phones = {number for phone in typed for number in spelling.numbers_in(phone)}
    return Person(
        addresses=frozenset(addresses),
        phones=frozenset(phones),
        names=frozenset(names),
        contact_names=frozenset(called),
        contacts=contacts,
        others=_others(names | called, phones, contacts.now),
    )


def _others(names, phones, theirs):
    clues_by_page = defaultdict(lambda: (frozenset(), frozenset()))
    spelled = {name: Known(frozenset(), frozenset(), frozenset({name})) for name in names}
    rows = Initiative.objects.filter(Q(contact_name__gt="") | Q(contact_phone__gt="")).order_by()
    for page, name, phone in rows.values_list("pk", "contact_name", "contact_phone"):
        same = {key for key, other in spelled.items() if other.is_in(name)}
        numbers = phones & spelling.numbers_in(phone)
        if page not in theirs and (same or numbers):
            clues_by_page[page] = frozenset(same), frozenset(numbers)
    return dict(clues_by_page)


def addresses_of(user):
    """Every address that this person had here, but for what is the address of somebody else by now."""
    had = {*verification.addresses_of(user), *User.history.filter(id=user.pk).values_list("email", flat=True)}
    had = {as_mailed(email) for email in had if email}
    others = set(User.objects.exclude(pk=user.pk).filter(email__in=had).values_list("email", flat=True))
    proven = EmailAddress.objects.exclude(user=user).filter(email__in=had, verified=True)
    return had - others - set(proven.values_list("email", flat=True))


def _not_empty(*values):
    return {value for value in values if value}


def _longest_first(values):
    return sorted(values, key=lambda value: (-len(value), value))
