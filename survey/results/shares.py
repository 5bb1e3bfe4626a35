"""The share of a bottleneck, wherever the site tells one outside the page of a round: always of a frozen publication.

What is known stays known: it is that of the newest edition that stands and shows one for this bottleneck, with its
date and its base. An edition that hides it, or never asked, takes nothing away.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from survey.models import Publication, Round
from survey.results import Statement, range_of


@dataclass(frozen=True)
class Known:
    """The figure of a bottleneck and the publication that it was published in."""

    statement: Statement
    publication: Publication

    @property
    def round(self) -> Round:
        return self.publication.round

    @property
    def is_share(self) -> bool:
        return self.statement.percentage is not None

    @property
    def when(self) -> str:
        """When people were asked; else when that was published."""
        if self.round.held_on:
            return date_format(self.round.held_on, "j F Y")
        if self.publication.published_on:
            return _("vastgesteld op %s") % date_format(self.publication.published_on, "j F Y")
        return _("datum niet bekend")


@dataclass(frozen=True)
class Earlier:
    """What earlier rounds found, the newest of them being ``round``."""

    round: Round
    shares: dict[str, Known]


def known_shares() -> dict[str, Known]:
    """Code to what is known of it. Invented figures are no figures of anybody."""
    return _newest(_editions())


def shares_of_previous(round: Round) -> Earlier | None:
    """What ``round`` is compared with, else all that was published of others, for who has just answered; or None."""
    others = Publication.objects.public().filter(round=round.previous_id)
    editions = list((others if round.previous_id else _editions().exclude(round=round)).defer("data"))
    return Earlier(editions[0].round, _newest(editions)) if editions else None


def _editions() -> QuerySet[Publication]:
    return Publication.objects.public().filter(round__is_sample=False).defer("data")


def _newest(editions: Iterable[Publication]) -> dict[str, Known]:
    newest: dict[str, Known] = {}
    for publication in editions:
        for code, statement in _statements(publication.pk, publication.data_hash).items():
            if code not in newest or _told(statement) > _told(newest[code].statement):
                newest[code] = Known(statement, publication)
    return newest


def _told(statement: Statement) -> int:
    """A share is more than a range, and that is more than the reason why there is none."""
    if statement.percentage is not None:
        return 2
    return 1 if range_of(statement.reason, statement.n) else 0


@lru_cache(maxsize=64)
def _statements(pk: int, data_hash: str) -> dict[str, Statement]:
    """A publication never changes, so each process reads it once instead of at every page."""
    data = json.loads(Publication.objects.values_list("data", flat=True).get(pk=pk))
    return {
        statement["code"]: Statement(**{"text": "", "wording": None} | statement | {"n": level["n"]})
        for level in data.get("levels", ())
        for statement in level["statements"]
    }
