"""Counts of responses, as whole numbers of 0 or more. The sum of two tallies is the tally of both sets of responses.

Rows are turned into columns: one very large whole number for each statement, with a bit for each respondent.
How many ticked two statements is then one AND and a count of bits, for a million people in an instant.
"""

import sys
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from survey.design.questions import questions_of
from survey.models import Response, Rollup, Round

Row = tuple[int, int, str, str, str]
Group = TypeVar("Group", int, str)
COLUMNS = ("ticks", "answered", "municipality", "role", "channel")
CHUNK = 50_000
# More than this still to count at a look of staff: they are added to the rollup first.
LONG_TAIL = 20_000
GROUPINGS = ("gemeente", "rol")

# For each bit of a byte: the table that turns bytes into the digits of that bit.
_DIGITS = [bytes(ord("0") + (byte >> bit & 1) for byte in range(256)) for bit in range(8)]


@dataclass(frozen=True)
class Tally:
    """Counts under a key; what is not in it is 0. Levels go by their position in Response.answered (AskedLevel.bit),
    statements by their bit. A ``mask`` has the bits of positions: who answered all of these levels."""

    counts: Counter[str] = field(default_factory=Counter)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.counts + other.counts)

    @property
    def responses(self) -> int:
        return self.counts["n"]

    @property
    def on_paper(self) -> int:
        return self.counts["papier"]

    def level(self, position: int) -> int:
        """Who answered this level."""
        return self.counts[f"n|{position}"]

    def levels(self, first: int, second: int) -> int:
        """Who answered both levels."""
        return self.all_of(1 << first | 1 << second)

    def item(self, bit: int) -> int:
        return self.counts[f"x|{bit}"]

    def item_at(self, bit: int, position: int) -> int:
        """Who ticked this statement, among those who answered that level."""
        return self.item_among(bit, self.patterns(1 << position))

    def both(self, first: int, second: int) -> int:
        return self.counts[f"x|{min(first, second)}|{max(first, second)}"]

    def patterns(self, mask: int) -> list[int]:
        """The sets of levels that people answered, as masks, of which all of ``mask`` is a part."""
        patterns = (int(key[2:-2]) for key in self.counts if key.startswith("p|") and key.endswith("|n"))
        return [pattern for pattern in patterns if pattern & mask == mask]

    def all_of(self, mask: int) -> int:
        return sum(self.counts[f"p|{pattern}|n"] for pattern in self.patterns(mask))

    def item_among(self, bit: int, patterns: Iterable[int]) -> int:
        return sum(self.counts[f"p|{pattern}|x|{bit}"] for pattern in patterns)

    def both_among(self, first: int, second: int, patterns: Iterable[int]) -> int:
        pair = f"{min(first, second)}|{max(first, second)}"
        return sum(self.counts[f"p|{pattern}|x|{pair}"] for pattern in patterns)

    def group_among(self, grouping: str, group: str, patterns: Iterable[int]) -> int:
        return sum(self.counts[f"p|{pattern}|{grouping}|{group}"] for pattern in patterns)

    def groups(self, grouping: str) -> list[str]:
        """The answers that were given to this background question; "" is no answer."""
        start = f"{grouping}|n|"
        return sorted(key.removeprefix(start) for key in self.counts if key.startswith(start))

    def group_level(self, grouping: str, group: str, position: int) -> int:
        return self.counts[f"{grouping}|l|{position}|{group}"]

    def group_item(self, grouping: str, group: str, bit: int) -> int:
        return self.counts[f"{grouping}|x|{bit}|{group}"]

    def together(self, first: str, second: str, position: int) -> int:
        """Who is in a group of the one grouping and of the other, and answered this level."""
        return self.counts[f"samen|{position}|{first}|{second}"]


