"""What a person sees in a cell that holds a number: the number, and the format that a program shows it in."""

import datetime
import re
from decimal import Decimal, InvalidOperation

from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

_PIECE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|E[+-]|.', re.DOTALL)
_ASIDE = re.compile(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_CURRENCY = re.compile(r"\[\$([^\]-]+)")
_NUMBER = re.compile(r"-?\d{1,15}")


def plain(number: object) -> str:
    """A number (as its file writes it) in all its digits, with a point; never as 3,2E+08."""
    text = str(number)
    if _NUMBER.fullmatch(text):
        return text
    try:
        value = Decimal(f"{float(text):.15g}")
    except (ValueError, InvalidOperation):
        return text
    if not value.is_finite():
        return text
    written = f"{value:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def shown(number: str, code: str, *, is_from_1904: bool = False) -> str:
    """``number`` as the format ``code`` of Excel shows it: leading zeros, per cent, money, days and times.

    Rounding and marks between thousands are left out: they hide what the cell holds.
    """
    if code in ("General", "@", ""):
        return plain(number)
    if is_date_format(code):
        return _moment(number, code, is_from_1904)
    value = Decimal(plain(number))
    sections = _sections(code)
    section, is_signed = sections[0], value < 0
    if value < 0 and len(sections) > 1:
        section, is_signed = sections[1], False
    return _filled(abs(value), section, is_signed) or plain(number)


def _sections(code: str) -> list[list[str]]:
    sections: list[list[str]] = [[]]
    for piece in _PIECE.findall(code):
        if piece == ";":
            sections.append([])
        else:
            sections[-1].append(piece)
    return sections


def _filled(value: Decimal, pieces: list[str], is_signed: bool) -> str:
    """The section of a format filled in, or "" when the number alone says as much."""
    if any(piece[0] in "E/" for piece in pieces):
        return ""
    if "%" in pieces:
        # In the way of people here: 12,5%.
        text = plain(value * 100).replace(".", ",")
        return f"{'-' * is_signed}{text}%"
    words = [_word(piece) for piece in pieces]
    point = pieces.index(".") if "." in pieces else len(pieces)
    whole = [at for at, piece in enumerate(pieces[:point]) if piece in "0#?"]
    zeros = sum(pieces[at] == "0" for at in whole)
    if not whole or (zeros < 2 and not "".join(words).strip()):
        return ""
    decimals = sum(piece in ("0", "#", "?") for piece in pieces[point:])
    rounded = f"{value:.{decimals}f}"
    digits, _point, rest = rounded.partition(".")
    digits = digits.zfill(zeros)
    if "," in pieces[:point]:
        digits = f"{int(digits):,}".replace(",", ".")
    return "-" * is_signed + _in_places(digits, rest, words, whole, point).strip()


def _in_places(digits: str, rest: str, words: list[str], whole: list[int], point: int) -> str:
    """The digits from the right in their places; what is left over stands in the first."""
    room = len(whole)
    spread = [digits[: len(digits) - room + 1], *digits[len(digits) - room + 1 :]] if room > 1 else [digits]
    if len(digits) < room:
        spread = [""] * (room - len(digits)) + list(digits)
    if "." in digits:  # marks between thousands take no places
        spread = [digits] + [""] * (room - 1)
    places = dict(zip(whole, spread, strict=True))
    text = "".join(places.get(at, word) for at, word in enumerate(words[:point]))
    tail = "".join(words[point + 1 :])
    return " ".join(f"{text}{',' if rest else ''}{rest}{tail}".split())


def _word(piece: str) -> str:
    """What a piece of a format shows by itself."""
    if piece[0] == '"':
        return piece[1:-1]
    if piece[0] == "\\":
        return piece[1:]
    if piece[0] == "[":
        money = _CURRENCY.match(piece)
        return money[1] if money else ""
    if piece[0] in "_*":
        return " "
    return "" if piece in "0#?,.;@" else piece


def _moment(number: str, code: str, is_from_1904: bool) -> str:
    shape = _ASIDE.sub("", code.split(";")[0]).lower()
    epoch = MAC_EPOCH if is_from_1904 else WINDOWS_EPOCH
    has_day = "y" in shape or "d" in shape or "mmm" in shape
    try:
        if _ELAPSED.search(shape):
            return _elapsed(float(number))
        moment = from_excel(float(number), epoch)
    except (ValueError, OverflowError):
        return plain(number)
    if isinstance(moment, datetime.time):
        return clock(moment) if not has_day else plain(number)
    if not has_day:
        return clock(moment.time())
    is_whole_day = moment.time() == datetime.time() or not re.search("[hs]", shape)
    return day_of(moment) if is_whole_day else f"{day_of(moment)} {clock(moment.time())}"


def _elapsed(days: float) -> str:
    seconds = round(days * 86_400)
    hours, seconds = divmod(seconds, 3600)
    return f"{hours}:{seconds // 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")


def day_of(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%d") if moment.year > 999 else moment.date().isoformat()


def clock(time: datetime.time) -> str:
    """19:30, with seconds only when there are some."""
    if time.microsecond >= 500_000:  # a time is a fraction of a day, and so hardly ever exact
        time = (
            datetime.datetime.combine(datetime.date(2000, 1, 1), time) + datetime.timedelta(seconds=1)
        ).time()
    return time.strftime("%H:%M:%S" if time.second else "%H:%M")
