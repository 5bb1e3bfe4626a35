"""Text as it is stored, and words as search compares them: in Python, and so the same on every database."""

import re
import unicodedata
from collections.abc import Iterator

# Line breaks of Word, of old machines and of Unicode.
_BREAK = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
# Soft hyphens, marks of width nothing or of direction, fillers, labels; what no Unicode text may hold; half characters.
_INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e007f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + 0xFFFE) + chr(plane * 0x10000 + 0xFFFF) for plane in range(17))
    + "]"
)
# Joiners mean something between letters of scripts that join, and within an emoji.
_STRAY_JOINER = re.compile("(?<![^\\s\0-\x7f])[\u200c\u200d]+|[\u200c\u200d]+(?![^\\s\0-\x7f])")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—"), "-")
# Letters that Unicode does not take apart into a letter and a mark.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "ŧ": "t",
        "þ": "th",
        "œ": "oe",
        "æ": "ae",
        "ŋ": "n",
    }
)


def clean_text(text: str, *, one_line: bool = False) -> str:
    """Text as it is stored: NFC, line breaks as one "\\n", without control characters and what nobody can see.

    ``one_line``: every run of white space is one space. Text in which nothing can be seen is "".
    """
    if not (text.isascii() and text.isprintable()):
        text = _CONTROL.sub(" ", _BREAK.sub("\n", text))
        text = _STRAY_JOINER.sub("", _INVISIBLE.sub("", text))
        text = unicodedata.normalize("NFC", text)
        if not any(unicodedata.category(sign)[0] in "LNPS" for sign in text):
            return ""
    return " ".join(text.split()) if one_line else text.strip()


def is_readable(text: str) -> bool:
    """Whether a database can take it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def lines(text: str) -> list[str]:
    """The words in a field that holds one on each line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def writable(text: str) -> str:
    """The text without the characters that XML 1.0 does not allow."""
    return _UNWRITABLE.sub("", text)


class _Signs(dict[int, str]):
    """For ``str.translate``: letters, digits and the marks on them stay, in every script; the rest parts words."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        self[code] = sign if unicodedata.category(sign)[0] in "LNM" else " "
        return self[code]


_SIGNS = _Signs({ord("-"): "-"})


def fold(text: str) -> str:
    """Lower case without accents: "Café Één" gives "cafe een", "Jørgen" gives "jorgen"; other scripts stay themselves."""
    if text.isascii():
        return text.lower()
    text = _INVISIBLE.sub("", text).translate(_HYPHENS).casefold().translate(_LETTERS)
    return unicodedata.normalize("NFC", "".join(_without_accents(unicodedata.normalize("NFKD", text))))


def _without_accents(decomposed: str) -> Iterator[str]:
    """In our own alphabet a mark is an accent; in others it makes another letter."""
    is_latin = False
    for sign in decomposed:
        if not unicodedata.combining(sign):
            is_latin = sign.isascii() or unicodedata.name(sign, "").startswith("LATIN")
            yield sign
        elif not is_latin:
            yield sign


def tokens(text: str) -> Iterator[list[str]]:
    """The words of a folded text, each as the list of what its hyphens part."""
    for token in text.translate(_SIGNS).split():
        if pieces := [piece for piece in token.split("-") if piece]:
            yield pieces


def normalise(*texts: str | None) -> str:
    """One line of plain words with a space at both ends, so that " word " finds a whole word; "" where there is none.

    Hyphens part words; a hyphenated word stands at the end once more in one piece, so that
    "almerehaven" finds "Almere-Haven": " almere haven almerehaven ".
    """
    words = list(tokens(fold(" ".join(text for text in texts if text))))
    joined = ["".join(pieces) for pieces in words if len(pieces) > 1]
    line = " ".join([piece for pieces in words for piece in pieces] + joined)
    return f" {line} " if line else ""


_TELLS_NOTHING = "-.,'’‘\"“”()"


def name_key(text: str) -> str:
    """The same for each spelling of a name: case, accents, blanks, hyphens, dots and quotes tell nothing apart."""
    return "".join(sign for sign in fold(clean_text(text)) if not (sign.isspace() or sign in _TELLS_NOTHING))
