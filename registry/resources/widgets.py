"""How a cell in a spreadsheet becomes a value, and back. What cannot be read says in Dutch what can."""

import datetime
import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from import_export.widgets import Widget

from registry.foundation.text import clean_text, normalise


class Text(Widget):
    """Text as it stands; an empty cell is an empty text."""

    one_line = False

    def canonical(self, cell):
        """The one way to write what is in the cell, to compare it by."""
        return clean_text(str("" if cell is None else cell), one_line=self.one_line)

    def note(self, cell):
        """What is made of the cell, in words, where that is more than a person would expect; or nothing."""
        return ""

    def clean(self, value, row=None, **kwargs):
        return self.canonical(value)

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)

    def explained(self):
        """What may stand in a cell, for the people who fill it in."""
        return ""


class Code(Text):
    """A code is written in capitals, however it is typed."""

    def canonical(self, cell):
        return super().canonical(cell).upper()


class Slug(Text):
    """An address is written in small letters, however it is typed."""

    def canonical(self, cell):
        return super().canonical(cell).lower()


class Choice(Text):
    """One of the stored values of a field with choices, or what people see of it; an empty cell where the field may
    be empty."""

    def __init__(self, choices):
        super().__init__()
        self.values = [value for value, _label in choices]
        self._by_word = {normalise(str(word)): value for value, label in choices for word in (label, value)}

    def canonical(self, cell):
        text = super().canonical(cell).lower()
        return text if text in self.values else self._by_word.get(normalise(text), text)

    def clean(self, value, row=None, **kwargs):
        value = super().clean(value)
        if value and value not in self.values:
            raise ValueError(
                _("‘%(value)s’ kan niet. Kies uit: %(values)s.")
                % {"value": value[:40], "values": ", ".join(self.values)}
            )
        return value

    def explained(self):
        return _("een van: %s") % ", ".join(self.values)


class YesNo(Text):
    def clean(self, value, row=None, **kwargs):
        word = super().clean(value).lower()
        if word in ("ja", "j", "x", "1", "true", "waar", "yes"):
            return True
        if word in ("nee", "n", "0", "false", "onwaar", "no", ""):
            return False
        raise ValueError(_("‘%(value)s’ kan niet. Vul ‘ja’ of ‘nee’ in.") % {"value": word[:40]})

    def render(self, value, obj=None, **kwargs):
        return "ja" if value else "nee"

    def explained(self):
        return _("ja of nee")


class Whole(Text):
    def clean(self, value, row=None, **kwargs):
        text = super().clean(value)
        if not text:
            return None
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            raise ValueError(_("‘%(value)s’ is geen heel getal.") % {"value": text[:40]})
        return int(text)

    def explained(self):
        return _("een heel getal")


class Coordinate(Text):
    """Decimal degrees, with a point or a comma."""

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value).replace(",", ".")
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = None
        if number is None or not number.is_finite() or abs(number) > 180:
            raise ValueError(_("‘%(value)s’ is geen getal, zoals 5.4714.") % {"value": text[:40]})
        return round(number, 6)

    def explained(self):
        return _("graden, zoals 5.4714")


class Day(Text):
    def clean(self, value, row=None, **kwargs):
        if isinstance(value, datetime.datetime):
            return value.date()
        if isinstance(value, datetime.date):
            return value
        text = super().clean(value)
        if not text:
            return None
        for form in ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"):
            try:
                return datetime.datetime.strptime(text, form).date()
            except ValueError:
                continue
        if re.fullmatch(r"\d{1,2}-(\d{1,2}|[a-z]{3,})", text, re.IGNORECASE):
            raise ValueError(
                _("Bij ‘%(value)s’ ontbreekt het jaar. Vul het aan, zoals 2026-11-23.") % {"value": text}
            )
        raise ValueError(_("‘%(value)s’ is geen datum, zoals 2026-11-23.") % {"value": text[:40]})

    def render(self, value, obj=None, **kwargs):
        return value.isoformat() if value else ""

    def explained(self):
        return _("een datum, zoals 2026-11-23")


class Lines(Text):
    """A field with one word on each line, parted by "|" in a cell."""

    def canonical(self, cell):
        words = super().canonical(cell).replace("\n", "|").split("|")
        return "|".join(word.strip() for word in words if word.strip())

    def clean(self, value, row=None, **kwargs):
        return self.canonical(value).replace("|", "\n")

    def render(self, value, obj=None, **kwargs):
        return "|".join(line.strip() for line in (value or "").splitlines() if line.strip())

    def explained(self):
        return _("meer dan een met | ertussen")
