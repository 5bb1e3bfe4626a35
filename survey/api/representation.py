"""Published results as plain data with Dutch names, for machines. They say what the page says, and no more."""

from dataclasses import asdict

from django.urls import reverse

from survey import results
from survey.results.words import reason_text
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


def round(publication, base):
    """``base``: scheme and host, such as "https://samenbuurten.example"."""
    outcome = results.read(publication.data)
    here = f"{base}{reverse('api:root')}/metingen/{outcome.round}"
    return {
        "slug": outcome.round,
        "naam": outcome.name,
        "gelegenheid": outcome.occasion or None,
        "datum": outcome.held_on,
        "uitgave": publication.edition,
        "vastgesteldOp": publication.published_on,
        "n": outcome.responses,
        "voorbeeld": outcome.is_sample,
        "_links": {
            "self": {"href": here},
            "resultaten": {"href": f"{here}/resultaten"},
            "pagina": {"href": base + reverse("survey:results", args=[outcome.round])},
        },
    }


def results_of(publication, base):
    """Each level with its base and its statements; a figure that is not there has a reason."""
    outcome = results.read(publication.data)
    body = round(publication, base)
    body["_links"] = body["_links"] | {
        "self": body["_links"]["resultaten"],
        "meting": body["_links"]["self"],
    }
    return body | {
        "drempel": outcome.threshold,
        "toelichting": outcome.note or None,
        "niveaus": [_level(level) for level in outcome.levels],
        "errata": [
            {"datum": erratum.noted_on, "tekst": erratum.text} for erratum in publication.errata.all()
        ],
    }


def details(publication, names):
    outcome = publications.as_it_counts(publication)
    return {name: _in_dutch(_plain(getattr(outcome, DETAILS[name]))) for name in names}


def _level(level):
    return {
        "niveau": level.level,
        "letter": level.letter,
        "naam": level.name,
        "n": level.n,
        "onderdrukt": _is_suppressed(level.reason),
        "reden": reason_text(level.reason) or None,
        "stellingen": [_statement(statement) for statement in level.statements],
    }


def _statement(statement):
    return {
        "code": statement.code,
        "stelling": statement.text,
        "formulering": statement.wording,
        "aantal": statement.count,
        # What was published before has 0 where the base was not shown.
        "n": statement.n or None,
        "percentage": statement.percentage,
        "interval": {"van": statement.interval[0], "tot": statement.interval[1]}
        if statement.interval
        else None,
        "rang": statement.rank,
        "band": statement.band,
        "afgeleid": statement.is_derived,
        "onderdrukt": _is_suppressed(statement.reason),
        "reden": reason_text(statement.reason) or None,
    }


def _is_suppressed(reason):
    """Known, but not shown. What nobody knows is not suppressed."""
    return bool(reason) and reason not in (results.Reason.UNKNOWN, results.Reason.NOT_ASKED)


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
