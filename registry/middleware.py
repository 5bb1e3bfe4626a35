from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from registry import mail_budget


class SecondFactorMiddleware:
    """With STAFF_MFA_REQUIRED, staff without a second step get no further than setting one up."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if self._must_set_up(request):
            messages.warning(request, _("Stel eerst de tweede stap van het inloggen in."))
            return redirect("mfa_activate_totp")
        return self.get_response(request)

    def _must_set_up(self, request):
        return (
            settings.STAFF_MFA_REQUIRED
            and request.path.startswith(reverse("admin:index"))
            and request.user.is_authenticated
            and not is_mfa_enabled(request.user)
        )


class MailBudgetMiddleware:
    """Letters that a visitor causes are counted (mail_budget.py); a view that can say so in its form does."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        with mail_budget.visit(request):
            return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, mail_budget.TooManyLetters):
            return render(request, "registry/too_many_letters.html", {"error": exception}, status=429)
        return None


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


class ReadableTextMiddleware:
    """What is sent in can be kept: a database takes no NUL and no half character, so neither do we."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method == "POST":
            for given in (request.GET, request.POST):
                if not all(is_readable(text) for _name, texts in given.lists() for text in texts):
                    raise BadRequest("Text that cannot be kept.")
        return self.get_response(request)


def is_readable(text):
    """Whether a database can take it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
