"""The bars of one level: shares with their margin, ranks, and bands of what cannot be told apart."""

from itertools import combinations

from survey.disclosure import band_of
from survey.results.shapes import LevelResult, Share, Statement
from survey.results.words import Reason
from survey.statistics import counts_behind, holm, mcnemar, percentage, wilson

DOUBT = 0.05


def share(code, count, n):
    return Share(code, count, n, percentage(count / n))


def level_result(level, items, tally, threshold):
    """``items`` of this ``level`` as they were answered; nothing when too few people did.

    Neither rank nor order nor bands tell more of a count than its range does: among those with the same range
    the order is that of the questionnaire, and without all counts there are no bands.
    """
    n = tally.level(level.position)
    about = (level.slug, level.letter, level.name, level.question)
    if n < threshold:
        hidden = tuple(_statement(item, None, n=None, reason=Reason.TOO_FEW) for item in items)
        return LevelResult(*about, None, hidden, reason=Reason.TOO_FEW)
    ranges = {item: band_of(tally.item(item.bit), n) for item in items}
    nearly_all, exact, few = (
        [item for item in items if ranges[item] == wanted] for wanted in (Reason.NEARLY_ALL, "", Reason.FEW)
    )
    exact.sort(key=lambda item: (-tally.item(item.bit), item.bit))
    counts = [tally.item(item.bit) for item in exact]
    is_complete = len(exact) == len(items)
    bands = _bands([item.bit for item in exact], tally) if is_complete else [None] * len(exact)
    statements = (
        *(_statement(item, None, n=n, reason=Reason.NEARLY_ALL) for item in nearly_all),
        *(
            _statement(item, count, n=n, rank=1 + len(nearly_all) + counts.index(count), band=band)
            for item, count, band in zip(exact, counts, bands, strict=True)
        ),
        *(_statement(item, None, n=n, reason=Reason.FEW) for item in few),
    )
    return LevelResult(*about, n, statements, bands_reason="" if is_complete else Reason.NOT_ALL_COUNTS)


def level_from_shares(level, items, n, percentages):
    """A level of which only whole percentages are known (code to percentage), or not even those."""
    found = {
        item.code: counts_behind(percentages[item.code], n) for item in items if item.code in percentages
    }
    if wrong := [code for code, counts in found.items() if not counts]:
        raise ValueError(f"{wrong[0]}: {percentages[wrong[0]]} % cannot occur at {n}.")
    # Where more than one count fits, none is chosen.
    known = {code: counts[0] for code, counts in found.items() if len(counts) == 1}
    ordered = sorted(items, key=lambda item: (-known.get(item.code, -1), item.bit))
    ranked = sorted(known.values(), reverse=True)
    statements = tuple(
        _statement(item, known[item.code], n=n, rank=1 + ranked.index(known[item.code]), is_derived=True)
        if item.code in known
        else _statement(item, None, n=n, reason=Reason.UNKNOWN)
        for item in ordered
    )
    about = (level.slug, level.letter, level.name, level.question)
    return LevelResult(*about, n, statements, bands_reason=Reason.ONLY_SHARES)


def _statement(item, count, *, n, **fields):
    wording = item.wordings.get("nl", {})
    text, version = wording.get("text", ""), wording.get("version")
    if count is None:
        return Statement(item.code, text, version, None, n, **fields)
    margin = wilson(count, n)
    interval = (percentage(margin.low), percentage(margin.high))
    return Statement(item.code, text, version, count, n, percentage(count / n), interval, **fields)


def _bands(bits, tally):
    """The band of each statement, in the order given: from its top one down to the last that cannot be told
    apart from that top one. Exact McNemar for all pairs of the level, with Holm's correction."""
    pairs = list(combinations(range(len(bits)), 2))
    ps = []
    for one, two in pairs:
        first, second = bits[one], bits[two]
        both = tally.both(first, second)
        ps.append(mcnemar(tally.item(first) - both, tally.item(second) - both))
    alike = {pair for pair, p in zip(pairs, holm(ps), strict=True) if p >= DOUBT}
    bands, top, number = [], 0, 1
    while top < len(bits):
        last = max((two for one, two in alike if one == top), default=top)
        bands += [number] * (last - top + 1)
        top, number = last + 1, number + 1
    return bands
