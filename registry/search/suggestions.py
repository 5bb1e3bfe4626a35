"""What somebody may be about to type: words and names that find something, by how they begin."""

from bisect import bisect_left

from registry.models import ContentStamp, Initiative
from registry.search import index, meanings
from registry.search.language import LITTLE, SHORT, words_of
from registry.search.understanding import MAX_LENGTH, understand
from registry.search.vocabulary import standing, vocabulary

MOST = 8
# So many letters say something of the word that is meant.
LEAST = 2
NAMES = 3


def suggest(text):
    """At most eight queries that begin as the text does: names of places, terms and everyday words first, then words that
    stand in public texts, then names of initiatives."""
    text = text.strip()[:MAX_LENGTH]
    words = words_of(text)
    if not words or len("".join(words)) < LEAST:
        return []
    versions = ContentStamp.versions()
    known = meanings.meanings(versions).suggested
    beginning = " ".join(words)
    found = [written for _form, written in _starting(known, beginning) if _finds(written, versions)]
    found += _completed(text, words[-1], versions)
    found += _names(beginning)
    return list(dict.fromkeys(found))[:MOST]


def _starting(pairs, beginning):
    """Of (form, written), in order, those whose form starts so."""
    start = bisect_left(pairs, (beginning, ""))
    return [pair for pair in pairs[start : start + MOST] if pair[0].startswith(beginning)]


def _finds(text, versions):
    concepts = understand(text, versions).concepts
    return bool(concepts) and all(concept.ways or concept.names for concept in concepts)


def _completed(text, last, versions):
    """The text with its last word completed to words that stand somewhere, the shortest first."""
    if len(last) < LEAST + 1 or last in LITTLE or not text.lower().endswith(last):
        return []
    layers = vocabulary(index.words(versions), versions.content).layers
    words = {word for layer in layers for word in layer.starting(last) if len(word) >= SHORT}
    shortest = sorted(words, key=lambda word: (len(word), word))[: MOST * 2]
    shown = standing(shortest) | (set(shortest) & layers[0].all)
    return [text[: len(text) - len(last)] + word for word in shortest if word in shown]


def _names(beginning):
    rows = Initiative.objects.published().filter(
        search_title__gte=f" {beginning}", search_title__lt=f" {beginning}\U0010ffff"
    )
    return list(rows.order_by("search_title").values_list("name", flat=True)[:NAMES])
