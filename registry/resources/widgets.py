"""How a cell in a spreadsheet becomes a value, and back. What cannot be read says in Dutch what can."""

import datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _
from import_export.widgets import ManyToManyWidget, Widget


class Text(Widget):
    """Text as it stands; an empty cell is an empty text."""

    def clean(self, value, row=None, **kwargs):
        return "" if value is None else str(value).strip()

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class Choice(Text):
    """One of the stored values of a field with choices; an empty cell where the field may be empty."""

    def __init__(self, choices):
        super().__init__()
        self.values = list(choices.values)

    def clean(self, value, row=None, **kwargs):
        value = super().clean(value).lower()
        if value and value not in self.values:
            raise ValueError(
                _("‘%(value)s’ kan niet. Kies uit: %(values)s.")
                % {"value": value[:40], "values": ", ".join(self.values)}
            )
        return value


class YesNo(Widget):
    def clean(self, value, row=None, **kwargs):
        word = str("" if value is None else value).strip().lower()
        if word in ("ja", "1", "true", "waar"):
            return True
        if word in ("nee", "0", "false", "onwaar", ""):
            return False
        raise ValueError(_("‘%(value)s’ kan niet. Vul ‘ja’ of ‘nee’ in.") % {"value": word[:40]})

    def render(self, value, obj=None, **kwargs):
        return "ja" if value else "nee"


class Whole(Text):
    def clean(self, value, row=None, **kwargs):
        text = super().clean(value)
        if not text:
            return None
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if not text.isascii() or not text.isdigit():
            raise ValueError(_("‘%(value)s’ is geen heel getal.") % {"value": text[:40]})
        return int(text)


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
        if number is None or not number.is_finite():
            raise ValueError(_("‘%(value)s’ is geen getal, zoals 5.4714.") % {"value": text[:40]})
        return round(number, 6)


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


class Key(Text):
    """A row of another table by its code or slug. All keys are read once per import."""

    def __init__(self, model, field="slug", fold=str):
        super().__init__()
        self.model, self.field, self.fold = model, field, fold
        self._by_key = None

    def _find(self, key):
        if self._by_key is None:
            self._by_key = {str(getattr(row, self.field)): row for row in self.model.objects.all()}
        if key not in self._by_key:
            # It may point at an earlier row of the same file.
            row = self.model.objects.filter(**{self.field: key}).first()
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

    def clean(self, value, row=None, **kwargs):
        key = self.fold(super().clean(value))
        return self._find(key) if key else None

    def render(self, value, obj=None, **kwargs):
        return str(getattr(value, self.field)) if value else ""


class Keys(ManyToManyWidget):
    """Several rows of another table, their keys parted by "|"."""

    def __init__(self, model, field="slug", fold=str):
        super().__init__(model, separator="|", field=field)
        self.key = Key(model, field, fold)

    def clean(self, value, row=None, **kwargs):
        rows = [self.key.clean(part) for part in Text().clean(value).split("|")]
        return [row for row in rows if row]

    def render(self, value, obj=None, **kwargs):
        return "|".join(sorted(str(getattr(row, self.field)) for row in value.all())) if value else ""


class Lines(Text):
    """A field with one word on each line, parted by "|" in a cell."""

    def clean(self, value, row=None, **kwargs):
        words = super().clean(value).replace("\n", "|").split("|")
        return "\n".join(word.strip() for word in words if word.strip())

    def render(self, value, obj=None, **kwargs):
        return "|".join(line.strip() for line in (value or "").splitlines() if line.strip())
