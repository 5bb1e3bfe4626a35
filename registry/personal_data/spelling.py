"""Regular expressions that find an e-mail address, a telephone number or a name in a text, in any usual spelling."""

import html
import json
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote

LEAST_DIGITS = 8  # of a telephone number: fewer can be any number
WHOLE = 10  # digits of a Dutch number with its first 0
_BLANKS = "\\s\u00a0\u2007\u202f"
_BETWEEN = f"[{_BLANKS}\\-_\u2010\u2011\u2012\u2013\u2014\u2212()./]{{0,3}}"
_APOSTROPHES = "'’‘\u02bc\u00b4`"
# Signs that can stand before an address as well as in it: which of the two, what stands before them tells.
_BEFORE = re.compile(r"(?:^|[^\w.'’+-]|%(?!27|2b|2d|2e|5f)[0-9a-f]{2})[._'’+-]*$", re.IGNORECASE)
_LOOK_BACK = 80


@dataclass(frozen=True)
class Spellings:
    """All that one person can be written as: expressions without what may not stand around them."""

    addresses: tuple
    numbers: tuple
    names: tuple

    @property
    def pattern(self):
        # A number not in a longer one, nor behind the letters of a bank; a name not as a part of a longer one.
        kinds = (
            (self.addresses, r"(?P<mail>", r"(?![^\W_]|[.-][^\W_]))"),
            (self.numbers, r"(?<!\d)(?<!\d[A-Za-z]{4})", r"(?!\d)"),
            (self.names, r"(?<![^\W_])(?<!-)", r"(?![^\W_]|-\w)"),
        )
        alternatives = [
            f"{before}(?:{'|'.join(spellings)}){after}" for spellings, before, after in kinds if spellings
        ]
        return re.compile("|".join(alternatives) or "(?!)", re.IGNORECASE)

    @property
    def for_database(self):
        """What finds at least the rows in which one stands: not every database knows what stands around it."""
        return "|".join([*self.addresses, *self.numbers, *self.names])


def is_whole(match):
    """Not the end of a longer address, of somebody else: o'an@x.nl is not an@x.nl."""
    if match.lastgroup != "mail":
        return True
    return bool(_BEFORE.search(match.string[max(0, match.start() - _LOOK_BACK) : match.start()]))


def of_address(address):
    """Its spellings: also with the host in its own letters."""
    yield _written(address)
    local, _at, host = address.rpartition("@")
    try:
        readable = host.encode().decode("idna")
    except UnicodeError:
        return
    if readable != host:
        yield _written(f"{local}@{readable}")


def numbers_in(text):
    """What of this is a telephone number, with a 0 before what is Dutch and a + before another country."""
    numbers = []
    for plus, group in re.findall(r"(\+?)([0-9]+)", text):
        if plus or not numbers or _is_full(numbers[-1], group):
            numbers.append("")
        numbers[-1] += plus + group
    return {_canonical(number) for number in numbers if len(number.lstrip("+")) >= LEAST_DIGITS}


def _is_full(number, group):
    """Whether the next digits begin another number."""
    digits = len(number.lstrip("+"))
    if number.startswith(("+31", "31")):
        return digits >= WHOLE + 1
    if number.startswith("0031"):
        return digits >= WHOLE + 3
    if number.startswith("0") and not number.startswith("00"):
        return digits >= WHOLE
    return digits > LEAST_DIGITS and group.startswith("0")


def _canonical(number):
    if number.startswith("00"):
        number = f"+{number[2:]}"
    elif number.startswith("31") and len(number) > WHOLE:
        number = f"+{number}"
    return f"0{number[3:].lstrip('0')}" if number.startswith("+31") else number


def of_number(number):
    """However it is written: 0612345678, 06 - 12 34 56 78, +31 6 12345678; of another country with or without 00."""
    if number.startswith("+"):
        return rf"(?:\+|00)?{_BETWEEN.join(number[1:])}"
    if number.startswith("0"):
        start = rf"(?:(?:\+|00)?31{_BETWEEN}\(?0?\)?|\(?0)"
        return f"{start}{_BETWEEN}{_BETWEEN.join(number[1:])}"
    return _BETWEEN.join(number)


def of_name(name):
    """However it is written, when it has two words or more: one word can be any word."""
    words = name.split()
    space = rf"(?:[{_BLANKS}]|&nbsp;|\+|%20)+"
    return [space.join(map(_written, words))] if len(words) > 1 else []


def _written(text):
    """Plain, as HTML, in JSON or in the address of a page."""
    return "".join(map(_sign, text))


def _sign(sign):
    if sign.isascii() and sign.isalnum():
        return sign
    if sign in _APOSTROPHES:
        forms = {
            *_APOSTROPHES,
            "&#x27;",
            "&#39;",
            "&rsquo;",
            "&lsquo;",
            "&apos;",
            r"\u2019",
            "%27",
            "%E2%80%99",
        }
    else:
        forms = {sign, html.escape(sign), json.dumps(sign)[1:-1], quote(sign, safe=""), f"&#{ord(sign)};"}
        forms |= {unicodedata.normalize(form, sign) for form in ("NFC", "NFD")}
    escaped = sorted(map(re.escape, forms), key=lambda form: (-len(form), form))
    return f"(?:{'|'.join(escaped)})"
