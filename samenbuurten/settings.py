"""Settings of Samen Buurten.

The defaults are those of production; what differs per deployment comes from the environment.
docs/deploy.md lists every variable.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from samenbuurten.api.options import (  # noqa: F401  settings, to be found here
    CORS_ALLOW_ALL_ORIGINS,
    CORS_ALLOW_HEADERS,
    CORS_ALLOW_METHODS,
    CORS_EXPOSE_HEADERS,
    CORS_URLS_REGEX,
    REST_FRAMEWORK,
    spectacular,
)
from samenbuurten.files import keep_private
from samenbuurten.options import (  # noqa: F401  settings, to be found here
    ACCOUNT_FORMS,
    ACCOUNT_RATE_LIMITS,
    AUTH_PASSWORD_VALIDATORS,
    DAILY_FROM_HOUR,
    DAILY_WORK,
    LOGGING_CONFIG,
    PROOF_DAYS,
    WHITENOISE_SKIP_COMPRESS_EXTENSIONS,
    logging_with,
)

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
VAR_DIR = Path(env("VAR_DIR", default=str(BASE_DIR / "var")))

DEBUG = env.bool("DEBUG", default=False)
# Plain http is for a machine that only talks to itself: no redirect to https, no secure cookies.
PLAIN_HTTP = env.bool("PLAIN_HTTP", default=False)


def _secret_key():
    """The key from the environment, else the one that the first start wrote under var/."""
    if key := env("SECRET_KEY", default=""):
        return key
    try:
        keep_private(VAR_DIR / "secret_key")
        return (VAR_DIR / "secret_key").read_text().strip()
    except FileNotFoundError as missing:
        raise ImproperlyConfigured("Set SECRET_KEY, or run `make setup`.") from missing


SECRET_KEY = _secret_key()
# Keys of before: what they signed or encrypted still opens.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# What a backup is sealed with; empty: anybody who has the file can read it (registry/management/backups/).
BACKUP_KEY = env("BACKUP_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
SITE_URL = env("SITE_URL", default="http://127.0.0.1:8000")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "samenbuurten.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "rest_framework",
    "corsheaders",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "import_export",
    "simple_history",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "post_office",
    "django_tasks",
    "django_tasks_db",
    "registry",
    "survey",
]

MIDDLEWARE = [
    "samenbuurten.serving.metrics.MetricsMiddleware",
    # Around all that says something of an answer: what goes over the line is its last word.
    "samenbuurten.compression.CompressionMiddleware",
    # Before all else: what an API answers may be read from any site, errors too.
    "corsheaders.middleware.CorsMiddleware",
    "samenbuurten.api.middleware.ApiMiddleware",
    "registry.middleware.requests.Utf8Middleware",
    "django.middleware.security.SecurityMiddleware",
    "samenbuurten.middleware.HeadersMiddleware",
    "samenbuurten.middleware.BodyLimitMiddleware",
    # Behind the redirect to https: a key that came over plain http is not even looked at.
    "samenbuurten.api.middleware.GateMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "registry.middleware.requests.StaleLoginMiddleware",
    "registry.middleware.requests.SecondFactorMiddleware",
    "registry.middleware.requests.CleanTextMiddleware",
    "registry.middleware.repeats.OnceMiddleware",
    "registry.middleware.requests.MailBudgetMiddleware",
    "registry.middleware.requests.GoneMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "samenbuurten.former_addresses.FormerAddressMiddleware",
    # The nearest to the view: what it does over has been looked at by all others.
    "samenbuurten.collisions.CollisionMiddleware",
]

ROOT_URLCONF = "samenbuurten.urls"
WSGI_APPLICATION = "samenbuurten.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    # For post_office, which would fill in a letter of its own with all that templates can do.
    {"BACKEND": "django.template.backends.dummy.TemplateStrings", "NAME": "letters"},
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR}/samenbuurten.sqlite3")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    keep_private(DATABASES["default"]["NAME"], create=True)
    # Write-ahead log: readers do not wait for a writer. IMMEDIATE: a transaction that reads and then
    # writes waits for its turn at the start, where SQLite can wait, not half-way, where it fails.
    # The page cache is of each connection, so of each thread: 8 MB, the rest is for the machine to keep.
    # FULL: what was acknowledged is on the disk, and a power cut does not take it back.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8192;",
    }
    # A file, not memory: the tests then run on what the site runs on, write-ahead log included.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    if not env.ENVIRON.get("SECRET_KEY"):
        raise ImproperlyConfigured(
            "Set SECRET_KEY, the same on each machine: this database can be that of more than one, and the key in "
            "var/secret_key is of this machine only."
        )
    # A server that does not answer at all is away, and not a page that never comes.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# A new connection for each request would cost more than most answers.
DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Shared by all processes; by all machines when it is a Redis. What guards logging in is counted here.
SHARED_CACHE = env.cache_url("CACHE_URL", default="dbcache://cache")
if SHARED_CACHE["BACKEND"].endswith("RedisCache"):
    SHARED_CACHE["BACKEND"] = "samenbuurten.cache.RedisCache"
    SHARED_CACHE["OPTIONS"] = {"socket_connect_timeout": 0.5, "socket_timeout": 0.5} | SHARED_CACHE.get(
        "OPTIONS", {}
    )
elif SHARED_CACHE["BACKEND"].endswith("DatabaseCache"):
    SHARED_CACHE["BACKEND"] = "samenbuurten.cache.DatabaseCache"
    # Room enough that a flood does not push out the count of somebody else.
    SHARED_CACHE["OPTIONS"] = {"MAX_ENTRIES": 1_000_000} | SHARED_CACHE.get("OPTIONS", {})
# Where the limits of the site are counted (registry/foundation/ratelimit_store.py).
LIMITS_AT = (
    SHARED_CACHE["LOCATION"]
    if SHARED_CACHE["BACKEND"].endswith("RedisCache")
    else str(VAR_DIR / "limits.sqlite3")
)
CACHES = {
    "default": SHARED_CACHE,
    # Of one process: figures that can be made again, kept under the version of the content.
    "figures": {
        "BACKEND": "samenbuurten.cache.BoundedCache",
        "LOCATION": "figures",
        "OPTIONS": {"MAX_ENTRIES": 1000, "MOST_BYTES": 48 * 1024 * 1024},
    },
    # The texts of letters are read from the database: one process must not keep what another edits.
    "post_office": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}

# People

AUTH_USER_MODEL = "registry.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "registry.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
# As long as SESSION_COOKIE_AGE says; nobody has to choose.
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
# Owners of a page log in with a code by e-mail; staff with a password (see registry/accounts/adapter.py).
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
# Another address, or a first password: asks who is there once more.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Samen Buurten"
MFA_ADAPTER = "registry.accounts.second_factor.SecondFactorAdapter"
# Nobody signs up with someone else's address: a manager makes each account. Asking for a new password leaves an
# unconfirmed address behind, after which allauth would refuse the second step.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# True: staff without a second factor come no further than the page where they set it up.
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=not PLAIN_HTTP)
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True

# Language and time

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", _("Nederlands")), ("en", _("Engels"))]
TIME_ZONE = "Europe/Amsterdam"
# Off, so that no number in an address or a form is written for people; where they read, a filter says so.
USE_THOUSAND_SEPARATOR = False

# Files

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    ("samenbuurten", BASE_DIR / "samenbuurten" / "static" / "samenbuurten"),
    VAR_DIR / "frontend",
]
# Images, and files between their preview and the yes: a disk, or a bucket of S3 that all machines share.
S3 = {
    "bucket": env("S3_BUCKET", default=""),
    "endpoint": env("S3_ENDPOINT", default=""),
    "region": env("S3_REGION", default="us-east-1"),
    "prefix": env("S3_PREFIX", default=""),
    "access_key": env("S3_ACCESS_KEY", default=""),
    "secret_key": env("S3_SECRET_KEY", default=""),
}
STATIC = {"file_permissions_mode": 0o644}  # nginx reads these as another user
STORAGES = {
    "default": {"BACKEND": "samenbuurten.object_storage.S3Storage", "OPTIONS": S3}
    if S3["bucket"]
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage", "OPTIONS": STATIC},
}
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "media/"  # never served as such: an image goes out through the page it belongs to
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Transport and browser

SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = not PLAIN_HTTP
SECURE_HSTS_PRELOAD = not PLAIN_HTTP
# Nothing of a mailed link goes elsewhere. With "no-referrer" browsers send "Origin: null", and forms are refused.
SECURE_REFERRER_POLICY = "same-origin"
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
# Limits count per visitor: behind a proxy that is the last address in X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = int(BEHIND_PROXY)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not PLAIN_HTTP
# With this prefix a browser takes them over https from this very host only, for all of its paths.
_COOKIE_PREFIX = "" if PLAIN_HTTP else "__Host-"
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken"
MESSAGE_COOKIE_NAME = f"{_COOKIE_PREFIX}messages"
UPLOAD_COOKIE_NAME = f"{_COOKIE_PREFIX}upload"
MESSAGE_STORAGE = "samenbuurten.notes.NoteStorage"
X_FRAME_OPTIONS = "DENY"

# The slippy map is an extra: without an address no third party is ever contacted.
MAP_TILES_URL = env("MAP_TILES_URL", default="")
MAP_TILES_ATTRIBUTION = env("MAP_TILES_ATTRIBUTION", default="")
_TILES_ORIGIN = ["/".join(MAP_TILES_URL.split("/")[:3])] if MAP_TILES_URL else []

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *_TILES_ORIGIN],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "frame-src": [NONE],
        "frame-ancestors": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}

# The organisation behind the site

ORGANISATION_NAME = env("ORGANISATION_NAME", default="Provincie Flevoland")
CONTACT_EMAIL = env("CONTACT_EMAIL", default="")
# Letters lead to this site, to these hosts and what is below them, and to no other.
LETTER_LINK_HOSTS = env.list("LETTER_LINK_HOSTS", default=[CONTACT_EMAIL.rpartition("@")[2]])
SECURITY_CONTACT = env("SECURITY_CONTACT", default="")
SECURITY_TXT_EXPIRES = env("SECURITY_TXT_EXPIRES", default="")
ACCESSIBILITY_STATEMENT_URL = env("ACCESSIBILITY_STATEMENT_URL", default="")
# Mail: everything goes into a queue; `manage.py work` (or deliver_mail) empties it.

vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="noreply@localhost")
MAIL_FROM_NAME = env("MAIL_FROM_NAME", default=f"Samen Buurten, {ORGANISATION_NAME}")
# Where mail servers send back what they cannot deliver (with +token behind its name), and where that is read.
BOUNCE_ADDRESS = env("BOUNCE_ADDRESS", default="")
BOUNCE_IMAP_URL = env("BOUNCE_IMAP_URL", default="")
MAIL_TRANSPORT = EMAIL_BACKEND  # noqa: F821  set by the line above
if MAIL_TRANSPORT.endswith("smtp.EmailBackend"):
    MAIL_TRANSPORT = "samenbuurten.mail.SmtpBackend"
EMAIL_BACKEND = "post_office.EmailBackend"
EMAIL_TIMEOUT = 20
POST_OFFICE = {
    "BACKENDS": {"default": "samenbuurten.mail.GuardedBackend"},
    "TEMPLATE_ENGINE": "letters",
    # Only the letters of accounts come in this way (codes, links, warnings); ours say themselves how soon.
    "DEFAULT_PRIORITY": "high",
    # One queue of one site is emptied by one process at a time (registry/mail/delivery.py).
    "LOCK_FILE_NAME": str(VAR_DIR / "post"),
}
# A test or demo site mails nobody outside this list of addresses and "@domains".
MAIL_TO_EVERYONE = env.bool("MAIL_TO_EVERYONE", default=False)
MAIL_ALLOW_LIST = env.list("MAIL_ALLOW_LIST", default=[])

# How long things are kept, in days; the privacy page shows this table.

RETENTION_DAYS = {
    "unconfirmed": env.int("KEEP_UNCONFIRMED_DAYS", default=30),
    "refused": env.int("KEEP_REFUSED_DAYS", default=180),
    "unanswered": env.int("KEEP_UNANSWERED_DAYS", default=365),
    "contacts": env.int("KEEP_CONTACTS_DAYS", default=730),
    "accounts": env.int("KEEP_ACCOUNTS_DAYS", default=365),
    "messages": env.int("KEEP_MESSAGES_DAYS", default=30),
    "notices": env.int("KEEP_NOTICES_DAYS", default=365),
    "proofs": env.int("KEEP_PROOFS_DAYS", default=7),
    "letters": env.int("KEEP_LETTERS_DAYS", default=90),
    "mail_troubles": env.int("KEEP_MAIL_TROUBLES_DAYS", default=400),
    "webhooks": env.int("KEEP_WEBHOOKS_DAYS", default=30),
    "forms": env.int("KEEP_FORMS_DAYS", default=1),
    "exports": env.int("KEEP_EXPORTS_DAYS", default=730),
    "search_misses": env.int("KEEP_SEARCH_MISSES_DAYS", default=365),
}
REMIND_AFTER_DAYS = env.int("REMIND_AFTER_DAYS", default=365)
UNCONFIRMED_AFTER_DAYS = env.int("UNCONFIRMED_AFTER_DAYS", default=30)
MERGE_UNDO_DAYS = env.int("MERGE_UNDO_DAYS", default=30)
STOP_AFTER_DAYS = env.int("STOP_AFTER_DAYS", default=14)

# For who watches over the site (docs/operations.md).
METRICS_TOKEN = env("METRICS_TOKEN", default="")
ERRORS_TO = env.list("ERRORS_TO", default=[])
LOGGING = logging_with(is_json=env("LOG_FORMAT", default="text") == "json", has_letters=bool(ERRORS_TO))
# What is done outside a request (registry/management/tasks.py). Each queue has a worker of its own.
TASKS = {
    "default": {
        "BACKEND": env("TASKS_BACKEND", default="django_tasks_db.DatabaseBackend"),
        "QUEUES": ["mail", "webhooks", "imports", "daily"],
    }
}
# The survey: a whole festival may send from one address. An answer is usually under 2 kB; the bytes keep a flood of
# the largest from filling a disk.

ANSWERS_A_MINUTE = env.int("ANSWERS_A_MINUTE", default=600)
ANSWER_BYTES_AN_HOUR = env.int("ANSWER_BYTES_AN_HOUR", default=25_000_000)
ANSWER_BYTES_A_DAY = env.int("ANSWER_BYTES_A_DAY", default=100_000_000)

# The API: open to everybody, from any site, without cookies. See samenbuurten/api/.

API_REQUESTS_A_MINUTE = env.int("API_REQUESTS_A_MINUTE", default=300)
# Webhooks go to the open internet. Only a closed network has reason to allow its own addresses, and http.
WEBHOOKS_MAY_REACH_PRIVATE = env.bool("WEBHOOKS_MAY_REACH_PRIVATE", default=False)
WEBHOOKS_STOP_AFTER_DAYS = env.int("WEBHOOKS_STOP_AFTER_DAYS", default=5)
SPECTACULAR_SETTINGS = spectacular(SITE_URL, ORGANISATION_NAME, CONTACT_EMAIL)
