"""What a sheet holds and a person does not see there, and the other way round: hidden rows, merged cells."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from registry.foundation.spreadsheets.cells import Area, Line


def said_of_hidden(numbers: Sequence[int]) -> list[str]:
    if not numbers:
        return []
    some = ", ".join(map(str, numbers[:10])) + (", …" if len(numbers) > 10 else "")
    return [_("Verborgen regels tellen mee (%s). Wilt u dat niet? Haal ze weg uit het bestand.") % some]


def spread(lines: list[Line], areas: Iterable[Area], notes: list[str]) -> list[Line]:
    """``lines`` with the text of each area (first row, last row, first column, last column) in all its rows: what somebody merged
    holds for each row that the area covers."""
    downward = [area for area in areas if area[0] < area[1]]
    if not downward:
        return lines
    at, spread_lines, filled = {number: at for at, (number, _cells) in enumerate(lines)}, list(lines), set()
    for first, last, column, _last_column in downward:
        if (
            first not in at
            or column >= len(spread_lines[at[first]][1])
            or not spread_lines[at[first]][1][column]
        ):
            continue
        text = spread_lines[at[first]][1][column]
        for number in range(first + 1, min(last, spread_lines[-1][0]) + 1):
            if number in at:
                cells = list(spread_lines[at[number]][1])
                cells += [""] * (column + 1 - len(cells))
                cells[column] = text
                spread_lines[at[number]] = number, cells
                filled.add(number)
    if filled:
        some = ", ".join(map(str, sorted(filled)[:10])) + (", …" if len(filled) > 10 else "")
        notes.append(
            _("In regel %s zijn cellen samengevoegd. Wat erin staat, geldt voor elke regel ervan.") % some
        )
    return spread_lines
