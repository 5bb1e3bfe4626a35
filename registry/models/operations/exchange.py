from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.fields.text import LineField


class Exchange(models.Model):
    """Something small that an initiative asks or offers."""

    class Direction(models.TextChoices):
        ASKS = "vraagt", _("Vraagt")
        OFFERS = "biedt", _("Biedt")

    class Kind(models.TextChoices):
        HELP = "hulp", _("Hulp")
        ROOM = "ruimte", _("Ruimte")
        KNOWLEDGE = "kennis", _("Kennis")
        THINGS = "spullen", _("Spullen")
        OTHER = "anders", _("Iets anders")

    initiative = models.ForeignKey(
        "registry.Initiative",
        on_delete=models.CASCADE,
        related_name="exchanges",
        verbose_name=_("initiatief"),
    )
    direction = models.CharField(_("vraagt of biedt"), max_length=10, choices=Direction)
    kind = models.CharField(_("soort"), max_length=10, choices=Kind, default=Kind.HELP)
    text = LineField(_("wat"), max_length=200)
    duration = LineField(
        _("hoe lang"), max_length=80, blank=True, help_text=_("Bijvoorbeeld: 2 uur per maand.")
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("vraag of aanbod")
        verbose_name_plural = _("vraag en aanbod")
        ordering = ["direction", "pk"]

    def __str__(self):
        return f"{self.get_direction_display()}: {self.text}"


class ExternalId(models.Model):
    """What another register calls this initiative."""

    class Scheme(models.TextChoices):
        KVK = "kvk", _("KvK")
        SOCIAL_HANDPRINT = "social-handprint", _("Social Handprint")
        OSM = "osm", _("OpenStreetMap")

    initiative = models.ForeignKey(
        "registry.Initiative",
        on_delete=models.CASCADE,
        related_name="external_ids",
        verbose_name=_("initiatief"),
    )
    scheme = models.CharField(_("register"), max_length=20, choices=Scheme)
    value = LineField(_("kenmerk"), max_length=80)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("extern kenmerk")
        verbose_name_plural = _("externe kenmerken")
        ordering = ["scheme", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "scheme"],
                name="external_id_is_unique_per_register",
                violation_error_message=_("Dit initiatief heeft al een kenmerk in dit register."),
            )
        ]

    def __str__(self):
        return f"{self.get_scheme_display()} {self.value}"
