"""The part of the settings that never differs per deployment."""

# Every record, whichever logger or handler, leaves secrets out of paths (samenbuurten/logs.py).
LOGGING_CONFIG = "samenbuurten.logs.configure"


def logging_with(*, is_json, has_letters):
    """Lines for people, or each a JSON object; and letters about errors beside them."""
    handlers = {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["refused"],
            "formatter": "json" if is_json else "text",
        },
        "letters": {"class": "samenbuurten.logs.ErrorLetters", "level": "ERROR", "filters": ["refused"]},
    }
    names = ["console", "letters"] if has_letters else ["console"]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"refused": {"()": "samenbuurten.logs.RefusedInOneLine"}},
        "formatters": {"json": {"()": "samenbuurten.logs.AsJson"}, "text": {"format": "%(message)s"}},
        "handlers": {name: handlers[name] for name in names},
        "root": {"handlers": names, "level": "WARNING"},
        "loggers": {
            # One way for all: no letter of Django's about a 500, with what was sent in it.
            "django": {"level": "INFO"},
            "django.server": {"level": "INFO", "propagate": True},
            # At DEBUG these write down all that a page or a query holds.
            "django.template": {"level": "INFO"},
            "django.db.backends": {"level": "INFO"},
            # It has its say at every look in an empty queue.
            "post_office": {"handlers": ["console"], "level": "WARNING", "propagate": False},
            # And waitress has, of every request that waits a moment for its turn.
            "waitress.queue": {"level": "ERROR"},
        },
    }


ACCOUNT_FORMS = {
    "request_login_code": "registry.accounts.adapter.RequestCodeForm",
    "add_email": "registry.accounts.adapter.ChangeAddressForm",
    "reset_password": "registry.accounts.adapter.ResetForm",
    "user_token": "registry.accounts.adapter.ResetLinkForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",  # for an address from one place; see registry/accounts/adapter.py
    # How many letters one mailbox gets is for registry/mail/budget.py: a limit here would let anybody lock out anybody.
    "request_login_code": "20/m/ip",
    "reset_password": "20/m/ip",
}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    }
]

# A map is for who looks into a script; making it small took longer than all else.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = tuple("map png jpg jpeg gif webp woff woff2 gz br zip".split())
# How long a mailed code or link works, in days, by what it is for (registry/mail/verification.py).
PROOF_DAYS = {
    "aanmelden": 7, "overnemen": 7, "uitnodigen": 14, "klopt-nog": 60, "volgen": 7, "kennismaken": 30, "bericht": 7,
}  # fmt: skip
# The commands that `manage.py work` runs once a day; who has a scheduler runs them from there.
DAILY_FROM_HOUR = 7
DAILY_WORK = (
    "send_reminders send_digests send_notices apply_retention apply_survey_retention clearsessions count_responses "
    "sweep_limits sweep_imports sweep_search_misses sweep_tasks read_bounces"
).split()
