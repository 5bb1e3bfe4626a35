"""What staff say about a file that they bring in: which sheet, and which column is which."""

from django import forms
from django.utils.html import escape
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_EXAMPLE = 60


class SheetForm(forms.Form):
    blad = forms.ChoiceField(label=gettext_lazy("Welk blad?"), widget=forms.RadioSelect)

    def __init__(self, *args, titles, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["blad"].choices = [(title, title) for title in titles]


class ColumnsForm(forms.Form):
    """A choice of our columns for each column of the file; ``problems`` judges them together."""

    def __init__(self, *args, table, choices, problems, **kwargs):
        super().__init__(*args, **kwargs)
        self.problems = problems
        for at, header in enumerate(table.headers):
            some = [cells[at] for _number, cells in table.rows[:200] if cells[at]]
            if not (header or some):
                continue
            said = _("Kolom ‘%s’") % header[:60] if header else _("Kolom %d, zonder naam") % (at + 1)
            example = " · ".join(list(dict.fromkeys(some))[:3])
            self.fields[f"kolom-{at}"] = forms.ChoiceField(
                label=said,
                required=False,
                choices=[("", _("niet overnemen")), *choices],
                help_text=_("Bijvoorbeeld: %s") % Truncator(escape(example)).chars(MOST_EXAMPLE)
                if some
                else _("Deze kolom is leeg."),
            )

    def columns(self, width):
        return [self.cleaned_data.get(f"kolom-{at}", "") for at in range(width)]

    def clean(self):
        cleaned = super().clean()
        names = [value for value in cleaned.values() if value]
        double, missing = self.problems(names)
        if double:
            self.add_error(
                None, _("Deze kolommen koos u twee keer: %s. Laat er één over.") % ", ".join(double)
            )
        if missing:
            self.add_error(None, _("Deze kolommen zijn nodig en koos u nog niet: %s.") % ", ".join(missing))
        if not names:
            self.add_error(None, _("Kies ten minste één kolom."))
        return cleaned
