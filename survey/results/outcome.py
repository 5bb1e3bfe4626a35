"""What a round found, as plain data: everything that a page, a chart or a file shows, already decided.

None is "niet bekend" or "not shown"; ``reason`` then says which (see phrases.py). It is never 0.
"""

import json
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from survey import disclosure


@dataclass(frozen=True)
class Statement:
    """One bar. ``interval`` is the margin of the percentage; equal shares share a ``rank``; within a ``band``
    no statement can be told apart from its top one. ``is_derived``: the count was recovered from a percentage.
    Of a count that is only told as a range (disclosure.BANDS), the ``reason`` says which."""

    code: str
    text: str
    wording: int | None
    count: int | None
    n: int | None
    percentage: int | None = None
    interval: tuple[int, ...] = ()
    rank: int | None = None
    band: int | None = None
    is_derived: bool = False
    reason: str = ""

    @property
    def figures(self) -> tuple[int, int]:
        """(count, n) where both are told; else ValueError."""
        if self.count is None or self.n is None:
            raise ValueError(self.code)
        return self.count, self.n


@dataclass(frozen=True)
class LevelResult:
    """The statements of a level, the most recognised first; those without a figure last, but for those that
    nearly all recognised, of which only that is told."""

    level: str
    letter: str
    name: str
    question: str
    n: int | None
    statements: tuple[Statement, ...]
    reason: str = ""
    bands_reason: str = ""

    @property
    def base(self) -> int:
        """``n`` where it is told; else ValueError."""
        if self.n is None:
            raise ValueError(self.level)
        return self.n

    @property
    def known(self) -> tuple[Statement, ...]:
        return tuple(statement for statement in self.statements if statement.count is not None)

    @property
    def nearly_all(self) -> tuple[Statement, ...]:
        return tuple(
            statement for statement in self.statements if statement.reason == disclosure.Reason.NEARLY_ALL
        )

    @property
    def unknown(self) -> tuple[Statement, ...]:
        return tuple(
            statement
            for statement in self.statements
            if statement.count is None and statement not in self.nearly_all
        )


@dataclass(frozen=True)
class Share:
    """A figure of one block. Without a count the ``band`` says why: a range (disclosure.BANDS; "<5" and ">95" in
    what was published before), or that it would give the count of a small block away."""

    code: str
    count: int | None
    n: int
    percentage: int | None
    band: str = ""


@dataclass(frozen=True)
class BlockResult:
    label: str
    groups: tuple[str, ...]
    bases: tuple[int, ...]  # in the order of BreakdownResult.levels
    shares: tuple[Share, ...]

    @property
    def is_merged(self) -> bool:
        return len(self.groups) > 1


@dataclass(frozen=True)
class BreakdownResult:
    grouping: str
    levels: tuple[str, ...] = ()
    blocks: tuple[BlockResult, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Change:
    """A share now against then, in percentage points. ``p`` is corrected for the number of comparisons,
    and never 0: ``p_is_below`` it is then."""

    code: str
    before: Share | None
    now: Share | None
    points: int | None = None
    interval: tuple[int, ...] = ()
    p: float | None = None
    is_demonstrable: bool = False
    is_reworded: bool = False
    reason: str = ""
    p_is_below: bool = False


@dataclass(frozen=True)
class ComparisonResult:
    slug: str
    name: str
    is_sample: bool
    edition: int | None
    changes: tuple[Change, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Pair:
    """Two statements of different levels, among those who answered all levels that are shown (Results.pairs_n).
    Without counts and with a ``phi`` all the same, as in what was published before: told in tenths only."""

    first: str
    second: str
    n: int | None = None
    both: int | None = None
    only_first: int | None = None
    only_second: int | None = None
    neither: int | None = None
    phi: float | None = None
    jaccard: float | None = None
    lift: float | None = None
    p: float | None = None
    is_demonstrable: bool = False
    reason: str = ""
    p_is_below: bool = False

    @property
    def cells(self) -> tuple[int, int, int, int] | None:
        """How many ticked both, only the first, only the second, neither; None where that is not told."""
        if None in (self.both, self.only_first, self.only_second, self.neither):
            return None
        return self.both or 0, self.only_first or 0, self.only_second or 0, self.neither or 0


@dataclass(frozen=True)
class Theme:
    """What people wrote of their own accord; never added to the shares of what they were asked."""

    code: str
    label: str
    respondents: int | None
    reason: str = ""


@dataclass(frozen=True)
class Step:
    """A screen, and how many people came as far."""

    name: str
    number: int | None
    reason: str = ""


@dataclass(frozen=True)
class Detectable:
    """The share that a next round of the same size must reach for a rise to be found; None: there is none."""

    percentage: int
    needed: int | None


@dataclass(frozen=True)
class Results:
    round: str
    name: str
    occasion: str
    held_on: str | None
    is_sample: bool
    questionnaire: str
    threshold: int
    responses: int | None
    started: int | None
    drop_off: int | None
    steps: tuple[Step, ...]
    levels: tuple[LevelResult, ...]
    breakdowns: tuple[BreakdownResult, ...]
    comparison: ComparisonResult | None
    pairs: tuple[Pair, ...]
    pairs_reason: str
    themes: tuple[Theme, ...]
    detectable_n: int | None
    detectable: tuple[Detectable, ...]
    note: str
    pairs_n: int | None = None
    drop_off_reason: str = ""

    @property
    def is_hidden(self) -> bool:
        """Whether too few people took part to tell how many."""
        return self.responses is None and any(
            level.reason == disclosure.Reason.TOO_FEW for level in self.levels
        )

    @property
    def statements(self) -> dict[str, Statement]:
        """Code to statement."""
        return {statement.code: statement for level in self.levels for statement in level.statements}


def canonical(results: Results) -> str:
    """The one way to write results down: the same results give the same characters."""
    return json.dumps(as_data(results), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def as_data(results: Results) -> dict[str, Any]:
    data = asdict(results)
    # Left out where they say nothing: such results keep the bytes that they have always had.
    if results.pairs_n is None:
        del data["pairs_n"]
    if not results.drop_off_reason:
        del data["drop_off_reason"]
    for row in (*data["pairs"], *(data["comparison"] or {}).get("changes", ())):
        if not row["p_is_below"]:
            del row["p_is_below"]
    return data


@lru_cache(maxsize=16)
def read(text: str) -> Results:
    """The results that ``canonical`` wrote down. What is published does not change: it is read once."""
    return _made(Results, json.loads(text))


def _made(kind: Any, value: Any) -> Any:
    """A value of this type from what JSON kept of it."""
    if get_origin(kind) is UnionType:
        if value is None:
            return None
        (kind,) = (part_kind for part_kind in get_args(kind) if part_kind is not NoneType)
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _made(hints[name], value[name]) for name in hints if name in value})
    if get_origin(kind) is tuple:
        return tuple(_made(get_args(kind)[0], part) for part in value)
    return value


_known_hints: dict[type, dict[str, Any]] = {}


def _hints(kind: type) -> dict[str, Any]:
    if kind not in _known_hints:
        hints = get_type_hints(kind)
        _known_hints[kind] = {field.name: hints[field.name] for field in fields(kind)}
    return _known_hints[kind]
