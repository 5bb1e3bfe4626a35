"""Results in templates: words for figures, and the geometry of the pictures."""

from dataclasses import dataclass
from itertools import chain, groupby

from django import template
from django.utils.translation import gettext_lazy as _

from survey import results
from survey.coding import double_coding
from survey.results import shares

register = template.Library()
register.filter("counted", results.counted)
register.filter("sentence", results.sentence)
register.filter("reason_text", results.reason_text)
register.filter("change_text", results.change_text)
register.filter("number", results.number)
register.filter("signed", results.signed)

CELL, MARGIN = 22, 40
# How many initiatives tackle it: from, and the words at the axis.
COLUMNS = [(0, _("geen")), (1, "1"), (2, "2"), (3, _("3 of 4")), (5, _("5 of meer"))]
COLUMN, DOT = 156, 31
# Where dots stand in a column, the middle first.
LANES = [0, -DOT, DOT, -2 * DOT, 2 * DOT]
GROUPINGS = {"gemeente": _("Per gemeente"), "rol": _("Per rol")}


@register.simple_tag
def known_shares():
    """For pages with bottlenecks: what was published of them, asked for once."""
    return shares.known_shares()


@register.inclusion_tag("survey/_share.html")
def share(shares, bottleneck, with_link=False):
    """What share of the respondents recognised this bottleneck, or that nobody was asked."""
    share_of_bottleneck = shares.get(bottleneck.code)
    return {
        "known": share_of_bottleneck,
        "statement": share_of_bottleneck and share_of_bottleneck.statement,
        "with_link": with_link,
    }


@register.simple_tag
def quotes_with(entry):
    """The units that are shown with what a code became: as they may be shown now, or none any more. Of an initiative
    those of its mentions."""
    name = entry._meta.model_name
    return double_coding.quotes_of(**{"mention__initiative" if name == "initiative" else name: entry})


register.filter("range_text", results.range_text)


@register.filter
def range_box(figure):
    """Where the range of a statement or a share of few people lies, in hundredths; None when it is no range."""
    reason = figure.reason if isinstance(figure, results.Statement) else figure and figure.band
    ends = results.range_of(reason, figure.n) if reason else ()
    if not ends:
        return None
    return {"start": ends[0], "width": ends[1] - ends[0], "text": results.range_text(reason, figure.n)}


@register.filter
def has_ranges(level):
    return any(map(range_box, level.statements))


@register.filter
def has_hidden_shares(breakdown):
    return any(results.reason_text(share.band) for block in breakdown.blocks for share in block.shares)


@register.filter
def in_bands(level):
    """The known statements, those that cannot be told apart together."""
    return [
        list(group)
        for _band, group in groupby(level.known, key=lambda statement: statement.band or -statement.rank)
    ]


@register.filter
def grouping_name(grouping):
    return GROUPINGS[grouping]


@register.filter
def rows_of(breakdown, results):
    """A breakdown as tables, level by level: (level, bases, (statement, shares))."""
    by_code = [{share.code: share for share in block.shares} for block in breakdown.blocks]
    for position, slug in enumerate(breakdown.levels):
        level = next(level_result for level_result in results.levels if level_result.level == slug)
        heads = [(block, block.bases[position]) for block in breakdown.blocks]
        rows = [(statement, [shares[statement.code] for shares in by_code]) for statement in level.statements]
        yield level, heads, rows


@register.filter
def strongest(pairs):
    """The pairs, those that hang together most first."""
    return sorted(pairs, key=lambda pair: (pair.phi is None, -abs(pair.phi or 0), pair.first, pair.second))


@register.filter
def has_coarse_pairs(results):
    return any(pair.reason and pair.phi is not None for pair in results.pairs)


@register.filter
def not_compared(comparison):
    """The codes without an earlier figure."""
    return [change.code for change in comparison.changes if change.before is None]


@register.filter
def text_of(results, code):
    return results.statements[code].text


@register.filter
def part_of(step, results):
    """How far the bar of a step goes: in hundredths of the longest."""
    return round(100 * step.number / max(results.started, 1))


@dataclass(frozen=True)
class Box:
    x: int
    y: int
    kind: str
    text: str


@register.inclusion_tag("survey/_heat.html")
def heat(results):
    """The pairs as a field of squares: across, the statements of all levels but the first; down, all but the last."""
    levels = [level for level in results.levels if not level.reason]
    codes = [[statement.code for statement in sorted(level.statements, key=_by_code)] for level in levels]
    across, down = list(chain(*codes[1:])), list(chain(*codes[:-1]))
    columns = {code: MARGIN + number * CELL for number, code in enumerate(across)}
    rows = {code: MARGIN + number * CELL for number, code in enumerate(down)}
    boxes = [Box(columns[pair.second], rows[pair.first], *_warmth(pair)) for pair in results.pairs]
    return {
        "boxes": boxes,
        "columns": [(code, x + CELL // 2) for code, x in columns.items()],
        "rows": [(code, y + CELL // 2) for code, y in rows.items()],
        "width": MARGIN + len(columns) * CELL,
        "height": MARGIN + len(rows) * CELL,
        "cell": CELL - 2,
    }


def _by_code(statement):
    return statement.code[0], int(statement.code[1:])


def _warmth(pair):
    """How dark a square is, and the tenths that stand in it."""
    if pair.phi is None:
        return "verborgen", "×"
    tenths = round(abs(pair.phi) * 10)
    text = f"{tenths}" if pair.phi >= 0 or not tenths else f"−{tenths}"
    return (f"{min(tenths, 5)}" if pair.phi >= 0 or not tenths else "minder"), text


@register.inclusion_tag("survey/_coverage_chart.html")
def coverage_chart(covered):
    """A dot for each bottleneck: up is recognised by more, left is tackled by fewer.

    A dot stands at its share, and anywhere in the column of its number: there dots stand side by side.
    """
    left, top, bottom = 60, 20, 340
    right = left + len(COLUMNS) * COLUMN

    def up(percentage):
        return bottom - (bottom - top) * percentage // 100

    dots, taken = [], []
    for row in covered:
        column = max(number for number, (least, _label) in enumerate(COLUMNS) if row.tackles >= least)
        middle, y = left + COLUMN * column + COLUMN // 2, up(row.share.percentage)
        places = [middle + offset for offset in LANES]
        x = max(places, key=lambda x: _room(x, y, taken))
        taken.append((x, y))
        dots.append({"x": x, "y": y, "code": row.bottleneck.code, "level": row.bottleneck.level_id})
    return {
        "dots": dots,
        "up": [{"at": up(value), "value": value} for value in range(0, 101, 25)],
        "along": [
            {"at": left + COLUMN * number + COLUMN // 2, "edge": left + COLUMN * number, "label": label}
            for number, (_least, label) in enumerate(COLUMNS)
        ],
        "left": left,
        "top": top,
        "right": right,
        "bottom": bottom,
        "middle": (left + right) // 2,
        "corner_width": 2 * COLUMN,
        "corner_height": (bottom - top) // 2,
        "corner_x": left + 12,
        "corner_y": top + 22,
        "tick_x": left - 10,
        "tick_y": bottom + 24,
        "width": right + 20,
        "height": bottom + 56,
    }


def _room(x, y, taken):
    """How far the nearest dot is; from the width of a dot on it no longer matters."""
    return min([DOT, *(max(abs(x - other_x), abs(y - other_y)) for other_x, other_y in taken)])
