"""Words as search compares them: the same on every database, because Python does it."""

import re
import unicodedata
from itertools import filterfalse

_NOT_WORD = re.compile(r"[^0-9a-z]+")
_HYPHENATED = re.compile(r"[0-9a-z]+(?:-[0-9a-z]+)+")
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—"), "-")


def fold(text):
    """Lower case without accents: "Café Één" gives "cafe een"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_HYPHENS).casefold())
    return "".join(filterfalse(unicodedata.combining, decomposed))


def normalise(*texts):
    """One line of plain words with a space at both ends, so that " word " finds a whole word.

    Hyphens part words; a hyphenated word stands at the end once more in one piece, so that
    "almerehaven" finds "Almere-Haven": " almere haven almerehaven ".
    """
    folded = fold(" ".join(text for text in texts if text))
    joined = [match.replace("-", "") for match in _HYPHENATED.findall(folded)]
    words = " ".join([*_NOT_WORD.sub(" ", folded).split(), *joined])
    return f" {words} " if words else ""
