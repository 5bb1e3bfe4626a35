"""Dekking: bottlenecks by how many people recognise them for each initiative that tackles them, highest first."""

from collections.abc import Mapping
from dataclasses import dataclass

from registry.foundation.cache import kept
from registry.models import Bottleneck, ContentStamp, Link
from survey.models import Round
from survey.results import Statement, range_text
from survey.results.shares import Known, known_shares


@dataclass(frozen=True)
class Covered:
    """A bottleneck: who recognises it, how many initiatives face it, how many tackle it. No ``share``: not known;
    ``range_words`` is what is known all the same."""

    bottleneck: Bottleneck
    latest: Known | None
    share: Statement | None
    range_words: str
    faces: int
    tackles: int

    @property
    def weight(self) -> float:
        """Percentage points for each initiative that tackles it, and one more so that none counts as one."""
        felt_by = (self.share and self.share.percentage) or 0
        return felt_by / (self.tackles + 1)


def coverage() -> tuple[list[Round], list[Covered], list[Covered]]:
    """(the rounds of which a figure is told, what is known of the bottlenecks, what is not): the known by weight, the
    others by who tackle them."""
    tally = kept(ContentStamp.current(), "tally of links", Link.objects.public_tally)
    shares = known_shares()
    rows = [
        _covered(bottleneck, shares.get(bottleneck.pk), tally)
        for bottleneck in Bottleneck.objects.active().select_related("level")
    ]
    # Sorting keeps the order of the register where two are equal.
    rows_known = sorted((row for row in rows if row.share), key=lambda row: -row.weight)
    unknown = sorted((row for row in rows if not row.share), key=lambda row: (row.tackles, -row.faces))
    rounds = dict.fromkeys(row.latest.round for row in rows if row.latest)
    return list(rounds), rows_known, unknown


def _covered(bottleneck: Bottleneck, shares: Known | None, tally: Mapping[tuple[str, str], int]) -> Covered:
    return Covered(
        bottleneck,
        shares,
        shares.statement if shares and shares.is_share else None,
        range_text(shares.statement.reason, shares.statement.n) if shares else "",
        tally.get((bottleneck.pk, Link.Role.FACES), 0),
        tally.get((bottleneck.pk, Link.Role.TACKLES), 0),
    )
