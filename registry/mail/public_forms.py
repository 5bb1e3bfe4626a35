"""Forms for anybody, without an account: guarded against machines and against too many."""

import time

from django import forms
from django.core import signing
from django.db import transaction
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views import View

from registry.foundation import ratelimit
from registry.mail.budget import TooManyLetters

SALT = "registry.forms"
FASTEST = 3  # seconds in which a person cannot have filled in a form


def started():
    """What a fresh form carries to tell later when it was opened, to the microsecond: no two are the same; signed, so that it cannot be made up."""
    # Of one length always, so that two pages are as long as each other.
    return signing.dumps(f"{time.time():.6f}", salt=SALT)


class GuardedForm(forms.Form):
    """Keeps out machines without asking people for a puzzle: a field that we hide from people, and a
    form that comes back faster than anybody types. A person who is caught presses once more."""

    bijnaam = forms.CharField(label=_("Laat dit veld leeg"), required=False)
    begonnen = forms.CharField(required=False, widget=forms.HiddenInput, initial=started)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("bijnaam"):
            raise forms.ValidationError(
                _("Laat het veld ‘Laat dit veld leeg’ leeg en verstuur nog een keer.")
            )
        try:
            age = time.time() - float(signing.loads(cleaned.get("begonnen") or "", salt=SALT))
        except signing.BadSignature:
            self.data = self.data.copy()
            self.data[self.add_prefix("begonnen")] = started()
            age = None
        if self.errors:
            return cleaned  # what is really wrong comes first, and is enough
        if age is None:
            raise forms.ValidationError(_("Controleer wat u hebt ingevuld en verstuur nog een keer."))
        if age < FASTEST:
            raise forms.ValidationError(_("Dat ging wel heel snel. Verstuur het formulier nog een keer."))
        return cleaned


def look_in_your_mail(email):
    """Of who wants to follow something: the same for who follows it already and gets no letter."""
    return (
        _(
            "Kijk in uw e-mail. Volgt u dit nog niet? Dan sturen wij een link naar %s. Druk daarop om te bevestigen."
        )
        % email
    )


class VisitorForm(View):
    """One form, guarded against machines and against too many: shown, checked, done."""

    form_class = None
    template_name = ""
    most_an_hour = 5

    def get(self, request, **kwargs):
        return self.show(self.form_class())

    def post(self, request, **kwargs):
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self.show(form)
        if not ratelimit.allow(request, type(self).__name__, most=self.most_an_hour, seconds=3600):
            form.add_error(
                None, _("U hebt al een paar keer iets verstuurd. Probeer het over een uur nog eens.")
            )
            return self.show(form, status=429)
        try:
            with transaction.atomic():
                return self.done(form)
        except TooManyLetters as error:
            form.add_error(None, str(error))
            return self.show(form, status=429)

    def show(self, form, status=200):
        return render(self.request, self.template_name, self.context() | {"form": form}, status=status)

    def context(self):
        return {}
