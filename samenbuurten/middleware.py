"""Middleware for every response: security headers, and the largest body that a route accepts."""

from django.conf import settings
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from samenbuurten.serving.limits import largest_body, upload_ticket

# No page of ours uses any of these.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer autoplay camera display-capture fullscreen geolocation gyroscope hid "
        "idle-detection magnetometer microphone midi payment picture-in-picture publickey-credentials-get "
        "screen-wake-lock serial usb xr-spatial-tracking"
    ).split()
)
# Made for the pages of others: data, pictures, frames and feeds. Everything else stays with us.
FOR_OTHER_SITES = ("/api/", "/hsds", "/open-data/", "/insluiten/", "/catalogus.", "/oembed", "/static/")
# Only for who holds the account or the link; what a view says itself goes before this.
PERSONAL = ("/mijn/", "/account/", "/beheer/", "/bevestigen/", "/volgen/stoppen/")


class BodyLimitMiddleware:
    """Refuses what is larger than its route may carry before any of it is read."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            size = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            size = 0
        largest = largest_body(request.path_info, request.META.get("HTTP_COOKIE", ""))
        if size > largest:
            return render(request, "413.html", {"megabytes": largest / 2**20}, status=413)
        response = self.get_response(request)
        # What is refused further out, such as an unknown host, has no user.
        if (
            request.path_info.startswith("/beheer/")
            and getattr(request, "user", None)
            and request.user.is_staff
        ):
            self._let_upload(request, response)
        return response

    def _let_upload(self, request, response):
        key = request.session.session_key
        if key and request.COOKIES.get(settings.UPLOAD_COOKIE_NAME) != upload_ticket(key):
            response.set_cookie(
                settings.UPLOAD_COOKIE_NAME,
                upload_ticket(key),
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )


class HeadersMiddleware:
    """What a browser may do with a page, and that nobody keeps what is personal."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        path = request.path_info
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        is_for_others = path.startswith(FOR_OTHER_SITES) or path.endswith(("/beeld/", "/feed.xml"))
        response.headers.setdefault(
            "Cross-Origin-Resource-Policy", "cross-origin" if is_for_others else "same-origin"
        )
        says_nothing = "Cache-Control" not in response.headers
        if path.startswith(PERSONAL) or (says_nothing and settings.SESSION_COOKIE_NAME in request.COOKIES):
            add_never_cache_headers(response)
        return response
