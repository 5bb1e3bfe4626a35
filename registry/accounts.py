from allauth.account.adapter import DefaultAccountAdapter
from django.utils.translation import gettext_lazy as _


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

    def is_open_for_signup(self, request):
        """Accounts are for staff, and a manager makes them in the admin."""
        return False
