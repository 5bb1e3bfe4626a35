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
    found = results.read(publication.data)
    here = f"{base}{reverse('api:root')}/metingen/{found.round}"
    return {
        "slug": found.round,
        "naam": found.name,
        "gelegenheid": found.occasion or None,
        "datum": found.held_on,
        "uitgave": publication.edition,
        "vastgesteldOp": publication.published_on,
        "n": found.responses,
        "voorbeeld": found.is_sample,
        "_links": {
            "self": {"href": here},
            "resultaten": {"href": f"{here}/resultaten"},
            "pagina": {"href": base + reverse("survey:results", args=[found.round])},
        },
    }


def results_of(publication, base):
    """Each level with its base and its statements; a figure that is not there has a reason."""
    found = results.read(publication.data)
    body = round(publication, base)
    body["_links"] = body["_links"] | {
        "self": body["_links"]["resultaten"],
        "meting": body["_links"]["self"],
    }
    return body | {
        "drempel": found.threshold,
        "toelichting": found.note or None,
        "niveaus": [_level(level) for level in found.levels],
        "errata": [{"datum": one.noted_on, "tekst": one.text} for one in publication.errata.all()],
    }


def details(publication, names):
    found = publications.as_it_counts(publication)
    return {name: _in_dutch(_plain(getattr(found, DETAILS[name]))) for name in names}


def _level(level):
    return {
        "niveau": level.level,
        "letter": level.letter,
        "naam": level.name,
        "n": level.n,
        "onderdrukt": _is_suppressed(level.reason),
        "reden": reason_text(level.reason) or None,
        "stellingen": [_statement(one) for one in level.statements],
    }


def _statement(one):
    return {
        "code": one.code,
        "stelling": one.text,
        "formulering": one.wording,
        "aantal": one.count,
        # What was published before has 0 where the base was not shown.
        "n": one.n or None,
        "percentage": one.percentage,
        "interval": {"van": one.interval[0], "tot": one.interval[1]} if one.interval else None,
        "rang": one.rank,
        "band": one.band,
        "afgeleid": one.is_derived,
        "onderdrukt": _is_suppressed(one.reason),
        "reden": reason_text(one.reason) or None,
    }


def _is_suppressed(reason):
    """Known, but not shown. What nobody knows is not suppressed."""
    return bool(reason) and reason not in (results.Reason.UNKNOWN, results.Reason.NOT_ASKED)


def _plain(part):
    if isinstance(part, tuple):
        return [asdict(one) for one in part]
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
    return [_in_dutch(one) for one in data] if isinstance(data, list | tuple) else data