def count(rows: Iterable[Row], bits: Iterable[int], positions: Sequence[int]) -> Tally:  # noqa: C901  one pass over all answers; a call for each would double its time
    """The tally of ``rows`` (see COLUMNS) for these statements and levels."""
    rows = list(rows)
    if not rows:
        return Tally()
    ticks, answered, municipalities, roles, channels = zip(*rows, strict=True)
    items = _columns(array("Q", ticks), bits)
    levels = _columns(array("H", answered), positions)
    counts = Counter({"n": len(rows), "papier": channels.count(Response.Channel.PAPER)})
    for position, who in levels.items():
        counts[f"n|{position}"] = who.bit_count()
    for bit, who in items.items():
        counts[f"x|{bit}"] = who.bit_count()
    for first, second in combinations(sorted(items), 2):
        counts[f"x|{first}|{second}"] = (items[first] & items[second]).bit_count()
    groupings = {"gemeente": _groups(municipalities), "rol": _groups(roles)}
    for grouping, groups in groupings.items():
        for group, members in groups.items():
            counts[f"{grouping}|n|{group}"] = members.bit_count()
            for position, who in levels.items():
                counts[f"{grouping}|l|{position}|{group}"] = (members & who).bit_count()
            for bit, who in items.items():
                counts[f"{grouping}|x|{bit}|{group}"] = (members & who).bit_count()
    mask = sum(1 << position for position in positions)
    for pattern, who in _groups([levels_answered & mask for levels_answered in answered]).items():
        counts[f"p|{pattern}|n"] = who.bit_count()
        # Of the statements of other levels there is nothing to count.
        theirs = {bit: ticked for bit in sorted(items) if (ticked := who & items[bit])}
        for bit, ticked in theirs.items():
            counts[f"p|{pattern}|x|{bit}"] = ticked.bit_count()
        for first, second in combinations(theirs, 2):
            counts[f"p|{pattern}|x|{first}|{second}"] = (theirs[first] & theirs[second]).bit_count()
        for grouping, groups in groupings.items():
            for group, members in groups.items():
                counts[f"p|{pattern}|{grouping}|{group}"] = (who & members).bit_count()
    for first, some in groupings["gemeente"].items():
        for second, others in groupings["rol"].items():
            both = some & others
            for position, who in levels.items() if both else ():
                counts[f"samen|{position}|{first}|{second}"] = (both & who).bit_count()
    return Tally(+counts)


def recount(round: Round) -> Tally:
    """The tally of all responses, from the rows themselves."""
    return _count_all(round, round.responses.order_by())


def live(round: Round) -> Tally:
    """The tally of all responses: what was counted before and what came since."""
    if _tail(round).count() > LONG_TAIL:
        catch_up(round)
    with transaction.atomic():
        counted = Tally(Counter(_locked(round).counts))
        return counted + _count_all(round, _tail(round))


def catch_up(round: Round) -> int:
    """Add what came since to the rollup; how many. Two at once wait for each other."""
    bits, positions = _shape(round)
    added = 0
    while True:
        with transaction.atomic():
            rollup = _locked(round)
            # These rows and no others: one that comes in meanwhile is for the next time.
            rows = list(_tail(round).values_list("pk", *COLUMNS)[:CHUNK])
            if not rows:
                return added
            new = count((row[1:] for row in rows), bits, positions)
            rollup.counts = dict((Tally(Counter(rollup.counts)) + new).counts)
            rollup.save(update_fields=["counts"])
            for start in range(0, len(rows), 5000):
                keys = [row[0] for row in rows[start : start + 5000]]
                Response.objects.filter(pk__in=keys).update(is_counted=True)
        added += len(rows)


def _locked(round: Round) -> Rollup:
    Rollup.objects.get_or_create(round=round)
    return Rollup.objects.select_for_update().get(round=round)


def _tail(round: Round) -> QuerySet[Response]:
    return round.responses.filter(is_counted=False).order_by()


def _shape(round: Round) -> tuple[list[int], list[int]]:
    questions = questions_of(round.questionnaire)
    return sorted(item.bit for item in questions.items), [page.level.bit for page in questions.pages]


def _count_all(round: Round, queryset: QuerySet[Response]) -> Tally:
    bits, positions = _shape(round)
    total, rows = Tally(), []
    for row in queryset.values_list(*COLUMNS).iterator(chunk_size=CHUNK):
        rows.append(row)
        if len(rows) == CHUNK:
            total += count(rows, bits, positions)
            rows = []
    return total + count(rows, bits, positions)


def _columns(numbers: "array[int]", bits: Iterable[int]) -> dict[int, int]:
    """For each of these bits a whole number in which every row has its bit."""
    data, size = _little(numbers), numbers.itemsize
    return {bit: int(data[bit // 8 :: size].translate(_DIGITS[bit % 8]), 2) for bit in bits}


def _groups(values: Sequence[Group]) -> dict[Group, int]:
    """For each value a whole number in which every row with that value has its bit."""
    number_of = {value: number for number, value in enumerate(sorted(set(values)))}
    # Two bytes each: somebody may one day ask for more than 256 places.
    data = _little(array("H", [number_of[value] for value in values]))
    places = [data[part::2] for part in (0, 1)]
    return {
        value: _equal(places[0], number & 255) & _equal(places[1], number >> 8)
        for value, number in number_of.items()
    }


def _little(numbers: "array[int]") -> bytes:
    """The bytes of these numbers, the lowest first on any machine."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _equal(data: bytes, byte: int) -> int:
    return int(data.translate(bytes(ord("1") if code == byte else ord("0") for code in range(256))), 2)
