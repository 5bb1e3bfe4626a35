from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _

from registry.accounts.adapter import drop_stale_login, lacks_second_step, used_password
from registry.foundation.text import clean_text, is_readable
from registry.mail import budget
from registry.moderation.locks import Gone

# What somebody needs to set up the second step, or to leave.
SETTING_UP = {
    "account_login",
    "account_logout",
    "account_reauthenticate",
    "mfa_activate_totp",
    "mfa_authenticate",
    "mfa_index",
    "mfa_view_recovery_codes",
}
FOR_PEOPLE = ("/beheer/", "/account/", "/mijn/")


class SecondFactorMiddleware:
    """With STAFF_MFA_REQUIRED, staff without a second step set one up, and are a visitor on all other pages."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Who has no session is nobody, and costs no question.
        if settings.STAFF_MFA_REQUIRED and settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self._without_rights(request) or self.get_response(request)
        return self.get_response(request)

    def _without_rights(self, request):
        if not lacks_second_step(request):
            return None
        if not request.path_info.startswith(FOR_PEOPLE):
            request.user = AnonymousUser()
            return None
        if not used_password(request, request.user):
            logout(request)
            messages.warning(request, _("Log in met uw wachtwoord."))
            return redirect("account_login")
        if _name(request.path_info) in SETTING_UP:
            return None
        messages.warning(request, _("Stel eerst de tweede stap van het inloggen in."))
        return redirect("mfa_activate_totp")


class StaleLoginMiddleware:
    """A login of two steps begins anew when the account was changed between them."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        may_wait = (
            request.path_info.startswith("/account/") and settings.SESSION_COOKIE_NAME in request.COOKIES
        )
        # The view sends on to where it begins.
        if may_wait and drop_stale_login(request):
            messages.error(request, _("Deze code werkt niet meer. Log opnieuw in."))
        return self.get_response(request)


def _name(path):
    try:
        return resolve(path).url_name
    except Resolver404:
        return ""


class MailBudgetMiddleware:
    """Letters that a visitor causes are counted (registry/mail/budget.py); a view that can say so in its form does."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with budget.visit(request):
            return self.get_response(request)

    def process_exception(self, request, exception):
        return too_many_letters(request, exception)


def too_many_letters(request, exception):
    """The page that says so; None for another exception."""
    if isinstance(exception, budget.TooManyLetters):
        return render(request, "registry/too_many_letters.html", {"error": exception}, status=429)
    return None


class GoneMiddleware:
    """What was deleted while somebody changed it: in words, wherever no form can say so."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, Gone):
            return None
        messages.error(request, str(exception))
        is_staff = request.path.startswith(reverse("admin:index"))
        return redirect("admin:index" if is_staff else "registry:home")


class Utf8Middleware:
    """The site reads UTF-8 and nothing else: what says that it was sent in another way is refused before anything
    reads it. Where nothing was sent it does not matter what a client says of it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        charset = request.content_params.get("charset")
        if charset is not None and charset.strip("\"' ").lower() not in ("utf-8", "utf8"):
            sends_nothing = request.META.get("CONTENT_LENGTH") in (None, "", "0")
            if not sends_nothing or request.method not in ("GET", "HEAD"):
                raise BadRequest("Sent in a charset that is not read.")
            request.encoding = "utf-8"
        return self.get_response(request)


class CleanTextMiddleware:
    """What is sent with a form is cleaned once, before any form sees it; a password stays as it was typed.

    What is asked for in an address is asked as it is, and refused where a database could not take it.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_form = request.method == "POST"
        asks = is_form or request.path.startswith(reverse("admin:index"))
        if asks and not all(is_readable(text) for _name, texts in request.GET.lists() for text in texts):
            raise BadRequest("Text that cannot be kept.")
        if is_form:
            request.POST = _cleaned(request.POST)
        return self.get_response(request)


def _cleaned(posted):
    cleaned = posted.copy()
    for name, texts in posted.lists():
        if "password" not in name:
            cleaned.setlist(name, [clean_text(text) for text in texts])
    cleaned._mutable = False
    return cleaned
