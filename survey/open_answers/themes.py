"""The themes in open answers: what people said unasked, once the coding of it is fixed."""

from collections import Counter
from dataclasses import dataclass

from survey.models import Code
from survey.open_answers.progress import final, is_frozen, units_of

# What says something about what people find. What is left over ("nieuw", "geen") is no theme.
MEANINGFUL = (Code.Kind.BOTTLENECK, Code.Kind.OWN)


@dataclass(frozen=True)
class Theme:
    """What people said unasked, and how many different people said it. Never part of a prompted share."""

    label: str
    code: str
    respondents: int


def respondents(round):
    """{code: how many different people said it}, by what was agreed on, else by the first coder."""
    people = dict(units_of(round).values_list("pk", "answer__response"))
    said = {(code, people[unit]) for unit, code in final(round).items()}
    return Counter(code for code, _person in said)


def themes_of(round):
    """The themes of a round whose coding is fixed, most often said first; before that none.

    All respondents are counted, not a group of them, so that a theme of one person says no more than that
    somebody said it; the words are those of the codebook, never of a respondent.
    """
    if not is_frozen(round):
        return ()
    numbers = respondents(round)
    codes = round.codes.filter(pk__in=numbers, kind__in=MEANINGFUL)
    themes = [Theme(code.label, code.key, numbers[code.pk]) for code in codes]
    return tuple(sorted(themes, key=lambda theme: (-theme.respondents, theme.code)))
