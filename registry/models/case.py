from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.address import AddressField
from registry.models.fields.text import LineField, ProseField
from registry.models.publication import PublishableQuerySet, Status, for_municipality, mark_change, stored


class CaseQuerySet(PublishableQuerySet):
    def published(self):
        """A case of an initiative that is not public is not public either."""
        return (
            super()
            .published()
            .filter(models.Q(initiative__isnull=True) | models.Q(initiative__status=Status.PUBLISHED))
        )

    def visible_to(self, user):
        return for_municipality(self, user, "municipality", "initiative__municipality")


class Case(models.Model):
    """A documented practice, of an initiative or on its own."""

    slug = AddressField(_("adres"), max_length=80, unique=True)
    title = LineField(_("titel"), max_length=160)
    summary = LineField(_("samenvatting"), max_length=300, blank=True)
    situation = ProseField(_("situatie"), blank=True)
    approach = ProseField(_("aanpak"), blank=True)
    result = ProseField(_("resultaat"), blank=True)
    lessons = ProseField(_("lessen"), blank=True)
    initiative = models.ForeignKey(
        "registry.Initiative",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("initiatief"),
    )
    municipality = models.ForeignKey(
        "registry.Municipality",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("gemeente"),
    )
    bottlenecks = models.ManyToManyField(
        "registry.Bottleneck", blank=True, related_name="cases", verbose_name=_("knelpunten")
    )
    source = models.ForeignKey(
        "registry.Source",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("bron"),
    )
    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT, editable=False, db_index=True
    )
    is_sample = models.BooleanField(_("voorbeeld (verzonnen)"), default=False, editable=False)
    created_at = models.DateTimeField(_("aangemaakt op"), auto_now_add=True)
    # When the public last saw something else of it; save() sets it.
    changed_at = models.DateTimeField(_("gewijzigd op"), default=timezone.now, editable=False)

    objects = CaseQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[bottlenecks])
    # Who saves it and why, said before the save: it goes into the history.
    _history_user: models.Model | None
    _change_reason: str

    class Meta:
        verbose_name = _("casus")
        verbose_name_plural = _("casussen")
        ordering = ["title", "pk"]
        indexes = [models.Index(fields=["title", "id"], name="case_by_title")]
        permissions = [
            ("import_case", _("Mag casussen importeren")),
            ("decide_case", _("Mag besluiten over casussen")),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        mark_change(self, _seen)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("registry:case-detail", args=[self.slug])

    def shows(self, names):
        """Whether a change of these fields changes what is seen of it: all that it has shows."""
        return bool(names)


def _seen(case):
    fields = Case._meta.concrete_fields
    return stored(case, [field.name for field in fields if field.name not in {"created_at", "changed_at"}])
