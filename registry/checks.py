"""System checks: settings and admin classes that would break a promise."""

from datetime import date, datetime, timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.admin.sites import all_sites
from django.core.checks import Error, Tags, Warning, register

from registry.foundation.admin_lookups import DeclaredLookups

SOON = timedelta(days=30)


@register(Tags.admin)
def lists_take_what_they_declare(app_configs, **kwargs):
    """A list that filters by any field tells what its pages hide."""
    return [
        Error(
            f"{type(model_admin).__name__} does not come through samenbuurten.admin_site.StaffSite.register().",
            hint="Register it with django.contrib.admin.site.",
            obj=model,
            id="registry.E001",
        )
        for site in all_sites
        for model, model_admin in site._registry.items()
        if type(model_admin).get_changelist_instance is not DeclaredLookups.get_changelist_instance
        or not isinstance(model_admin, DeclaredLookups)
    ]


@register(Tags.security, deploy=True)
def security_txt_is_valid(app_configs, **kwargs):
    """A government site tells who finds a leak where to report it, and keeps that up to date."""
    if not (settings.SECURITY_CONTACT and settings.SECURITY_TXT_EXPIRES):
        return [
            Warning(
                "There is no /.well-known/security.txt.",
                hint="Set SECURITY_CONTACT and SECURITY_TXT_EXPIRES (a date, such as 2027-01-31).",
                id="registry.W001",
            )
        ]
    try:
        expires = datetime.fromisoformat(settings.SECURITY_TXT_EXPIRES).date()
    except ValueError:
        return [
            Warning("SECURITY_TXT_EXPIRES is not a date.", hint="Write it as 2027-01-31.", id="registry.W002")
        ]
    left = expires - date.today()
    if left < SOON or left > timedelta(days=366):
        return [
            Warning(
                "SECURITY_TXT_EXPIRES must lie between 30 days and a year from now.",
                hint=f"It says {expires.isoformat()}.",
                id="registry.W003",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def letters_are_not_printed(app_configs, **kwargs):
    """What is printed ends up in a log, with the codes and the links that are in it."""
    printed = ("console.EmailBackend", "filebased.EmailBackend")
    may_print = not (settings.MAIL_TO_EVERYONE or settings.MAIL_ALLOW_LIST)
    if may_print or not settings.MAIL_TRANSPORT.endswith(printed):
        return []
    return [
        Warning(
            "Letters are printed, with their codes and links.",
            hint="Set EMAIL_URL to a mail server, such as smtp+tls://…",
            id="samenbuurten.W001",
        )
    ]


@register(deploy=True)
def letters_leave_and_come_back(app_configs, **kwargs):
    """What a real site needs for its letters to arrive, and to hear of those that do not (docs/e-mail.md)."""
    if settings.DEBUG or settings.PLAIN_HTTP:
        return []
    host = urlsplit(settings.SITE_URL).hostname or ""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2].lower()
    is_kin = sender and (host == sender or host.endswith(f".{sender}") or sender.endswith(f".{host}"))
    warnings = [
        (
            not settings.MAIL_TO_EVERYONE,
            "This site holds back its letters: only MAIL_ALLOW_LIST gets any.",
            "Set MAIL_TO_EVERYONE to true on the real site.",
            "samenbuurten.W003",
        ),
        (
            not is_kin,
            f"Letters come from {sender or 'nowhere'}, and the site is at {host or 'nowhere'}.",
            "Set DEFAULT_FROM_EMAIL to an address in the domain of SITE_URL, so that SPF, DKIM and DMARC agree.",
            "samenbuurten.W004",
        ),
        (
            not settings.CONTACT_EMAIL,
            "Letters name no address to write to.",
            "Set CONTACT_EMAIL to a mailbox that somebody reads.",
            "samenbuurten.W005",
        ),
        (
            not settings.BOUNCE_ADDRESS,
            "Nobody hears of letters that come back.",
            "Set BOUNCE_ADDRESS, and BOUNCE_IMAP_URL or a pipe to `manage.py take_bounce`.",
            "samenbuurten.W006",
        ),
    ]
    return [Warning(text, hint=hint, id=key) for is_wrong, text, hint, key in warnings if is_wrong]


@register(Tags.security, deploy=True)
def staff_need_a_second_step(app_configs, **kwargs):
    if settings.STAFF_MFA_REQUIRED:
        return []
    return [
        Warning(
            "Staff get in with a password alone.",
            hint="Leave STAFF_MFA_REQUIRED out, or set it to true.",
            id="samenbuurten.W002",
        )
    ]
