"""Which answers an edition was made of, kept so that a later one can ask how many are different, and for no more.

A digest is of the key of a response and of what it says: nobody reads it back without both. There is one of each
response as a whole, and for each level one of each who answered it. They go when the responses go.
"""

import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from survey import results
from survey.design.questions import questions_of
from survey.models import AnswerDigests, OpenAnswer, Publication, Response, Round
from survey.models.response import PREFER_NOT

# Key, ticks, levels answered, municipality, role, channel.
Row = tuple[uuid.UUID, int, int, str, str, str]
# Slug of a level to its position in Response.answered and the bits of its statements.
Levels = Mapping[str, tuple[int, int]]
CHUNK = 10_000
SIZE = 8
WHOLE = ""


@dataclass(frozen=True)
class Difference:
    """How many answers are not there any more as they were; and how many others came, by (gemeente, rol, levels that
    were answered)."""

    gone: int
    came: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def is_few(
        self, threshold: int, holds: Callable[[str, str, int], bool] = lambda *_who: True, *, gone: int = 0
    ) -> bool:
        """Whether some came for whom this ``holds``, or some have ``gone``, and fewer than ``threshold``."""
        came = sum(number for who, number in self.came.items() if holds(*who))
        return 0 < max(gone, came) < threshold


def keep(publication: Publication) -> None:
    """Keep the digests of the answers of which this edition is made."""
    levels = _levels(publication.round)
    digests_of = {part: bytearray() for part in (WHOLE, *levels)}
    for row in _rows(publication.round):
        for part, digests in digests_of.items():
            digests += _digest(part, row, levels)
    AnswerDigests.objects.bulk_create(
        AnswerDigests(publication=publication, part=part, digests=bytes(digests))
        for part, digests in digests_of.items()
    )


def differences(publication: Publication) -> dict[str, Difference] | None:
    """Part to the Difference between the answers of this edition and those of now; None: it is not known."""
    levels = _levels(publication.round)
    parts = (WHOLE, *levels)
    if set(publication.digests.values_list("part", flat=True)) != set(parts):
        return None
    # One part at a time: of a million people all of them would be much to hold.
    return {part: _difference(publication, part, levels) for part in parts}


def clashes(
    round: Round, differences_of: Mapping[str, Difference], then: results.Results, now: results.Results
) -> set[str]:
    """The parts of ``now`` that beside ``then`` would tell what a few answered otherwise, as results.clashes has them.
    ``found``: the differences between the answers of both."""
    levels = {level.level for level in now.levels if level.n is not None}
    if any(
        difference.is_few(round.threshold, gone=difference.gone)
        for part, difference in differences_of.items()
        if part in levels | {WHOLE}
    ):
        return {results.LEVELS}
    of_levels = [differences_of[part] for part in levels if part in differences_of]
    clashing = set()
    if then.pairs and now.pairs:
        everything = sum(
            1 << position for slug, (position, _bits) in _levels(round).items() if slug in levels
        )

        def answered_all(_municipality: str, _role: str, answered: int) -> bool:
            return answered & everything == everything

        def answered_some(_municipality: str, _role: str, answered: int) -> bool:
            return answered & everything != everything

        if any(
            difference.is_few(round.threshold, holds)
            for difference in of_levels
            for holds in (answered_all, answered_some)
        ):
            clashing.add("samenhang")
    names = results.known_groups(round.questionnaire)
    before = {breakdown.grouping for breakdown in then.breakdowns if breakdown.blocks}
    for place, grouping in enumerate(("gemeente", "rol")):
        blocks = [
            block.groups
            for breakdown in now.breakdowns
            if breakdown.grouping == grouping
            for block in breakdown.blocks
        ]
        if grouping not in before:
            continue
        for groups in blocks:
            is_in = partial(_is_in, groups, names[grouping], place)
            if any(difference.is_few(round.threshold, is_in) for difference in of_levels):
                clashing.add(grouping)
    return clashing


def _is_in(groups: Collection[str], names: Mapping[str, str], place: int, *who: Any) -> bool:
    answer = who[place] or PREFER_NOT
    return names.get(answer, answer) in groups


def hash_of_responses(round: Round) -> str:
    """sha256 of what was answered, in the order of the keys: it shows later that nothing changed."""
    digest = hashlib.sha256()
    words: dict[uuid.UUID, list[list[str]]] = {}
    screened = OpenAnswer.objects.filter(
        response__round=round, screening=OpenAnswer.Screening.PUBLIC
    ).order_by("response", "question__key", "pk")
    for response, key, quote in screened.values_list("response", "question__key", "quote"):
        words.setdefault(response, []).append([key, quote])
    fields = ("pk", "ticks", "answered", "municipality", "role")
    rows = Response.objects.filter(round=round).order_by("pk").values_list(*fields)
    for row in rows.iterator(chunk_size=CHUNK):
        line = [str(row[0]), *row[1:], words.get(row[0], [])]
        digest.update(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()


def _difference(publication: Publication, part: str, levels: Levels) -> Difference:
    stored = bytes(publication.digests.get(part=part).digests)
    gone = {stored[start : start + SIZE] for start in range(0, len(stored), SIZE)}
    came: Counter[tuple[str, str, int]] = Counter()
    for row in _rows(publication.round):
        if digest := _digest(part, row, levels):
            if digest in gone:
                gone.remove(digest)
            else:
                _key, _ticks, answered, municipality, role, _channel = row
                came[municipality, role, answered] += 1
    return Difference(len(gone), came)


def _digest(part: str, row: Row, levels: Levels) -> bytes:
    """b"" for who did not answer the level."""
    key, ticks, answered, municipality, role, channel = row
    if part == WHOLE:
        said: tuple[int, ...] = (ticks, answered, channel == Response.Channel.PAPER)
    else:
        position, bits = levels[part]
        if not answered >> position & 1:
            return b""
        said = (ticks & bits,)
    words = "|".join(map(str, (key, part, municipality, role, *said)))
    return hashlib.blake2b(words.encode(), digest_size=SIZE).digest()


def _levels(round: Round) -> Levels:
    """Slug of a level to its position in Response.answered and the bits of its statements."""
    return {
        page.level.slug: (page.level.bit, sum(1 << item.bit for item in page.items))
        for page in questions_of(round.questionnaire).pages
    }


def _rows(round: Round) -> Iterator[Row]:
    fields = ("pk", "ticks", "answered", "municipality", "role", "channel")
    return round.responses.order_by().values_list(*fields).iterator(chunk_size=CHUNK)
