"""What allauth would mail in words of its own: each is one of our letters."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.mail import letters

# What allauth calls it: our letter, and of which word of its context comes which blank of ours.
ASKED = {
    "account/email/login_code": ("inlogcode", {"code": "code"}),
    "account/email/code_again": ("inlogcode-opnieuw", {"code": "code"}),
    "account/email/password_reset_code": ("inlogcode-opnieuw", {"code": "code"}),
    "account/email/unknown_account": ("inloggen-onbekend", {}),
    "account/email/account_already_exists": ("inloggen-onbekend", {}),
    "account/email/email_confirmation": ("adres-bevestigen", {"adres": "activate_url"}),
    "account/email/email_confirmation_signup": ("adres-bevestigen", {"adres": "activate_url"}),
    "account/email/password_reset_key": ("wachtwoord-nieuw", {"adres": "password_reset_url"}),
}
# What happened to an account, as its owner reads it.
CHANGED = {
    "account/email/password_changed": gettext_lazy("Uw wachtwoord is gewijzigd."),
    "account/email/password_set": gettext_lazy("Er is een wachtwoord ingesteld."),
    "account/email/password_reset": gettext_lazy(
        "U hebt een nieuw wachtwoord gekozen, met een link uit een e-mail."
    ),
    "account/email/email_change_asked": gettext_lazy(
        "Er is gevraagd om uw e-mailadres te wijzigen in %(to_email)s. Dat gebeurt pas als iemand op dat adres op de "
        "link klikt. Tot dan logt u in met dit adres."
    ),
    "account/email/email_changed": gettext_lazy(
        "Uw e-mailadres is gewijzigd van %(from_email)s in %(to_email)s."
    ),
    "account/email/email_confirm": gettext_lazy("Uw e-mailadres is bevestigd."),
    "account/email/email_deleted": gettext_lazy(
        "Het e-mailadres %(deleted_email)s hoort niet meer bij uw account."
    ),
    "mfa/email/totp_activated": gettext_lazy("De tweede stap van het inloggen staat aan."),
    "mfa/email/totp_deactivated": gettext_lazy("De tweede stap van het inloggen staat uit."),
    "mfa/email/recovery_codes_generated": gettext_lazy(
        "Er zijn nieuwe herstelcodes gemaakt. De oude werken niet meer."
    ),
    "mfa/email/webauthn_added": gettext_lazy("Er is een beveiligingssleutel bij gekomen."),
    "mfa/email/webauthn_removed": gettext_lazy("Er is een beveiligingssleutel weggehaald."),
    "socialaccount/email/account_connected": gettext_lazy(
        "U kunt nu ook inloggen met een account van elders."
    ),
    "socialaccount/email/account_disconnected": gettext_lazy(
        "U kunt niet meer inloggen met een account van elders."
    ),
}


def send(template_prefix, email, context):
    """Send the letter that stands for a template of allauth; a change that has no words here is told all the same."""
    if template_prefix in ASKED:
        name, words = ASKED[template_prefix]
        return letters.send(name, email, **{blank: context[key] for blank, key in words.items()})
    change = str(CHANGED.get(template_prefix, _("Er is iets gewijzigd aan hoe u inlogt.")))
    return letters.send(
        "account-gewijzigd",
        email,
        wijzigingen=f"- {change % _Known(context)}",
        wanneer=date_format(timezone.localtime(context.get("timestamp")), _("j F Y, G.i")) + _(" uur"),
    )


class _Known(dict):
    def __missing__(self, key):
        return ""
