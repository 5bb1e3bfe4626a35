"""Published results as plain data with Dutch names, for machines. They say what the page says, and no more."""

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse

from survey import results
from survey.api.shapes import ResultsShape, RoundShape
from survey.results.phrases import reason_text
from survey.rounds import publications
from survey.statistics import LEAST_P

# What ``expand`` knows: the name and the part of Results.
DETAILS = {
    "uitsplitsingen": "breakdowns",
    "samenhang": "pairs",
    "vergelijking": "comparison",
    "themas": "themes",
}
# The names of those parts, and of all that is in them.
_DUTCH = {
    "answers": "antwoorden",
    "band": "band",
    "bases": "basis",
    "before": "toen",
    "blocks": "blokken",
    "both": "beide",
    "changes": "verschillen",
    "code": "code",
    "count": "aantal",
    "edition": "uitgave",
    "first": "eerste",
    "grouping": "indeling",
    "groups": "groepen",
    "interval": "interval",
    "is_demonstrable": "aantoonbaar",
    "is_reworded": "andersGeformuleerd",
    "is_sample": "voorbeeld",
    "jaccard": "jaccard",
    "label": "naam",
    "levels": "niveaus",
    "lift": "lift",
    "n": "n",
    "name": "naam",
    "neither": "geenVanBeide",
    "now": "nu",
    "only_first": "alleenEerste",
    "only_second": "alleenTweede",
    "p": "p",
    "p_is_below": "pKleinerDan",
    "percentage": "percentage",
    "phi": "phi",
    "points": "procentpunten",
    "reason": "reden",
    "respondents": "mensen",
    "second": "tweede",
    "shares": "aandelen",
    "slug": "slug",
}


@dataclass(frozen=True)
class Published:
    """What the shapes read of one publication."""

    outcome: results.Results
    edition: int
    published_on: date | None
    errata: Any
    links: dict[str, dict[str, str]]


def round(publication, base):
    """``base``: scheme and host, such as "https://samenbuurten.example"."""
    return RoundShape(_published(publication, base)).data


def results_of(publication, base):
    published = _published(publication, base)
    to_round, to_results = published.links["self"], published.links["resultaten"]
    links = published.links | {"self": to_results, "meting": to_round}
    return ResultsShape(replace(published, links=links)).data


def _published(publication, base):
    outcome = results.read(publication.data)
    here = f"{base}{reverse('api:root')}/metingen/{outcome.round}"
    links = {
        "self": here,
        "resultaten": f"{here}/resultaten",
        "pagina": base + reverse("survey:results", args=[outcome.round]),
    }
    return Published(
        outcome,
        publication.edition,
        publication.published_on,
        publication.errata,
        {name: {"href": address} for name, address in links.items()},
    )


def details(publication, names):
    outcome = publications.as_it_counts(publication)
    return {name: _in_dutch(_plain(getattr(outcome, DETAILS[name]))) for name in names}


def _plain(part):
    if isinstance(part, tuple):
        return [asdict(row) for row in part]
    return part and asdict(part)


def _in_dutch(data):
    if isinstance(data, dict):
        if data.get("p") == 0:
            # What was published before has 0 where it was rounded away.
            data = data | {"p": LEAST_P, "p_is_below": True}
        return {
            _DUTCH[name]: (reason_text(value) or None) if name == "reason" else _in_dutch(value)
            for name, value in data.items()
        }
    return [_in_dutch(part) for part in data] if isinstance(data, list | tuple) else data
