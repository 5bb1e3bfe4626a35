"""What was coded, a row for each meaning unit: who wants to can work out agreement and kappa again.

Units and answers are numbered in the order of their keys, which are drawn by lot; nothing leads to the row of a respondent.
"""

from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from survey.coding import double_coding
from survey.models import Code, OpenAnswer
from survey.open_answers import progress
from survey.resources import tables

COLUMNS = "eenheid antwoord vraag oordeel tekst codeur_1 codeur_2 vergeleken_op samen telt_voor".split()
# Stands before words that are for research alone.
PRIVATE = "[alleen voor onderzoek] "
Screening = OpenAnswer.Screening
Coder = double_coding.Coder


def unit_rows(round):
    """Bytes of a CSV file. Refused before the coding is fixed: a coder would read what another said."""
    if not progress.is_frozen(round):
        raise Refused(_("Stel eerst het coderen vast: tot dan codeert ieder zonder de ander te zien."))
    keys = dict(Code.objects.filter(round=round).values_list("pk", "key"))
    by_unit, final = progress.codes_by_unit(round), progress.final(round)
    answers, rows = {}, [COLUMNS]
    units = progress.units_of(round).select_related("answer__question").order_by("pk")
    for number, unit in enumerate(units, 1):
        answer, said = unit.answer, by_unit.get(unit.pk, {})
        rows.append(
            [
                number,
                answers.setdefault(answer.pk, len(answers) + 1),
                answer.question.key,
                answer.screening,
                marked(answer.screening, unit.text),
                *(keys.get(said.get(coder), "") for coder in (Coder.FIRST, Coder.SECOND)),
                unit.compared_on and unit.compared_on.isoformat(),
                keys.get(said.get(Coder.TOGETHER), ""),
                keys.get(final.get(unit.pk), ""),
            ]
        )
    return tables.as_csv(rows)


def marked(screening, words):
    """Words for who does research: those that may not be public say so themselves."""
    if not words or screening not in (Screening.PUBLIC, Screening.PRIVATE):
        return ""
    return PRIVATE + words if screening == Screening.PRIVATE else words
