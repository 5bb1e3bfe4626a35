"""A letter is words with blanks: how they are checked, and how they are filled in.

Nothing is run: ``{{ naam }}`` is replaced by a value, once, and whatever else looks like a command is refused. Which
letters there are, and the blanks of each, stands in kinds.py.
"""

import re
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from registry.foundation.text import clean_text

_BLANK = re.compile(r"(?<!\{)\{\{[ \t]*(\w+)[ \t]*\}\}(?!\})")
# What belongs to a blank or a command and is none: named up to where it ends, or to the end of its line.
_ODD = re.compile(r"\{+[{%#].*?(?:[}%#]\}+|$)|[}%#]\}+|\{[^{}\n]{0,60}\}?|\}", re.MULTILINE)
# What a program that shows mail makes a link of by itself: a scheme, and the dot of a host.
_SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]*:/+", re.IGNORECASE)
_DOT = re.compile(r"(?<=[^\s.．。｡])[.．。｡](?=[^\W\d_]{2})|(?<=\d)[.](?=\d{1,3}[.]\d{1,3}[.]\d{1,3}\b)")
# What may stand against a code or a link, before and behind it; nothing too.
_OPENS, _CLOSES = ("", *"(:‘“\"'"), ("", *").,;:!?’”\"'")
LONGEST_SUBJECT, LONGEST_TEXT = 200, 10_000
MOST_NAMED = 10  # mistakes of one kind
LONGEST_INLINE = 200  # of the words of a stranger in a sentence of ours
# How a line of a letter that was filled in begins, when it is more than a sentence. frame.py reads these.
CODE, BUTTON, QUOTE = "    ", "→ ", "> "


@dataclass(frozen=True)
class Blank:
    SITE: ClassVar = "https://voorbeeld.nl"  # as it stands in examples

    name: str
    what: str
    example: str

    @property
    def written(self):
        return f"{{{{ {self.name} }}}}"


class Ours(str):
    """A value in words of ours, for a blank that can also be filled in with those of a stranger."""


def mistakes_in_subject(kind, subject):
    """Why this cannot stand above the letter, in words; an empty list when it can."""
    if len(subject) > LONGEST_SUBJECT:
        return [_("Dit onderwerp is te lang. Ten hoogste %d tekens.") % LONGEST_SUBJECT]
    mistakes = mistakes_in(subject, kind.subject_blanks)
    if not clean_text(subject, one_line=True).strip():
        mistakes.append(_("Vul een onderwerp in."))
    if len(subject.strip().splitlines()) > 1 or any(ord(sign) < 32 for sign in subject.strip()):
        mistakes.append(_("Schrijf het onderwerp op één regel."))
    return mistakes


def mistakes_in_text(kind, text):
    """Why this cannot be the letter, in words; an empty list when it can."""
    if len(text.replace("\r\n", "\n")) > LONGEST_TEXT:
        return [_("Deze tekst is te lang. Ten hoogste 10.000 tekens.")]
    mistakes = mistakes_in(text, kind.all_blanks)
    used = {blank[1] for blank in _BLANK.finditer(text)}
    for group in kind.needed:
        if not used & {blank.name for blank in group}:
            mistakes.append(
                _("In deze brief moet %(word)s staan: %(what)s. Zonder kan de lezer er niets mee.")
                % {"word": written(group), "what": _(" of ").join(str(blank.what) for blank in group)}
            )
    if not text.strip():
        mistakes.append(_("Vul een tekst in."))
    return mistakes


def written(group):
    return _(" of ").join(blank.written for blank in group)


def mistakes_in(text, blanks):
    """What in the text is none of these blanks, in words; an empty list when it can be filled in."""
    allowed = {blank.name for blank in blanks}
    unknown = [match[0] for match in _BLANK.finditer(text) if match[1] not in allowed]
    unknown += [match[0] for match in _ODD.finditer(_BLANK.sub("", text))]
    if not unknown:
        return []
    written = " ".join(blank.written for blank in blanks)
    return [
        _("‘%(word)s’ kan hier niet. U kunt gebruiken: %(allowed)s.") % {"word": word, "allowed": written}
        for word in list(dict.fromkeys(unknown))[:MOST_NAMED]
    ]


def glued_to_text(text, names):
    """Which of these blanks have a sign against them that would become part of what is filled in."""
    for blank in _BLANK.finditer(text):
        before, after = text[: blank.start()][-1:].strip(), text[blank.end() :][:1].strip()
        if blank[1] in names and (before not in _OPENS or after not in _CLOSES):
            yield blank[1]


def without_blanks(text):
    """With an x for each sign of a blank, so that all else stands where it stood."""
    return _BLANK.sub(lambda match: "x" * len(match[0]), text)


def fill(text, values, *, strangers=(), site=""):
    """The text with its blanks filled in: a value is text, whatever is in it. A line of nothing but empty blanks
    goes, with the white line after it.

    What stands alone on its line is set apart: a code, a link to a page of ``site``, the words of ``strangers``.
    """
    lines, skips_white = [], False
    for line in text.splitlines():
        filled = _fill_line(line, values, strangers, site)
        if line.strip() and not filled.strip():
            skips_white = True
        elif filled.strip() or not skips_white:
            lines.append(filled)
            skips_white = False
        else:
            skips_white = False
    return "\n".join(lines).strip("\n")


def _fill_line(line, values, strangers, site):
    alone = _BLANK.fullmatch(line.strip())
    if alone is None:
        return _BLANK.sub(lambda match: _within(match[1], values, strangers), line)
    name, value = alone[1], values.get(alone[1], "")
    if not str(value).strip():
        return ""
    if name in strangers and not isinstance(value, Ours):
        return quoted(str(value))
    value = str(value)
    if name == "code":
        return f"{CODE}{value}"
    is_page = name == "adres" and site and value.startswith(f"{site}/")
    return f"{BUTTON}{value}" if is_page else value


def quoted(words):
    """Words of somebody else, set apart from ours."""
    return "\n".join(f"{QUOTE}{line}".rstrip() for line in dead(words).splitlines())


def _within(name, values, strangers):
    value = values.get(name, "")
    if name not in strangers or isinstance(value, Ours) or not str(value).strip():
        return str(value)
    words = dead(clean_text(str(value), one_line=True)).translate({ord("‘"): "'", ord("’"): "'"})
    return f"‘{words if len(words) <= LONGEST_INLINE else words[: LONGEST_INLINE - 1] + '…'}’"


def dead(words):
    """Words of somebody else, of which no program makes a link: ``https://evil.example/x`` gives
    ``evil[.]example/x``. Nothing invisible is left in it."""
    return _DOT.sub("[.]", _SCHEME.sub("", clean_text(words)))


def one_line(text):
    """For a subject: a header has no second line."""
    return " ".join(text.split())
