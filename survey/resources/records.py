"""One row a respondent, for research within the house: never public, since nearly every row is unique.

Rows stand in the order of their keys, which are drawn by lot, and the key itself stays here. Gemeente and rol
are told as the publication tells them, or as it would; what it leaves out is not here either. Here they stand side by
side, so that each group of the one within each of the other must be large enough, or only the first is told. Of what
people wrote there is what was screened as public, and what is for research alone: that says so itself.
"""

from collections import Counter
from itertools import product

from django.db.models import Count
from django.utils.translation import gettext as _

from survey import publications, results, tally
from survey.models import OpenAnswer
from survey.models.response import PREFER_NOT
from survey.questions import questions_of
from survey.resources import spss, tables, units

CHUNK = 10_000
TICKED = {0: "Niet aangekruist", 1: "Aangekruist"}


def record_rows(round):
    """The header and the rows as bytes of a CSV file, bit by bit."""
    items, questions = _shape(round)
    names, _reasons = _groups(round)
    yield tables.as_csv([_columns(items, questions)])
    rows = round.responses.order_by("pk").values_list("pk", "ticks", "answered", "municipality", "role")
    chunk, number = [], 0
    for row in rows.iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield _lines(chunk, number, items, questions, names)
            chunk, number = [], number + CHUNK
    yield _lines(chunk, number, items, questions, names)


def records_syntax(round):
    """The SPSS syntax that reads these rows."""
    items, questions = _shape(round)
    _names, reasons = _groups(round)
    names = _columns(items, questions)
    codes = [item.code for item in items]
    kinds = {"volgnummer": "F9"} | dict.fromkeys(codes, "F1")
    labels = {item.code: item.text_in("nl") for item in items} | {
        _name(question): question.texts.get("nl", "") for question in questions
    }
    labels |= {
        grouping: results.reason_text(reason) or _("Zoals de gepubliceerde uitsplitsing het toont.")
        for grouping, reason in reasons.items()
    }
    columns = [(name, kinds.get(name, "A200" if name in ("gemeente", "rol") else "A2000")) for name in names]
    return spss.syntax(f"{round.slug}-inzendingen.csv", columns, labels, [(codes, TICKED)])


def _groups(round):
    """(per grouping: answer to the name of the block in which it may stand here; the reason where nothing may)."""
    breakdowns = _breakdowns(round)
    known, names = results.known_groups(round.questionnaire), {}
    reasons = {grouping: one.reason for grouping, one in breakdowns.items()}
    rows = round.responses.order_by().values_list("municipality", "role").annotate(Count("pk"))
    people = {(municipality, role): number for municipality, role, number in rows}
    for place, grouping in enumerate(tally.GROUPINGS):
        labels = {group: block.label for block in breakdowns[grouping].blocks for group in block.groups}
        answers = {who[place] for who in people}
        found = {one: labels.get(known[grouping].get(one or PREFER_NOT, one), "") for one in answers}
        beside = names | {grouping: found}
        if not labels:
            names[grouping] = {}
        elif _smallest(people, beside) < round.threshold:
            names[grouping] = {}
            reasons[grouping] = (
                results.Reason.OTHER_BREAKDOWN if any(names.values()) else results.Reason.TOO_FEW
            )
        else:
            names[grouping] = found
    return names, reasons


def _breakdowns(round):
    """By grouping, as they are in the newest publication, or would be in the first."""
    newest = round.publications.order_by("-edition").first()
    try:
        found = (
            results.read(newest.data) if newest else publications.safe_results(round, tally.recount(round))
        )
        breakdowns = found.breakdowns
    except publications.Refused:
        breakdowns = results.unknown_breakdowns(results.Reason.AUDITED)
    return {one.grouping: one for one in breakdowns}


def _smallest(people, names):
    """The fewest people in one block of each of these groupings; a block within a block counts when it is empty too."""
    groupings = [names.get(grouping) for grouping in tally.GROUPINGS]
    cells = Counter()
    for who, number in people.items():
        cells[tuple(of[answer] if of else "" for of, answer in zip(groupings, who, strict=True))] += number
    blocks = [set(of.values()) if of else {""} for of in groupings]
    return min((cells[cell] for cell in product(*blocks)), default=0)


def _shape(round):
    """(each statement with the bit of its level, the open questions), in the order of the questionnaire."""
    pages = questions_of(round.questionnaire).pages
    items = {item: page.level.bit for page in pages for item in page.items}
    return items, list(round.questionnaire.open_questions.all())


def _columns(items, questions):
    return ["volgnummer", *(item.code for item in items), "gemeente", "rol", *map(_name, questions)]


def _name(question):
    return question.key.replace("-", "_")


def _lines(rows, number, items, questions, names):
    words = _words([row[0] for row in rows])
    lines = [
        [
            number + place,
            *_ticks(items, ticks, answered),
            names["gemeente"].get(municipality, ""),
            names["rol"].get(role, ""),
            *(words.get((key, question.pk), "") for question in questions),
        ]
        for place, (key, ticks, answered, municipality, role) in enumerate(rows, 1)
    ]
    return tables.as_csv(lines).removeprefix("\ufeff".encode())


def _ticks(items, ticks, answered):
    """Nothing where the level was skipped: that is no "no"."""
    return [ticks >> item.bit & 1 if answered >> level & 1 else "" for item, level in items.items()]


def _words(keys):
    read = OpenAnswer.objects.filter(
        response__in=keys, screening__in=(OpenAnswer.Screening.PUBLIC, OpenAnswer.Screening.PRIVATE)
    )
    return {
        (response, question): units.marked(screening, quote or text)
        for response, question, screening, quote, text in read.values_list(
            "response", "question", "screening", "quote", "text"
        )
    }
