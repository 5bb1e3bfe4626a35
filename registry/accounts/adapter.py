"""How people get in: owners of a page with a code by e-mail, staff with a password and a second step."""

import ipaddress
import time

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import AddEmailForm, RequestLoginCodeForm, ResetPasswordForm, UserTokenForm
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY, clear_login
from allauth.account.models import EmailAddress
from allauth.account.utils import url_str_to_user_pk
from allauth.core.exceptions import ReauthenticationRequired
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from registry.foundation import ratelimit
from registry.mail import account_letters, budget, troubles
from registry.models import User
from registry.models.fields.mailbox import as_mailed

CODE_KEY = "registry_code_again"  # in the session: the code that was mailed, when, and how often it was tried
MOST_TRIES = 3
BEGAN_KEY = "registry_login_began"  # in the session: whose login began, and what their password was then
HOUR = 3600
# Passwords for one address from places where it never logged in: from one, and from all together.
TRIES_FROM_A_NEW_PLACE, TRIES_FROM_NEW_PLACES = 15, 50
PLACE_LASTS = 90 * 24 * HOUR


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
        "too_many_elsewhere": _(
            "Het is te vaak misgegaan, van hieruit of ergens anders. Log in op een plaats waar u dat eerder deed, "
            "of wacht een uur."
        ),
    }

    def get_client_ip(self, request):
        """An IPv4 address that came in over IPv6 is that IPv4 address, for every limit."""
        address = super().get_client_ip(request)
        mapped = getattr(ipaddress.ip_address(address), "ipv4_mapped", None)
        return str(mapped or address)

    def send_mail(self, template_prefix, email, context):
        """Every letter of allauth is one of ours (registry/mail/account_letters.py)."""
        account_letters.send(template_prefix, email, context)

    def send_notification_mail(self, *args, **kwargs):
        """That something about an account changed must reach its owner, however many letters somebody caused."""
        with budget.free():
            super().send_notification_mail(*args, **kwargs)

    def is_open_for_signup(self, request):
        """An account comes with an initiative, or a manager makes it in the admin."""
        return False

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Wrong passwords count for an address and a place together: nobody shuts out who is somewhere else."""
        return (
            f"{super()._get_login_attempts_cache_key(request, **credentials)}:{ratelimit.place_of(request)}"
        )

    def pre_authenticate(self, request, **credentials):
        """From places where this address never logged in only so many an hour, all together: who guesses from
        many places is bounded, and one place uses up no more than a part."""
        super().pre_authenticate(request, **credentials)
        email = (credentials.get("email") or "").lower()
        if not email or any(cache.get(key) for key in _place_keys(request, email)):
            return
        place = ratelimit.place_of(request)
        for action, who, most in (
            ("password from a new place", f"{place} {email}", TRIES_FROM_A_NEW_PLACE),
            ("password from new places", email, TRIES_FROM_NEW_PLACES),
        ):
            if not ratelimit.take(action, who, most=most, seconds=HOUR).allowed:
                raise self.validation_error("too_many_elsewhere")

    def post_login(self, request, user, **kwargs):
        cache.set(_place_keys(request, user.email)[0], True, PLACE_LASTS)
        if any(record["method"] == "code" for record in get_authentication_records(request, user)):
            troubles.works(user.email)
        return super().post_login(request, user, **kwargs)

    def pre_login(self, request, user, **kwargs):
        """For staff a mailbox alone is not enough, whichever way in was built on one."""
        request.session[BEGAN_KEY] = [str(user.pk), user.get_session_auth_hash()]
        if user.is_staff and not used_password(request, user):
            clear_login(request)
            return redirect("account_login")
        return super().pre_login(request, user, **kwargs)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Who has no password shows once more that the mailbox is theirs. allauth asks such a person nothing."""
        if get_reauthentication_flows(self.request.user) or gave_code_again(self.request):
            return super().is_reauthentication_required(app=app, **kwargs)
        raise ReauthenticationRequired

    def get_reauthentication_methods(self, user):
        methods = super().get_reauthentication_methods(user)
        if methods or not user.is_authenticated:
            return methods
        return [{"id": "code", "description": _("Een code per e-mail"), "url": reverse("account_code_again")}]

    def confirm_email(self, request, email_address):
        """A link of before an account was switched off changes nothing of it."""
        return email_address.user.is_active and super().confirm_email(request, email_address)

    def get_login_redirect_url(self, request):
        return reverse("admin:index" if request.user.is_staff else "registry:mine")


def _place_keys(request, email):
    """Without the address or the place in it that can be read; under the key of now first, then those of before."""
    what = f"{email.lower()} {ratelimit.place_of(request)}"
    hashes = [
        salted_hmac("registry.accounts.adapter", what, secret=key, algorithm="sha256").hexdigest()
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    ]
    return [f"logged-in-from:{of_place}" for of_place in hashes]


