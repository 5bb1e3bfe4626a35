"""What may stand in the text of a letter, whoever writes it: words and the blanks of that letter, no address of others.

One rule for what is saved and for what goes out: a text with a mistake, however it came into the database, is not used.
"""

import re
import unicodedata
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from registry.mail.wording.blanks import (
    LONGEST_TEXT,
    MOST_NAMED,
    glued_to_text,
    mistakes_in_subject,
    mistakes_in_text,
    without_blanks,
)
from registry.mail.wording.kinds import KINDS, SECRET

# What a blank looks like to somebody who knows other programs.
_NEAR = re.compile(
    r"\[([\w \t-]{1,40})\]|</?([\w \t-]{1,40})/?>|%(\w{1,40})%|\(\(([\w \t-]{1,40})\)\)|«([\w \t-]{1,40})»"
)
# Whatever the scheme; a browser takes \ for /.
_LINK = re.compile(r"([a-z][a-z0-9+.-]{1,20}):[/\\]+([^\s<>\"']*)", re.IGNORECASE)
# These hold what runs, or a page of their own.
_RUNS = re.compile(r"(?<!\w)(?:javascript|vbscript|data|blob|file):\S+", re.IGNORECASE)
_HOST = re.compile(
    r"(?<![\w.-])(?P<mailbox>[\w.!#$%&'*+=?^`{|}~-]{1,64}@)?"
    r"(?P<host>(?:[\w-]{1,63}\.)+(?P<ending>[\w-]{1,63}))(?P<more>/\S*|[?#]\S+|:\d+\S*)?"
)
# Mail programs make a link of a name that ends in one of these, or in the two letters of a country.
_ENDINGS = set(
    "com org net info biz edu gov mil int app dev shop site online xyz top club live store website space world link "
    "click page blog news email cloud tech agency frl amsterdam museum zip mov win vip icu".split()
)
_DOTS = str.maketrans("。．｡", "...")


def subject_mistakes(name, subject):
    """What keeps it from being used, in words; empty when it can be."""
    return mistakes_in_subject(KINDS[name], subject) + _mistakes(subject)


def text_mistakes(name, text):
    return mistakes_in_text(KINDS[name], text) + _mistakes(text) or _glued(text)


def _glued(text):
    """In words, each code or link that other signs stand against: it is there, and works for nobody."""
    return [
        _("Zet een spatie voor en na %s. Anders werkt die niet.") % word
        for word in dict.fromkeys(f"{{{{ {name} }}}}" for name in glued_to_text(text, SECRET))
    ]


def _mistakes(text):
    if len(text) > 2 * LONGEST_TEXT:
        return []  # refused for that, and not read
    return list(dict.fromkeys([*_near_blanks(text), *_addresses_of_others(text)]))[:MOST_NAMED]


def _near_blanks(text):
    for match in _NEAR.finditer(without_blanks(text)):
        word = next(part for part in match.groups() if part)
        if blank := _blanks_by_name().get(_plain(word)):
            yield _("‘%(typed)s’ vult de site niet in. Bedoelt u %(word)s?") % {
                "typed": match[0],
                "word": blank.written,
            }


@cache
def _blanks_by_name():
    return {_plain(blank.name): blank for kind in KINDS.values() for blank in kind.all_blanks}


def _plain(word):
    return re.sub(r"[\s_-]", "", word.casefold())


def _addresses_of_others(text):
    """In words, each address in the text that is none of ours, as it was typed."""
    read = "".join(map(_narrow, without_blanks(text))).translate(_DOTS)

    def typed(match):
        return text[match.start() : match.end()].rstrip(".,;:!?)")

    site = _(
        "‘%s’ is geen adres van deze site. Gebruik een van de woorden tussen {{ en }}, of een adres van ons."
    )
    for match in _RUNS.finditer(read):
        yield site % typed(match)
    for match in _LINK.finditer(read):
        if not (match[1].lower() in ("http", "https") and _is_ours(_host_of(match[2]))):
            yield site % typed(match)
    # Behind our own name there may be anything.
    rest = _LINK.sub(lambda match: " " * len(match[0]), read)
    for match in _HOST.finditer(rest):
        if not _is_ours(match["host"]) and (match["mailbox"] or _reads_as_link(match)):
            mail = _("‘%s’ is een e-mailadres van een ander: de lezer zou aan een vreemde antwoorden.")
            yield (mail if match["mailbox"] else site) % typed(match)


def _narrow(sign):
    """As a browser reads it: a wide letter is a letter. One sign stays one, so that a place stays its place."""
    if sign.isascii():
        return sign
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 else sign


def _host_of(rest):
    """The name behind ``https://``; None when another hides it, or when programs read it in two ways."""
    try:
        parts = urlsplit("//" + rest.rstrip(".,;:!?)]"))
    except ValueError:
        return None
    return None if "@" in parts.netloc or "\\" in rest else parts.hostname


def _reads_as_link(match):
    host, ending = match["host"].lower(), match["ending"].lower()
    if ending.isdecimal():
        return bool(match["more"]) and re.fullmatch(r"\d+(\.\d+){3}", host)
    return len(ending) > 1 and bool(
        match["more"]
        or host.startswith("www.")
        or ending in _ENDINGS
        or ending.startswith("xn--")
        or (len(ending) == 2 and ending.isalpha())
        or not ending.isascii()
    )


def _is_ours(host):
    host = (host or "").lower().rstrip(".")
    if host == urlsplit(settings.SITE_URL).hostname:
        return True
    ours = {spelled for own_host in settings.LETTER_LINK_HOSTS for spelled in _spellings(own_host.lower())}
    return any(host == spelling or host.endswith(f".{spelling}") for spelling in ours if spelling)


def _spellings(host):
    yield host
    try:
        yield host.encode("idna").decode()
    except UnicodeError:
        return
