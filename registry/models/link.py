from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.fields.plausible import check_day
from registry.models.fields.text import LineField
from registry.models.publication import CLOSED, OPEN, Status, for_municipality


class LinkQuerySet(models.QuerySet):
    def visible_to(self, user):
        return for_municipality(self, user, "initiative__municipality")

    def public(self):
        """Those that a visitor sees: of a published initiative, with a bottleneck that has a page."""
        return self.filter(initiative__status=Status.PUBLISHED).exclude(bottleneck__status="kandidaat")

    def counting(self):
        """Those that say something now: not of a bottleneck that is retired."""
        return self.public().exclude(bottleneck__status="vervallen")

    def retired(self):
        """Those to a bottleneck that is retired, of what is not closed: to be done again."""
        return self.filter(bottleneck__status="vervallen", initiative__status__in=OPEN)

    def unconfirmed(self):
        """Those that staff still have to look at."""
        pages = self.model._meta.get_field("initiative").related_model.objects
        closed = pages.filter(status__in=CLOSED)
        return self.filter(is_confirmed=False).exclude(initiative__in=closed.values("pk"))

    def tally(self):
        """How many links each bottleneck has in each role: {(code, role): number}."""
        rows = self.order_by().values_list("bottleneck", "role").annotate(number=models.Count("pk"))
        return {(code, role): number for code, role, number in rows}

    def public_tally(self):
        """The tally of those of published initiatives. What is not public is little, and counted apart: to look at the
        initiative of each link costs ten times as much."""
        pages = self.model._meta.get_field("initiative").related_model.objects
        hidden = self.filter(initiative__in=pages.exclude(status=Status.PUBLISHED).values("pk")).tally()
        return {kind: number - hidden.get(kind, 0) for kind, number in self.tally().items()}

    def in_level_order(self):
        return self.order_by("bottleneck__level__position", "bottleneck__number", "role")


class Link(models.Model):
    """An initiative and a bottleneck: it faces it, or it tackles it."""

    class Role(models.TextChoices):
        FACES = "ervaart", _("Ervaart")
        TACKLES = "pakt-aan", _("Pakt aan")

    initiative = models.ForeignKey(
        "registry.Initiative", on_delete=models.CASCADE, related_name="links", verbose_name=_("initiatief")
    )
    bottleneck = models.ForeignKey(
        "registry.Bottleneck", on_delete=models.PROTECT, related_name="links", verbose_name=_("knelpunt")
    )
    role = models.CharField(_("rol"), max_length=10, choices=Role)
    explanation = LineField(_("toelichting"), max_length=300, blank=True)
    stated_by = LineField(_("wie zegt dit"), max_length=120, blank=True)
    is_confirmed = models.BooleanField(_("bevestigd door de provincie"), default=False)

    objects = LinkQuerySet.as_manager()
    history = HistoricalRecords()
    # Who saves it and why, said before the save: it goes into the history.
    _history_user: models.Model | None
    _change_reason: str

    class Meta:
        verbose_name = _("koppeling")
        verbose_name_plural = _("koppelingen")
        ordering = ["initiative", "bottleneck", "role"]
        permissions = [("import_link", _("Mag koppelingen importeren"))]
        indexes = [
            models.Index(fields=["bottleneck", "role", "initiative"], name="link_by_bottleneck"),
            models.Index(
                fields=["initiative"], condition=models.Q(is_confirmed=False), name="link_unconfirmed"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "bottleneck", "role"],
                name="link_is_unique",
                violation_error_message=_("Deze koppeling bestaat al."),
            )
        ]

    def __str__(self):
        return f"{self.initiative} · {self.get_role_display()} · {self.bottleneck_id}"


class Mention(models.Model):
    """How often an initiative was named, and where: "2x genoemd, Verbindingsfestival"."""

    initiative = models.ForeignKey(
        "registry.Initiative", on_delete=models.CASCADE, related_name="mentions", verbose_name=_("initiatief")
    )
    event = LineField(_("waar genoemd"), max_length=160)
    count = models.PositiveSmallIntegerField(_("aantal keer"), default=1, validators=[MinValueValidator(1)])
    quote = LineField(_("letterlijk"), max_length=200, blank=True)
    mentioned_on = models.DateField(_("datum"), null=True, blank=True, validators=[check_day])
    source = models.ForeignKey(
        "registry.Source",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("bron"),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("vermelding")
        verbose_name_plural = _("vermeldingen")
        ordering = ["initiative", "event"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "event"],
                name="mention_is_unique_per_event",
                violation_error_message=_("Deze vermelding bestaat al: pas het aantal aan."),
            )
        ]

    def __str__(self):
        return f"{self.count}x genoemd, {self.event}"
