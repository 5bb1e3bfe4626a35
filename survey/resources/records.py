"""One row a respondent, for research within the house: never public, since nearly every row is unique.

Rows stand in the order of their keys, which are drawn by lot, and the key itself stays here. Gemeente and rol
are told as the published breakdown tells them; of what people wrote only what was screened as public.
"""

from survey import results, tally
from survey.models import OpenAnswer
from survey.resources import spss, tables

CHUNK = 10_000
TICKED = {0: "Niet aangekruist", 1: "Aangekruist"}


def record_rows(round):
    """The header and the rows as bytes of a CSV file, bit by bit."""
    items, questions = _shape(round)
    counted = tally.recount(round)
    levels = results.open_levels_of(round, counted)
    names = results.merged_blocks(round.questionnaire, levels, counted, round.threshold)
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
    names = _columns(items, questions)
    codes = [item.code for item in items]
    kinds = {"volgnummer": "F9"} | dict.fromkeys(codes, "F1")
    labels = {item.code: item.text_in("nl") for item in items} | {
        _name(question): question.texts.get("nl", "") for question in questions
    }
    columns = [(name, kinds.get(name, "A200" if name in ("gemeente", "rol") else "A2000")) for name in names]
    return spss.syntax(f"{round.slug}-inzendingen.csv", columns, labels, [(codes, TICKED)])


def _shape(round):
    items = list(round.questionnaire.items.select_related("level"))
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
    return [ticks >> item.bit & 1 if answered >> item.level.position & 1 else "" for item in items]


def _words(keys):
    public = OpenAnswer.objects.filter(response__in=keys, screening=OpenAnswer.Screening.PUBLIC)
    return {
        (response, question): quote
        for response, question, quote in public.values_list("response", "question", "quote")
    }
