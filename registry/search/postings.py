"""Which public initiatives answer a query, as sets that follow what changes (following.py)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.db.models import QuerySet
from pyroaring import BitMap

from registry.foundation.cache import fingerprint
from registry.models import ContentStamp, Initiative, Posting
from registry.models.operations.posting import Weight
from registry.search.following import following
from registry.search.meanings import ORGANISATION, organisations
from registry.search.ranking import Ranking, rank
from registry.search.sets import Joined, all_sets, bytes_of, parse
from registry.search.understanding import Query


def ranking(query: Query, versions: ContentStamp) -> Ranking:
    """The public initiatives that hold something of the query, as the content is at these versions or a little later."""
    words = frozenset[str]().union(*(concept.words for concept in query.concepts))

    def made(changed: Sequence[int] | None = None) -> Ranking:
        return rank(query.concepts, _places_of(words, changed), _named(versions, changed))

    def renew(earlier: Ranking, changed: Sequence[int]) -> Ranking:
        return earlier.renewed(changed, made(changed))

    name = fingerprint(f"ranking {versions.knowledge} {query.canonical}")
    return following(name, versions.content, made, renew, _bytes)


def _places_of(words: Iterable[str], changed: Sequence[int] | None) -> dict[str, dict[int, BitMap]]:
    """The sets of each word, of all that is public or of what changed."""
    rows: QuerySet[Posting] = Posting.objects.filter(word__in=sorted(words))
    if changed is not None:
        rows = rows.filter(weight__in=Weight.values, initiative__in=changed)
    places_of: dict[str, dict[int, BitMap]] = {}
    for word, weight, keys in (
        rows.order_by().values_list("word", "weight").annotate(keys=Joined("initiative"))
    ):
        places_of.setdefault(word, {})[weight] = parse(keys)
    return places_of


def _named(versions: ContentStamp, changed: Sequence[int] | None) -> Callable[[str, object], BitMap]:
    sets = all_sets(versions)

    def named(field: str, key: object) -> BitMap:
        if field == ORGANISATION:
            return _run_by(organisations(versions).get(str(key), BitMap()), changed)
        keys = sets.of(field, key)
        return keys if changed is None else keys & BitMap(changed)

    return named


def _run_by(keys: BitMap, changed: Sequence[int] | None) -> BitMap:
    rows = Initiative.objects.published().filter(organisation__in=keys)
    if changed is not None:
        rows = rows.filter(pk__in=changed)
    return parse(rows.order_by().aggregate(keys=Joined("pk"))["keys"])


def _bytes(ranking: Ranking) -> int:
    return sum(bytes_of(tier.keys) for tier in ranking.tiers)
