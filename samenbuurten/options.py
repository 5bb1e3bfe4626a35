"""The part of the settings that never differs per deployment."""

# Every record, whichever logger or handler, leaves secrets out of paths (samenbuurten/logs.py).
LOGGING_CONFIG = "samenbuurten.logs.configure"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"refused": {"()": "samenbuurten.logs.RefusedInOneLine"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["refused"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # It has its say at every look in an empty queue.
    # And waitress has, of every request that waits a moment for its turn.
    "loggers": {
        # One handler for all: no letter about a 500, with what was sent in it.
        "django": {"level": "INFO"},
        "django.server": {"level": "INFO", "propagate": True},
        # At DEBUG these write down all that a page or a query holds.
        "django.template": {"level": "INFO"},
        "django.db.backends": {"level": "INFO"},
        "post_office": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "waitress.queue": {"level": "ERROR"},
    },
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
