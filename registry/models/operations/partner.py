from datetime import timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.fields.mailbox import MailField
from registry.models.fields.text import LineField


class PartnerKeyQuerySet(models.QuerySet):
    def usable(self):
        return self.filter(revoked_at=None, expires_on__gte=timezone.localdate())


class PartnerKey(models.Model):
    """What a partner shows to the API to be known. Only registry/partners/api_keys.py makes and ends one.

    The secret is nowhere: `digest` is its SHA-256. A slow hash protects what people make up; this is 256 random
    bits that nobody can go through, and it is looked up at every request.
    """

    name = LineField(_("naam van de partner"), max_length=120)
    email = MailField(_("e-mailadres"), help_text=_("Hier mailen wij over deze sleutel en zijn webhooks."))
    prefix = models.CharField(_("begint met"), max_length=12, unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    may_read_details = models.BooleanField(
        _("resultaten in detail"),
        default=False,
        help_text=_("Ook uitkomsten van metingen per groep, voor zover die openbaar mogen worden."),
    )
    requests_per_minute = models.PositiveIntegerField(
        _("vragen per minuut"),
        default=600,
        validators=[MinValueValidator(1), MaxValueValidator(100_000)],
    )
    expires_on = models.DateField(_("geldig tot en met"))
    revoked_at = models.DateTimeField(_("ingetrokken op"), null=True, editable=False)
    # Of which number of days before its end the partner was told last; -1: that it ended.
    told_days = models.SmallIntegerField(null=True, editable=False)
    # A day and not a moment: enough to see that it is in use, and one write a day.
    last_used_on = models.DateField(_("laatst gebruikt op"), null=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("uitgegeven door"),
    )
    issued_at = models.DateTimeField(_("uitgegeven op"), default=timezone.now, editable=False)

    SOON = timedelta(days=30)  # before it expires

    objects = PartnerKeyQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["digest", "last_used_on", "told_days"])

    class Meta:
        verbose_name = _("sleutel van een partner")
        verbose_name_plural = _("sleutels van partners")
        ordering = ["name", "pk"]
        default_permissions = ("view", "add", "change")

    def __str__(self):
        return f"{self.name} (sb_{self.prefix}_…)"

    @property
    def is_usable(self):
        return self.revoked_at is None and self.expires_on >= timezone.localdate()
