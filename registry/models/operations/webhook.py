import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.fields.text import LineField


class Event(models.TextChoices):
    PUBLISHED = "gepubliceerd", _("Gepubliceerd")
    CHANGED = "gewijzigd", _("Gewijzigd")
    REMOVED = "verwijderd", _("Verwijderd")
    TEST = "proef", _("Proef")


class WebhookSubscription(models.Model):
    """Where a partner wants to hear that an initiative appeared, changed or went."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.ForeignKey(
        "registry.PartnerKey",
        on_delete=models.CASCADE,
        related_name="subscriptions",
        verbose_name=_("sleutel van een partner"),
    )
    url = models.CharField(
        _("webadres"),
        max_length=500,
        help_text=_("Begint met https://. Hier sturen wij elke gebeurtenis heen."),
    )
    wants_published = models.BooleanField(_("een initiatief komt op de site"), default=True)
    wants_changed = models.BooleanField(_("een initiatief verandert"), default=True)
    wants_removed = models.BooleanField(_("een initiatief gaat van de site"), default=True)
    is_active = models.BooleanField(_("staat aan"), default=True)
    stopped_because = models.CharField(_("staat uit omdat"), max_length=200, blank=True, editable=False)
    # All changes up to this version of the content have been put in the queue.
    seen_version = models.BigIntegerField(editable=False)
    # The secret is derived from this number (registry/partners/webhooks/signing.py).
    rotation = models.PositiveIntegerField(default=1, editable=False)
    rotated_at = models.DateTimeField(_("geheim vernieuwd op"), null=True, editable=False)
    failing_since = models.DateTimeField(_("mislukt sinds"), null=True, editable=False)
    rests_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("aangemaakt op"), auto_now_add=True)

    history = HistoricalRecords(excluded_fields=["seen_version", "failing_since", "rests_until"])

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["key__name", "url"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "url"],
                name="subscription_is_unique",
                violation_error_message=_("Deze partner heeft al een webhook naar dit adres."),
            )
        ]

    def __str__(self):
        return self.url

    @property
    def events(self):
        wanted = {
            Event.PUBLISHED: self.wants_published,
            Event.CHANGED: self.wants_changed,
            Event.REMOVED: self.wants_removed,
        }
        return {event for event, is_wanted in wanted.items() if is_wanted}


class WebhookDelivery(models.Model):
    """One message to one address: what was sent, how often, and what came of it."""

    class State(models.TextChoices):
        WAITING = "wacht", _("Wacht")
        DELIVERED = "afgeleverd", _("Afgeleverd")
        GIVEN_UP = "opgegeven", _("Opgegeven")

    subscription = models.ForeignKey(
        WebhookSubscription, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("webhook")
    )
    # The receiver knows a message by this, however often it comes.
    message = models.UUIDField(_("kenmerk"), default=uuid.uuid4, unique=True)
    event = models.CharField(_("gebeurtenis"), max_length=20, choices=Event)
    payload = models.TextField(_("bericht"))
    state = models.CharField(_("stand"), max_length=20, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(_("in de rij sinds"), auto_now_add=True)
    attempts = models.PositiveSmallIntegerField(_("keer geprobeerd"), default=0)
    next_try_at = models.DateTimeField(_("volgende poging"), null=True)
    delivered_at = models.DateTimeField(_("afgeleverd op"), null=True)
    last_status = models.PositiveSmallIntegerField(_("laatste antwoord"), null=True)
    last_error = LineField(_("wat er misging"), max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField(_("duur in milliseconden"), null=True)

    class Meta:
        verbose_name = _("bericht van een webhook")
        verbose_name_plural = _("berichten van webhooks")
        ordering = ["-pk"]
        default_permissions = ("view",)
        indexes = [models.Index(fields=["state", "next_try_at"], name="delivery_due")]

    def __str__(self):
        return f"{self.get_event_display()} {self.message}"
