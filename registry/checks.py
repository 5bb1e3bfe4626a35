from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.checks import Tags, Warning, register

SOON = timedelta(days=30)


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
