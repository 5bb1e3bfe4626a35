from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _


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


class ReadableTextMiddleware:
    """What is sent in can be kept: a database takes no NUL and no half character, so neither do we."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method == "POST" or request.path.startswith(reverse("admin:index")):
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
