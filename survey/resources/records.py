"""One row a respondent, for research within the house: never public, since nearly every row is unique.

Rows stand in the order of their keys, which are drawn by lot, and the key itself stays here. Gemeente and rol
are told as the publication tells them, or as it would; what it leaves out is not here either. Here they stand side by
side, so that each group of the one within each of the other must be large enough, or only the first is told. Of what
people wrote there is what was screened as public, and what is for research alone: that says so itself.
"""

from collections import Counter
from itertools import chain, islice, product
from math import nan
from pathlib import Path
from tempfile import TemporaryDirectory

import narwhals
import pyreadstat
from django.db.models import Count
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from survey import results
from survey.design.questions import questions_of
from survey.models import OpenAnswer
from survey.models.response import PREFER_NOT
from survey.resources import spss, tables, units
from survey.results import tally
from survey.rounds import publications

CHUNK = 10_000
MOST_IN_SAV = 100_000
# Letters: what a form takes of words and the mark before them, and of the name of a group.
WORDS, GROUP = 2000 + 100, 100
TICKED = {0: "Niet aangekruist", 1: "Aangekruist"}


def record_rows(round):
    """The header and the rows as bytes of a CSV file, bit by bit."""
    table = _Table(round)
    yield from tables.csv_in_parts(chain([[table.names]], table.chunks()))


def records_syntax(round):
    """The SPSS syntax that reads these rows."""
    table = _Table(round)
    values = [(list(table.ticked), TICKED)]
    return spss.syntax(f"{round.slug}-inzendingen.csv", table.formats.items(), table.labels, values)


def records_sav(round):
    """These rows as bytes of an SPSS file, with the names and meanings in it. Refused when there are too many for
    that: they all lie in memory at once."""
    if round.responses.count() > MOST_IN_SAV:
        raise Refused(
            _("Dit zijn te veel inzendingen voor een SPSS-bestand. Neem de CSV met de SPSS-syntaxis.")
        )
    table = _Table(round)
    columns = dict.fromkeys(table.names, ())
    rows = [[tables.one_line(cell) for cell in row] for rows in table.chunks() for row in rows]
    if rows:
        columns = dict(zip(table.names, zip(*rows, strict=True), strict=True))
    numbers = {"volgnummer", *table.ticked}
    data = {
        # As SPSS has them: a number that is not there, and words that are not there.
        name: [nan if cell == "" else float(cell) for cell in column]
        if name in numbers
        else list(map(str, column))
        for name, column in columns.items()
    }
    with TemporaryDirectory() as folder:
        path = Path(folder) / "inzendingen.sav"
        pyreadstat.write_sav(
            narwhals.from_dict(data, backend="pandas").to_native(),
            path,
            column_labels={name: spss.cut(words, spss.LONGEST_LABEL) for name, words in table.labels.items()},
            variable_value_labels={
                name: {float(tick): words for tick, words in TICKED.items()} for name in table.ticked
            },
            variable_format={name: table.formats[name] for name in numbers},
            variable_measure=dict.fromkeys(table.ticked, "nominal"),
            row_compress=True,
        )
        return path.read_bytes()


class _Table:
    """The columns of the records of a round, and their rows."""

    def __init__(self, round):
        self._round = round
        pages = questions_of(round.questionnaire).pages
        # Each statement with the bit of its level.
        self._items = {item: page.level.bit for page in pages for item in page.items}
        self._questions = list(round.questionnaire.open_questions.all())
        self._groups, reasons = _groups(round)
        wanted = ["volgnummer", *(item.code for item in self._items), "gemeente", "rol"]
        self.names = spss.names([*wanted, *(question.key for question in self._questions)])
        self.ticked = {item.code: item for item in self._items}
        words = dict(zip(self.names[len(wanted) :], self._questions, strict=True))
        kinds = {"volgnummer": "F9"} | dict.fromkeys(self.ticked, "F1") | dict.fromkeys(words, _text(WORDS))
        self.formats = {name: kinds.get(name, _text(GROUP)) for name in self.names}
        self.labels = {code: item.text_in("nl") for code, item in self.ticked.items()}
        self.labels |= {
            name: _("%(question)s (een ¶ is een nieuwe regel)") % {"question": question.texts.get("nl", "")}
            for name, question in words.items()
        }
        self.labels |= {
            grouping: results.reason_text(reason) or _("Zoals de gepubliceerde uitsplitsing het toont.")
            for grouping, reason in reasons.items()
        }

    def chunks(self):
        fields = ("pk", "ticks", "answered", "municipality", "role")
        rows = self._round.responses.order_by("pk").values_list(*fields).iterator(chunk_size=CHUNK)
        number = 1
        while chunk := list(islice(rows, CHUNK)):
            yield self._cells(chunk, number)
            number += len(chunk)

    def _cells(self, rows, first):
        words = _words([row[0] for row in rows])
        return [
            [
                number,
                # Nothing where the level was skipped: that is no "no".
                *(
                    ticks >> item.bit & 1 if answered >> level & 1 else ""
                    for item, level in self._items.items()
                ),
                self._groups["gemeente"].get(municipality, ""),
                self._groups["rol"].get(role, ""),
                *(words.get((key, question.pk), "") for question in self._questions),
            ]
            for number, (key, ticks, answered, municipality, role) in enumerate(rows, first)
        ]


def _text(letters):
    """The format of a column of text: its width is in bytes, of which a letter may take four."""
    return f"A{4 * letters}"


def _groups(round):
    """(per grouping: answer to the name of the block in which it may stand here; the reason where nothing may)."""
    breakdowns = _breakdowns(round)
    block_groups, names = results.known_groups(round.questionnaire), {}
    reasons = {grouping: breakdown.reason for grouping, breakdown in breakdowns.items()}
    rows = round.responses.order_by().values_list("municipality", "role").annotate(Count("pk"))
    people = {(municipality, role): number for municipality, role, number in rows}
    for place, grouping in enumerate(tally.GROUPINGS):
        labels = {group: block.label for block in breakdowns[grouping].blocks for group in block.groups}
        answers = {who[place] for who in people}
        block_names = {
            answer: labels.get(block_groups[grouping].get(answer or PREFER_NOT, answer), "")
            for answer in answers
        }
        beside = names | {grouping: block_names}
        if not labels:
            names[grouping] = {}
        elif _smallest(people, beside) < round.threshold:
            names[grouping] = {}
            reasons[grouping] = (
                results.Reason.OTHER_BREAKDOWN if any(names.values()) else results.Reason.TOO_FEW
            )
        else:
            names[grouping] = block_names
    return names, reasons


def _breakdowns(round):
    """By grouping, as they are in the newest publication, or would be in the first."""
    newest = round.publications.order_by("-edition").first()
    try:
        outcome = (
            results.read(newest.data) if newest else publications.safe_results(round, tally.recount(round))
        )
        breakdowns = outcome.breakdowns
    except Refused:
        breakdowns = results.unknown_breakdowns(results.Reason.AUDITED)
    return {breakdown.grouping: breakdown for breakdown in breakdowns}


def _smallest(people, names):
    """The fewest people in one block of each of these groupings; a block within a block counts when it is empty too."""
    groupings = [names.get(grouping) for grouping in tally.GROUPINGS]
    cells = Counter()
    for who, number in people.items():
        cells[tuple(of[answer] if of else "" for of, answer in zip(groupings, who, strict=True))] += number
    blocks = [set(of.values()) if of else {""} for of in groupings]
    return min((cells[cell] for cell in product(*blocks)), default=0)


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
