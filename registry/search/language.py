"""Dutch as people type it: words that say little, stems, and words that were put together."""

from collections.abc import Callable, Iterator
from threading import local

import Stemmer

from registry.foundation.text import fold, tokens

# A shorter word has no other forms, and counts as a whole word only.
SHORT = 4
# Words that say little of what somebody looks for.
LITTLE = frozenset(
    """
    de het een en of in op aan bij met voor van tot te naar om over uit door als dan dat die dit deze er is zijn
    was wat waar wie hoe wanneer welke ik je jij u uw mijn mij me we wij ons onze jullie hun hen ze zij zich zelf hij
    haar hem ook nog wel niet geen maar want dus toch al alle alles iets iemand iemands kan kun kunt kunnen mag mogen
    wil willen wilt zou zouden moet moeten gaan ga gaat doen doe doet heb hebt heeft hebben had word wordt worden ben
    bent komen kom komt zoek zoeken zoekt vind vinden graag leuk leuke goed goede nieuwe samen elkaar andere ander
    anderen zoiets soort daar hier buurt wijk dorp stad omgeving dichtbij nabij mensen mens inwoners toe af o a tijdens
    zonder per via tussen onder mee weer t s n
    the an for to at on with my i you are there where what how can near and or somewhere something someone looking
    """.split()
)
# Halves of a compound that say little without the other half.
GENERAL = frozenset(
    """
    groep groepen club clubs clubje huis huizen centrum punt plek plekken plaats dag dagen avond avonden ochtend
    ochtenden middag middagen week uur werk werken werker werkers project cafe lab kring kamer kamers tafel tafels
    winkel bank hulp les lessen dienst bedrijf bedrijven hal zaal net team fonds maatje maatjes buurt wijk dorp stad
    """.split()
)
_HALF = 3
_own = local()


def words_of(text: str) -> list[str]:
    """The words as search compares them, hyphens apart."""
    return [piece for pieces in tokens(fold(text)) for piece in pieces]


def stem(word: str) -> str:
    """The same for "moestuin" and "moestuinen"; a short word is its own."""
    if len(word) < SHORT:
        return word
    if not hasattr(_own, "stemmer"):
        # One for each thread: it is not made for two at once.
        _own.stemmer = Stemmer.Stemmer("dutch")
    stemmed: str = _own.stemmer.stemWord(word)
    return stemmed


def halves(word: str, is_word: Callable[[str], bool]) -> tuple[str, str] | None:
    """The two words that this one was put together from, the most even ones: "rouwgroep" is "rouw" and "groep".

    The letter between them is left out: "jongerenwerk", "bewonersbedrijf".
    """
    best = max(_cuts(word, is_word), key=lambda cut: min(map(len, cut)), default=None)
    return best and (best[0], best[1])


def _cuts(word: str, is_word: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    for place in range(_HALF, len(word) - _HALF + 1):
        first, second = word[:place], word[place:]
        if not (is_word(second) or second in GENERAL):
            continue
        if is_word(first):
            yield first, second
        elif first[-1] in "se" and len(first) > SHORT and is_word(first[:-1]):
            yield first[:-1], second
