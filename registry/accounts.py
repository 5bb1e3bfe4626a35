"""How people get in: owners of a page with a code by e-mail, staff with a password and a second step."""

import ipaddress

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import AddEmailForm, RequestLoginCodeForm, ResetPasswordForm
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import mail_budget


class AccountAdapter(DefaultAccountAdapter):
    # In the words of this site: with "u", and with what to do next.
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "Dit e-mailadres en dit wachtwoord horen niet bij elkaar. Kijk ze na en probeer het opnieuw."
        ),
        "enter_current_password": _("Dit is niet uw huidige wachtwoord. Vul het opnieuw in."),
        "incorrect_password": _("Dit wachtwoord klopt niet. Vul het opnieuw in."),
        "rate_limited": _("Dit ging te snel achter elkaar. Wacht een minuut en probeer het opnieuw."),
        "too_many_login_attempts": _("Het is te vaak misgegaan. Wacht vijf minuten en probeer het opnieuw."),
    }

    def get_client_ip(self, request):
        """An IPv4 address that came in over IPv6 is that IPv4 address, for every limit."""
        address = super().get_client_ip(request)
        mapped = getattr(ipaddress.ip_address(address), "ipv4_mapped", None)
        return str(mapped or address)

    def send_mail(self, template_prefix, email, context):
        mail_budget.charge(email, is_way_in=True)
        super().send_mail(template_prefix, email, context)

    def send_notification_mail(self, *args, **kwargs):
        """That something about an account changed must reach its owner, however many letters somebody caused."""
        with mail_budget.free():
            super().send_notification_mail(*args, **kwargs)

    def is_open_for_signup(self, request):
        """An account comes with an initiative, or a manager makes it in the admin."""
        return False

    def get_login_redirect_url(self, request):
        return reverse("admin:index" if request.user.is_staff else "registry:mine")


class RequestCodeForm(RequestLoginCodeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Uw e-mailadres")

    def clean_email(self):
        """For staff a mailbox alone is not enough; they get the letter of an unknown address, so that the
        form tells nobody who is who."""
        email = super().clean_email()
        _prepay(email)
        if self._user and self._user.is_staff:
            self._user = None
        return email


class AskPasswordForm(ResetPasswordForm):
    def clean_email(self):
        email = super().clean_email()
        _prepay(email)
        return email


class ChangeAddressForm(AddEmailForm):
    def clean_email(self):
        email = super().clean_email()
        _prepay(email)
        return email

    def save(self, request):
        """Who is logged in was let in with this address. allauth drops an address that it does not know as
        proven as soon as another is asked for, not when that is confirmed."""
        known = EmailAddress.objects.filter(user=self.user, email=self.user.email)
        known.update(verified=True, primary=True)
        return super().save(request)


def _prepay(email):
    """In the form, so that it says so and keeps what was typed, and an earlier code goes on working."""
    try:
        mail_budget.prepay(email, is_way_in=True)
    except mail_budget.TooManyLetters as error:
        raise ValidationError(str(error)) from None
