from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.fields.text import LineField, ProseField
from registry.models.publication import Status, for_municipality


class DecisionQuerySet(models.QuerySet):
    # A decision is about an initiative or about a case; whose the case is, says Case.objects.visible_to().
    def visible_to(self, user):
        return for_municipality(
            self,
            user,
            "initiative__municipality",
            "case__municipality",
            "case__initiative__municipality",
            "municipality",
        )


class Decision(models.Model):
    """One step in the publication life of an entry: who, when, why. Never changed, only added.

    It outlives its entry, as a line that says what kind of entry it was and its public number, without the reason.
    """

    DELETED = "verwijderd"

    initiative = models.ForeignKey(
        "registry.Initiative",
        on_delete=models.SET_NULL,
        null=True,
        related_name="decisions",
        verbose_name=_("initiatief"),
    )
    case = models.ForeignKey(
        "registry.Case",
        on_delete=models.SET_NULL,
        null=True,
        related_name="decisions",
        verbose_name=_("casus"),
    )
    # What it is about, also when that is gone: filled in when it is made.
    about = LineField(_("over"), max_length=80, blank=True, editable=False)
    municipality = models.ForeignKey(
        "registry.Municipality",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("gemeente"),
    )
    from_status = models.CharField(_("van"), max_length=20, choices=Status)
    to_status = models.CharField(
        _("naar"), max_length=20, choices=[*Status.choices, (DELETED, _("Verwijderd"))]
    )
    reason = ProseField(_("reden"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("door"),
    )
    decided_at = models.DateTimeField(_("op"), auto_now_add=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("besluit")
        verbose_name_plural = _("besluiten")
        ordering = ["-decided_at", "-pk"]
        indexes = [models.Index(fields=["decided_at", "id"], name="decision_latest")]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(initiative__isnull=True) | models.Q(case__isnull=True),
                name="decision_is_about_one_entry",
                violation_error_message=_("Een besluit gaat over één initiatief of één casus."),
            )
        ]

    def __str__(self):
        return f"{self.get_from_status_display()} → {self.get_to_status_display()}"

    def save(self, *args, **kwargs):
        entry = self.initiative or self.case
        if entry and not self.about:
            self.about = f"{entry._meta.verbose_name} {getattr(entry, 'public_id', entry.slug)}"
            self.municipality_id = entry.municipality_id or getattr(
                getattr(entry, "initiative", None), "municipality_id", None
            )
        super().save(*args, **kwargs)


class Import(models.Model):
    """Who brought in which file, and what came of it."""

    resource = LineField(_("wat"), max_length=40)
    file_name = LineField(_("bestand"), max_length=255)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("door"),
    )
    imported_at = models.DateTimeField(_("op"), auto_now_add=True)
    added = models.PositiveIntegerField(_("nieuw"), default=0)
    changed = models.PositiveIntegerField(_("gewijzigd"), default=0)
    unchanged = models.PositiveIntegerField(_("gelijk gebleven"), default=0)
    proposed = models.PositiveIntegerField(_("wacht op eigenaren"), default=0)
    # Of the preview that somebody said yes to: once.
    key = models.UUIDField(null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-imported_at", "-pk"]
        indexes = [models.Index(fields=["imported_at", "id"], name="import_latest")]
        default_permissions = ("view",)

    def __str__(self):
        return f"{self.resource}: {self.file_name}"


class ExportQuerySet(models.QuerySet):
    def log(self, by, what, *, kind, number=None, query=""):
        """Keep that ``by`` takes this along; written before the file leaves."""
        return self.create(by=by, what=str(what)[:100], kind=kind, number=number, query=query[:2000])

    def log_once_a_day(self, by, what, *, kind, number):
        """For what anybody may take along as often as they like."""
        today = self.filter(by=by, what=str(what), kind=kind, exported_at__date=timezone.localdate())
        return today.first() or self.log(by, what, kind=kind, number=number)


class Export(models.Model):
    """Who took what along as a file, and how much of it."""

    what = LineField(_("wat"), max_length=100)
    kind = LineField(_("soort bestand"), max_length=20)
    query = models.CharField(_("filter"), max_length=2000, blank=True)
    number = models.PositiveIntegerField(_("hoeveel rijen"), null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("door"),
    )
    exported_at = models.DateTimeField(_("op"), auto_now_add=True, db_index=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-exported_at", "-pk"]
        default_permissions = ("view",)

    def __str__(self):
        return f"{self.what} ({self.kind})"
