"""How a cell in a spreadsheet becomes a value, and back. What cannot be read says in Dutch what can."""

import datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from import_export.widgets import ManyToManyWidget, Widget

from registry.reach import within_reach


class Text(Widget):
    """Text as it stands; an empty cell is an empty text."""

    def canonical(self, cell):
        """The one way to write what is in the cell, to compare it without looking anything up."""
        return str("" if cell is None else cell).replace("\r\n", "\n").strip()

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


class Choice(Text):
    """One of the stored values of a field with choices; an empty cell where the field may be empty."""

    def __init__(self, choices):
        super().__init__()
        self.values = list(choices.values)

    def canonical(self, cell):
        return super().canonical(cell).lower()

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
        if word in ("ja", "1", "true", "waar"):
            return True
        if word in ("nee", "0", "false", "onwaar", ""):
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
        for form in ("%Y-%m-%d", "%d-%m-%Y"):
            try:
                return datetime.datetime.strptime(text, form).date()
            except ValueError:
                continue
        raise ValueError(_("‘%(value)s’ is geen datum, zoals 2026-11-23.") % {"value": text[:40]})

    def render(self, value, obj=None, **kwargs):
        return value.isoformat() if value else ""

    def explained(self):
        return _("een datum, zoals 2026-11-23")


class Key(Text):
    """A row of another table by its code or slug. All keys are read once per import."""

    def __init__(self, model, field="slug", fold=str):
        super().__init__()
        self.model, self.field, self.fold = model, field, fold
        self.user = None
        self._by_key = None

    def _rows(self):
        """Who works for one municipality can point at nothing outside it, nor learn what is there."""
        rows = self.model.objects.all()
        return within_reach(rows, self.user) if self.user else rows

    def _find(self, key):
        if self._by_key is None:
            self._by_key = {str(getattr(row, self.field)): row for row in self._rows()}
        if key not in self._by_key:
            # It may point at an earlier row of the same file.
            row = self._rows().filter(**{self.field: key}).first()
            if row is None:
                raise ValueError(self._not_found(key))
            self._by_key[key] = row
        return self._by_key[key]

    def _not_found(self, key):
        some = sorted(self._by_key)
        shown = ", ".join(some[:12]) + (", …" if len(some) > 12 else "")
        return _("‘%(key)s’ staat niet bij %(what)s. Kies uit: %(some)s.") % {
            "key": key[:40],
            "what": self.model._meta.verbose_name_plural,
            "some": shown or "–",
        }

    def canonical(self, cell):
        return self.fold(super().canonical(cell))

    def clean(self, value, row=None, **kwargs):
        key = self.canonical(value)
        return self._find(key) if key else None

    def render(self, value, obj=None, **kwargs):
        return str(getattr(value, self.field)) if value else ""

    def explained(self):
        return _("%(field)s uit de lijst %(what)s") % {
            "field": _("een code") if self.field == "code" else _("een adres"),
            "what": self.model._meta.verbose_name_plural,
        }


class Keys(ManyToManyWidget):
    """Several rows of another table, their keys parted by "|"."""

    def __init__(self, model, field="slug", fold=str):
        super().__init__(model, separator="|", field=field)
        self.key = Key(model, field, fold)

    def canonical(self, cell):
        return "|".join(sorted(filter(None, map(self.key.canonical, Text().canonical(cell).split("|")))))

    def clean(self, value, row=None, **kwargs):
        rows = [self.key.clean(part) for part in Text().clean(value).split("|")]
        return [row for row in rows if row]

    def render(self, value, obj=None, **kwargs):
        return "|".join(sorted(str(getattr(row, self.field)) for row in value.all())) if value else ""

    def explained(self):
        return _("%s; meer dan een met | ertussen") % self.key.explained()


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
