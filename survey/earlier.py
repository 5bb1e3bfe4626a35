"""What an earlier round found, for who has just answered: always a frozen publication, never the live counts."""

import json
from dataclasses import dataclass
from functools import lru_cache

from survey.models import Publication, Round


@dataclass(frozen=True)
class Share:
    """None: not known."""

    count: int | None
    n: int | None
    percentage: int | None
    reason: str = ""


@dataclass(frozen=True)
class Earlier:
    round: Round
    shares: dict[str, Share]


def shares_of_previous(round):
    """The shares by code of the round that this one is compared with, else of the newest one that was published."""
    editions = Publication.objects.public().defer("data")
    if round.previous_id:
        found = editions.filter(round=round.previous_id).order_by("-edition").first()
    else:
        # Invented figures never stand beside real answers.
        found = editions.exclude(round=round).filter(round__is_sample=False).first()
    return found and Earlier(found.round, _shares(found.pk, found.data_hash))


@lru_cache(maxsize=16)
def _shares(pk, data_hash):
    """A publication never changes, so each process reads it once instead of at every answer."""
    data = json.loads(Publication.objects.values_list("data", flat=True).get(pk=pk))
    return {
        one["code"]: Share(one["count"], level["n"], one["percentage"], one.get("reason", ""))
        for level in data["levels"]
        for one in level["statements"]
    }
