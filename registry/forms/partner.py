"""What staff fill in about partners that use the API."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.foundation.errors import Refused
from registry.models import PartnerKey, WebhookSubscription
from registry.partners.webhooks import addresses

LONGEST = timedelta(days=2 * 366)


def in_a_year():
    return timezone.localdate() + timedelta(days=365)


class ExpiryMixin(forms.Form):
    expires_on = forms.DateField(
        label=gettext_lazy("Geldig tot en met"),
        initial=in_a_year,
        help_text=gettext_lazy("Ten hoogste twee jaar."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_expires_on(self):
        day, today = self.cleaned_data["expires_on"], timezone.localdate()
        if not today <= day <= today + LONGEST:
            raise forms.ValidationError(_("Kies een dag tussen vandaag en over twee jaar."))
        return day


class IssueForm(ExpiryMixin, forms.ModelForm):
    class Meta:
        model = PartnerKey
        fields = ["name", "email", "may_read_details", "requests_per_minute", "expires_on"]


class KeyForm(forms.ModelForm):
    """The period changes by renewing, which gives a new token."""

    class Meta:
        model = PartnerKey
        fields = ["name", "email", "may_read_details", "requests_per_minute"]


class RenewForm(ExpiryMixin):
    pass


class SubscriptionForm(forms.ModelForm):
    class Meta:
        model = WebhookSubscription
        fields = ["key", "url", "wants_published", "wants_changed", "wants_removed", "is_active"]
        widgets = {"url": forms.TextInput(attrs={"size": 80, "inputmode": "url"})}

    def clean_url(self):
        url = self.cleaned_data["url"]
        try:
            addresses.read(url)
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from refused
        return url

    def clean(self):
        cleaned = super().clean()
        if not any(cleaned.get(name) for name in ("wants_published", "wants_changed", "wants_removed")):
            raise forms.ValidationError(_("Kies ten minste één gebeurtenis."))
        return cleaned
