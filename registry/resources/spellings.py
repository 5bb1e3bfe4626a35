"""Numbers and addresses that programs and people write in many ways."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from registry.models.fields.mailbox import as_mailed
from registry.resources.widgets import Text

_SPACES = re.compile(r"[\s.\u00a0-]+")
_DAY = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}-(jan|feb|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec|mar|may|oct)(-\d{2,4})?",
    re.I,
)


class Web(Text):
    """An address of the web as the public form takes it: what people type without https:// gets it."""

    _field = forms.URLField(assume_scheme="https", required=False)

    def canonical(self, cell):
        text = super().canonical(cell)
        try:
            return self._field.to_python(text)
        except ValidationError:
            return text

    def clean(self, value, row=None, **kwargs):
        address = self.canonical(value)
        try:
            if address:
                URLValidator()(address)
        except ValidationError:
            raise ValueError(
                _("‘%s’ is geen webadres, zoals www.voorbeeld.nl.") % super().canonical(value)[:60]
            ) from None
        return address

    def explained(self):
        return _("een webadres, zoals www.voorbeeld.nl")


class Mail(Text):
    """An e-mail address in the form in which it is stored."""

    def canonical(self, cell):
        text = super().canonical(cell).removeprefix("mailto:")
        return as_mailed(text) if "@" in text else text


class Doi(Text):
    """Also as the address that leads to it."""

    def canonical(self, cell):
        return re.sub(
            r"^(https?://(dx\.)?doi\.org/|doi:\s*)", "", super().canonical(cell), flags=re.IGNORECASE
        )


class Chamber(Text):
    """A number of the Chamber of Commerce; programs that take it for a number lose the zero in front."""

    def canonical(self, cell):
        text = super().canonical(cell)
        digits = _SPACES.sub("", re.sub(r"^kvk[\s:.-]*", "", text, flags=re.IGNORECASE))
        return digits.zfill(8) if digits.isascii() and digits.isdigit() and len(digits) in (6, 7) else digits

    def note(self, cell):
        written = self.canonical(cell)
        had = _SPACES.sub("", super().canonical(cell))
        if len(had) < len(written):
            return _("‘%(had)s’ wordt ‘%(written)s’: de nul vooraan was weg.") % {
                "had": had,
                "written": written,
            }
        return ""

    def explained(self):
        return _("8 cijfers")


class Phone(Text):
    """A telephone number as people write it; where the zero in front was lost it comes back."""

    def canonical(self, cell):
        text = super().canonical(cell)
        digits = re.sub(r"[\s()./-]", "", text)
        if re.fullmatch(r"[1-9]\d{8}", digits):
            return f"0{text}"
        return f"+{text}" if re.fullmatch(r"31[1-9]\d{8}", digits) else text

    def clean(self, value, row=None, **kwargs):
        text = self.canonical(value)
        if re.fullmatch(r"\d+([.,]\d+)?E\+?\d+", text, re.IGNORECASE):
            raise ValueError(
                _("‘%s’: een programma maakte hier een getal van en kortte het in. Typ het nummer opnieuw.")
                % text[:40]
            )
        if text and not sum(sign.isdigit() for sign in text) >= 3:
            raise ValueError(_("‘%s’ is geen telefoonnummer, zoals 0320 123456.") % text[:40])
        return text

    def note(self, cell):
        had, written = super().canonical(cell), self.canonical(cell)
        if had != written:
            return _("‘%(had)s’ wordt ‘%(written)s’: het begin was weg.") % {"had": had, "written": written}
        if written and not 6 <= sum(sign.isdigit() for sign in written) <= 15:
            return _("‘%s’ lijkt geen telefoonnummer. Klopt het?") % written[:40]
        return ""


class Pages(Text):
    """Pages of a book; programs like to make a day of 1-12."""

    def clean(self, value, row=None, **kwargs):
        text = super().clean(value)
        if _DAY.fullmatch(text):
            raise ValueError(
                _(
                    "‘%s’ is een dag: een programma maakte die van de pagina’s. Vul ze in als tekst, zoals p. 1-12."
                )
                % text
            )
        return text
