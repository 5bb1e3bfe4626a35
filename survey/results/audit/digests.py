"""Which answers an edition was made of, kept so that a later one can ask how many are different, and for no more.

A digest is of the key of a response and of what it says: nobody reads it back without both. There is one of each
response as a whole, and for each level one of each who answered it. They go when the responses go.
"""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field

from survey import results
from survey.design.questions import questions_of
from survey.models import AnswerDigests, OpenAnswer, Response
from survey.models.response import PREFER_NOT

CHUNK = 10_000
SIZE = 8
WHOLE = ""


@dataclass(frozen=True)
class Difference:
    """How many answers are not there any more as they were; and how many others came, by (gemeente, rol, levels that
    were answered)."""

    gone: int
    came: Counter = field(default_factory=Counter)

    def is_few(self, threshold, holds=lambda *_who: True, *, gone=0):
        """Whether some came for whom this ``holds``, or some have ``gone``, and fewer than ``threshold``."""
        came = sum(number for who, number in self.came.items() if holds(*who))
        return 0 < max(gone, came) < threshold


def keep(publication):
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


def differences(publication):
    """Part to the Difference between the answers of this edition and those of now; None: it is not known."""
    levels = _levels(publication.round)
    parts = (WHOLE, *levels)
    if set(publication.digests.values_list("part", flat=True)) != set(parts):
        return None
    # One part at a time: of a million people all of them would be much to hold.
    return {part: _difference(publication, part, levels) for part in parts}


def clashes(round, differences_of, then, now):
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

        def answered_all(_municipality, _role, answered):
            return answered & everything == everything

        def answered_some(_municipality, _role, answered):
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

            def is_in(*who, groups=groups, names=names[grouping], place=place):
                answer = who[place] or PREFER_NOT
                return names.get(answer, answer) in groups

            if any(breakdown.is_few(round.threshold, is_in) for breakdown in of_levels):
                clashing.add(grouping)
    return clashing


def hash_of_responses(round):
    """sha256 of what was answered, in the order of the keys: it shows later that nothing changed."""
    digest = hashlib.sha256()
    words = {}
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


def _difference(publication, part, levels):
    stored = bytes(publication.digests.get(part=part).digests)
    gone = {stored[start : start + SIZE] for start in range(0, len(stored), SIZE)}
    came = Counter()
    for row in _rows(publication.round):
        if digest := _digest(part, row, levels):
            if digest in gone:
                gone.remove(digest)
            else:
                _key, _ticks, answered, municipality, role, _channel = row
                came[municipality, role, answered] += 1
    return Difference(len(gone), came)


def _digest(part, row, levels):
    """b"" for who did not answer the level."""
    key, ticks, answered, municipality, role, channel = row
    if part == WHOLE:
        said = (ticks, answered, channel == Response.Channel.PAPER)
    else:
        position, bits = levels[part]
        if not answered >> position & 1:
            return b""
        said = (ticks & bits,)
    words = "|".join(map(str, (key, part, municipality, role, *said)))
    return hashlib.blake2b(words.encode(), digest_size=SIZE).digest()


def _levels(round):
    """Slug of a level to its position in Response.answered and the bits of its statements."""
    return {
        page.level.slug: (page.level.bit, sum(1 << item.bit for item in page.items))
        for page in questions_of(round.questionnaire).pages
    }


def _rows(round):
    fields = ("pk", "ticks", "answered", "municipality", "role", "channel")
    return round.responses.order_by().values_list(*fields).iterator(chunk_size=CHUNK)
