"""Cells that point at rows of another table: by code or address, or by the name that people know."""

import difflib
import re
from collections import defaultdict

from django.utils.translation import gettext as _
from import_export.widgets import ManyToManyWidget

from registry.accounts.scope import within_reach
from registry.foundation.text import normalise
from registry.models.address import former_addresses
from registry.resources.living import dead_because, survivor_of
from registry.resources.widgets import Text

MOST_CHOICES = 20
_PARTED = re.compile(r"[|;\n]")


class Reference(Text):
    """A row of another table. All are read once per import. What was merged stands for what it was merged into."""

    def __init__(self, model, field="slug", fold=str.lower):
        super().__init__()
        self.model, self.field, self.fold = model, field, fold
        self.user = None
        self._by_key = None

    def _rows(self):
        """Who works for one municipality can point at nothing outside it, nor learn what is there."""
        rows = self.model.objects.all()
        return within_reach(rows, self.user) if self.user else rows

    def _load(self):
        self._by_key, self._by_name, self._written = {}, defaultdict(list), {}
        self._by_former = None
        for row in self._rows():
            self._keep(row)

    def _keep(self, row):
        self._by_key[self.fold(self.key_of(row))] = row
        for name in {normalise(name) for name in (str(row), getattr(row, "name", "")) if name} - {""}:
            self._by_name[name].append(row)

    def key_of(self, row):
        return str(getattr(row, self.field))

    def _find(self, text):
        """The rows that the text can mean: none, one or more."""
        if self._by_key is None:
            self._load()
        if row := self._by_key.get(self.fold(text)):
            return [row]
        return self._by_name.get(normalise(text)) or self._once_at(text)

    def _once_at(self, text):
        """The row that had this address when it was public."""
        if self.field != "slug" or not hasattr(self.model, "history"):
            return []
        if self._by_former is None:
            by_key = {row.pk: row for row in self._by_key.values()}
            former = former_addresses(self.model)
            self._by_former = {slug: by_key[key] for slug, key in former if key in by_key}
        row = self._by_former.get(self.fold(text))
        return [row] if row else []

    def canonical(self, cell):
        """The key of the row that the cell means; when that is none, or not one, the text."""
        text = super().canonical(cell)
        if not text:
            return ""
        if self._by_key is None:
            self._load()
        if text not in self._written:
            rows = self._find(text)
            self._written[text] = self.key_of(rows[0]) if len(rows) == 1 else self.fold(text)
        return self._written[text]

    def surviving(self, cell):
        """As ``canonical``, of what the row was merged into."""
        key = self.canonical(cell)
        row = self._by_key.get(self.fold(key)) if key else None
        survivor = survivor_of(row) if row else row
        return (
            key
            if survivor is row or self.fold(self.key_of(survivor)) not in self._by_key
            else self.key_of(survivor)
        )

    def clean(self, value, row=None, **kwargs):
        text = super().canonical(value)
        if not text:
            return None
        rows = self._find(text)
        if not rows:
            # It may point at an earlier row of the same file.
            rows = list(self._rows().filter(**{self.field: self.fold(text)})[:1])
            self._written.pop(text, None)
            for match in rows:
                self._keep(match)
        if not rows:
            raise ValueError(self._not_found(text))
        if len(rows) > 1:
            raise ValueError(
                _("Er is meer dan één ‘%(name)s’. Kies uit: %(some)s.")
                % {"name": text[:40], "some": ", ".join(sorted(map(self.key_of, rows))[:MOST_CHOICES])}
            )
        return self._living(rows[0], text)

    def _living(self, row, text):
        survivor = survivor_of(row)
        if survivor is not row and self.fold(self.key_of(survivor)) not in self._by_key:
            raise ValueError(_("‘%s’ is samengevoegd en bestaat niet meer.") % text[:40])
        if why := dead_because(survivor):
            raise ValueError(why)
        return survivor

    def note(self, cell):
        key = self.canonical(cell)
        survivor = self.surviving(cell)
        if key == survivor:
            return ""
        return _("‘%(key)s’ is samengevoegd met ‘%(kept)s’: deze regel komt daar terecht.") % {
            "key": key,
            "kept": survivor,
        }

    def _not_found(self, text):
        names = {self._shown(row): key for key, row in self._by_key.items()}
        near = difflib.get_close_matches(text, names, 5, 0.5) if len(text) < 60 else []
        some = list(dict.fromkeys([*near, *sorted(names, key=names.get)]))
        choices = ", ".join(some[:MOST_CHOICES]) + (", …" if len(some) > MOST_CHOICES else "")
        return _("‘%(key)s’ staat niet bij %(what)s. Kies uit: %(some)s.") % {
            "key": text[:40],
            "what": self.model._meta.verbose_name_plural,
            "some": choices or "–",
        }

    def _shown(self, row):
        """A key, with the name behind it where that says more."""
        key, name = self.key_of(row), str(row).removeprefix(self.key_of(row)).strip()
        return f"{key} ({name[:40]})" if name and normalise(name) != normalise(key.replace("-", " ")) else key

    def render(self, value, obj=None, **kwargs):
        return self.key_of(value) if value else ""

    def explained(self):
        return _("%(field)s uit de lijst %(what)s, of de naam") % {
            "field": _("een code") if self.field == "code" else _("een adres"),
            "what": self.model._meta.verbose_name_plural,
        }


class References(ManyToManyWidget):
    """Several rows of another table, their keys parted by "|"."""

    def __init__(self, model, field="slug", fold=str.lower):
        super().__init__(model, separator="|", field=field)
        self.key = Reference(model, field, fold)

    def _parts(self, cell):
        """A comma parts keys too, but not a name that has one."""
        for part in filter(None, map(str.strip, _PARTED.split(Text().canonical(cell)))):
            if "," in part and not self.key._find(part):
                yield from filter(None, map(str.strip, part.split(",")))
            else:
                yield part

    def canonical(self, cell):
        return "|".join(sorted({self.key.canonical(part) for part in self._parts(cell)}))

    def surviving(self, cell):
        return "|".join(sorted({self.key.surviving(part) for part in self._parts(cell)}))

    def note(self, cell):
        return " ".join(filter(None, map(self.key.note, self._parts(cell))))

    def clean(self, value, row=None, **kwargs):
        return list({row.pk: row for row in map(self.key.clean, self._parts(value))}.values())

    def render(self, value, obj=None, **kwargs):
        return "|".join(sorted(self.key.key_of(row) for row in value.all())) if value else ""

    def explained(self):
        return _("%s; meer dan een met | ertussen") % self.key.explained()