def drop_stale_login(request):
    """End a login that waits for its second step, or for its code, when the account is gone or another since;
    whether there was one."""
    pending = request.session.get(LOGIN_SESSION_KEY)
    if not isinstance(pending, dict) or not pending.get("user_pk"):
        return False
    # allauth writes the number with letters too.
    user = User.objects.filter(pk=url_str_to_user_pk(pending["user_pk"]), is_active=True).first()
    if user is not None:
        began = request.session.get(BEGAN_KEY)
        is_another = began and began[0] == str(user.pk) and began[1] != user.get_session_auth_hash()
        # Who became staff meanwhile logs in with a password, from the beginning.
        if not is_another and (not user.is_staff or used_password(request, user)):
            return False
    clear_login(request)
    return True


def used_password(request, user):
    """Whether this session began with the password of ``user``."""
    return any(record["method"] == "password" for record in get_authentication_records(request, user))


def has_second_step(user):
    """Recovery codes alone are none: allauth asks for a code only who has an app that makes them."""
    return is_mfa_enabled(user, [Authenticator.Type.TOTP])


def may_reset(user):
    """With a mailbox alone: not staff, unless a second step still stands between it and the site."""
    return not user.is_staff or has_second_step(user)


def lacks_second_step(request):
    """Whether this is a member of staff who has no rights yet: without a second step, or let in by mail as an
    owner and made staff since."""
    user = request.user
    return (
        user.is_authenticated
        and user.is_staff
        and not (has_second_step(user) and used_password(request, user))
    )


def mail_code_again(request):
    """Mail a new code to the address of the account, unless one is on its way; a wrong try too many ends it."""
    if _pending(request) is None:
        adapter = AccountAdapter(request)
        code = adapter.generate_login_code()
        request.session[CODE_KEY] = {"code": code, "at": time.time(), "tries": 0}
        adapter.send_mail("account/email/code_again", request.user.email, {"code": code})


def check_code_again(request, typed):
    """Whether this is the code; then the session remembers it for as long as a password."""
    pending = _pending(request)
    if pending is None:
        return False
    pending["tries"] += 1
    request.session[CODE_KEY] = pending
    if not constant_time_compare(_plain(typed), _plain(pending["code"])):
        return False
    del request.session[CODE_KEY]
    troubles.works(request.user.email)
    record_authentication(request, request.user, method="code", reauthenticated=True)
    return True


def gave_code_again(request):
    moments = [
        record["at"]
        for record in get_authentication_records(request, request.user)
        if record["method"] == "code" and record.get("reauthenticated")
    ]
    return bool(moments) and time.time() - moments[-1] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def _pending(request):
    pending = request.session.get(CODE_KEY)
    is_old = pending and time.time() - pending["at"] > settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
    return None if not pending or is_old or pending["tries"] >= MOST_TRIES else pending


def _plain(code):
    return "".join(code.upper().split()).replace("-", "")


class RequestCodeForm(RequestLoginCodeForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Uw e-mailadres")

    def clean_email(self):
        """For staff a mailbox alone is not enough; they get the letter of an unknown address, so that the
        form tells nobody who is who."""
        self.cleaned_data["email"] = as_mailed(self.cleaned_data["email"])
        email = super().clean_email()
        _prepay(email)
        if self._user and self._user.is_staff:
            self._user = None
        return email


class ResetForm(ResetPasswordForm):
    def clean_email(self):
        """As for a code: who may not, gets the letter of an unknown address."""
        self.cleaned_data["email"] = as_mailed(self.cleaned_data["email"])
        email = super().clean_email()
        _prepay(email)
        self.users = [user for user in self.users if may_reset(user)]
        return email


class ResetLinkForm(UserTokenForm):
    def clean(self):
        """Asked once more when the link is used: an owner may have become staff since."""
        cleaned = super().clean()
        if not may_reset(self.reset_user) or not self.reset_user.is_active:
            raise AccountAdapter().validation_error("invalid_password_reset")
        return cleaned


class ChangeAddressForm(AddEmailForm):
    def clean_email(self):
        self.cleaned_data["email"] = as_mailed(self.cleaned_data["email"])
        email = super().clean_email()
        _prepay(email)
        return email

    def save(self, request):
        """Who is logged in was let in with this address. allauth drops an address that it does not know as
        proven as soon as another is asked for, not when that is confirmed. The old one hears of it now."""
        addresses = EmailAddress.objects.filter(user=self.user, email=self.user.email)
        addresses.update(verified=True, primary=True)
        AccountAdapter(request).send_notification_mail(
            "account/email/email_change_asked",
            self.user,
            {"to_email": self.cleaned_data["email"]},
            email=self.user.email,
        )
        return super().save(request)


def _prepay(email):
    """In the form, so that it says so and keeps what was typed, and an earlier code goes on working."""
    try:
        budget.prepay(email, is_way_in=True)
    except budget.TooManyLetters as error:
        raise ValidationError(str(error)) from None
