"""Dekking: what is felt widely and tackled by few stands on top."""

from dataclasses import dataclass

from registry.models import Bottleneck, Link
from survey.publications import newest_shares
from survey.results import Statement, range_text


@dataclass(frozen=True)
class Covered:
    """A bottleneck: who recognises it, how many initiatives face it, how many tackle it. No ``share``: not known;
    ``told`` is what is known all the same, in words."""

    bottleneck: Bottleneck
    share: Statement | None
    told: str
    faces: int
    tackles: int

    @property
    def weight(self):
        """Percentage points for each initiative that tackles it, and one more so that none counts as one."""
        return self.share.percentage / (self.tackles + 1)


def coverage():
    """(round, what is known of its bottlenecks, what is not): the known by weight, the others by who tackle them."""
    round, statements = newest_shares()
    tally = Link.objects.public().tally()
    rows = [
        Covered(
            bottleneck,
            _known(statements.get(bottleneck.pk)),
            _told(statements.get(bottleneck.pk)),
            tally.get((bottleneck.pk, Link.Role.FACES), 0),
            tally.get((bottleneck.pk, Link.Role.TACKLES), 0),
        )
        for bottleneck in Bottleneck.objects.active().select_related("level")
    ]
    # Sorting keeps the order of the register where two are equal.
    known = sorted((row for row in rows if row.share), key=lambda row: -row.weight)
    unknown = sorted((row for row in rows if not row.share), key=lambda row: (row.tackles, -row.faces))
    return round, known, unknown


def _known(statement):
    return statement if statement and statement.count is not None else None


def _told(statement):
    return range_text(statement.reason, statement.n) if statement else ""
