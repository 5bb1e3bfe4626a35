"""Entries that are probably the same: nearly the same name in one municipality, or the same website."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise, takewhile
from operator import eq
from urllib.parse import urlsplit

from django.utils.encoding import punycode

from registry.foundation.text import normalise

MAX_DISTANCE = 2
# A host where everybody has a page says nothing.
SHARED_HOSTS = {"facebook.com", "instagram.com", "linkedin.com", "meetup.com", "sites.google.com"}
SAYS_NOTHING = {"stichting", "vereniging", "st", "de", "het", "een", "van", "in", "en", "te", "voor"}
# Of a short word, two letters are half of it.
MIN_LENGTH = 8


class Known:
    """The entries to compare with: rows of (name, municipality code or None, website)."""

    def __init__(self, rows: Iterable[tuple[str, str | None, str]]) -> None:
        self._by_host: dict[str, str] = {}
        self._by_name: dict[tuple[str, str | None], str] = {}
        self._pieces: dict[tuple[str | None, int, int, str], set[str]] = defaultdict(set)
        self._by_words: dict[frozenset[str], str] = {}
        for row in rows:
            self.add(*row)

    def add(self, name: str, municipality: str | None, website: str) -> None:
        key = (normalise(name).strip(), municipality)
        if key[0]:
            self._by_name.setdefault(key, name)
            self._by_words.setdefault(_words(key[0]), name)
        if host := host_of(website):
            self._by_host.setdefault(host, name)
        for position, (_start, piece) in enumerate(_pieces(key[0])):
            self._pieces[municipality, len(key[0]), position, piece].add(key[0])

    def same(self, name: str, municipality: str | None, website: str) -> str | None:
        """The name of an entry with this name, these words or this website, or None."""
        wanted = normalise(name).strip()
        found = self._by_name.get((wanted, municipality)) or self._by_host.get(host_of(website) or "")
        # In another order, without "stichting", or with another municipality or none.
        return found or (self._by_words.get(_words(wanted)) if wanted else None)

    def like(self, name: str, municipality: str | None, website: str) -> str | None:
        """The name of an entry that is probably the same, or None."""
        wanted, found = normalise(name).strip(), self.same(name, municipality, website)
        if found or len(wanted) < MIN_LENGTH:
            return found
        for other in self._candidates(wanted, municipality):
            if within(wanted, other, MAX_DISTANCE):
                return self._by_name[other, municipality]
        return None

    def _candidates(self, wanted: str, municipality: str | None) -> list[str]:
        """Two slips cannot touch all of three pieces: one of them stands in the other name as it is, at most
        two letters further."""
        found = set()
        for length in range(len(wanted) - MAX_DISTANCE, len(wanted) + MAX_DISTANCE + 1):
            for position, (start, size) in enumerate(_cuts(length)):
                for shift in range(-MAX_DISTANCE, MAX_DISTANCE + 1):
                    piece = wanted[max(start + shift, 0) : start + shift + size]
                    found |= self._pieces.get((municipality, length, position, piece), set())
        return sorted(found)


def host_of(website: str | None) -> str | None:
    """The host of an address in one spelling, without www; None where it says nothing."""
    if not website:
        return None
    try:
        host = urlsplit(website if "://" in website else f"https://{website}").hostname or ""
        host = punycode(host.rstrip(".")).lower().removeprefix("www.")
    except ValueError:  # no address at all
        return None
    return None if host in SHARED_HOSTS or not host else host


def within(one: str, other: str, most: int) -> bool:
    """Whether at most ``most`` (a few) letters were added, left out or changed between the two."""
    if abs(len(one) - len(other)) > most:
        return False
    alike = sum(1 for _ in takewhile(bool, map(eq, one, other)))
    one, other = one[alike:], other[alike:]
    if not (one and other):
        return True
    return most > 0 and any(
        within(one[left:], other[right:], most - 1) for left, right in ((1, 1), (1, 0), (0, 1))
    )


def _words(name: str) -> frozenset[str]:
    """The words that tell one name from another."""
    words = frozenset(name.split())
    return words - SAYS_NOTHING or words


def _cuts(length: int) -> list[tuple[int, int]]:
    """(start, size) of the three pieces of a name of this length."""
    starts = [length * part // (MAX_DISTANCE + 1) for part in range(MAX_DISTANCE + 2)]
    return [(start, end - start) for start, end in pairwise(starts)]


def _pieces(name: str) -> list[tuple[int, str]]:
    return [(start, name[start : start + size]) for start, size in _cuts(len(name))]
