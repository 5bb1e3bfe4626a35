from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.address import AddressField
from registry.models.fields.text import LineField, ProseField


class Level(models.Model):
    """One of the four levels of bottlenecks, after social-ecological theory."""

    slug = AddressField(_("naam in adressen"), primary_key=True, max_length=20)
    letter = LineField(_("letter"), max_length=1, unique=True)
    name = LineField(_("naam"), max_length=40)
    subtitle = LineField(_("ondertitel"), max_length=80)
    question = LineField(_("vraag"), max_length=200)
    theory_factor = ProseField(_("factor in de theorie"))
    position = models.PositiveSmallIntegerField(_("volgorde"), unique=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("niveau")
        verbose_name_plural = _("niveaus")
        ordering = ["position"]

    def __str__(self):
        return self.name


class Language(models.TextChoices):
    DUTCH = "nl", _("Nederlands")
    ENGLISH = "en", _("Engels")


class BottleneckQuerySet(models.QuerySet):
    def with_statement(self):
        """Each with ``statement``: the newest Dutch wording, or None."""
        newest = Wording.objects.filter(bottleneck=models.OuterRef("pk"), language=Language.DUTCH)
        return self.annotate(statement=models.Subquery(newest.order_by("-version").values("text")[:1]))

    def published(self):
        """What has a page: a candidate is not public yet."""
        return self.exclude(status=Bottleneck.Status.CANDIDATE)

    def active(self):
        return self.filter(status=Bottleneck.Status.ACTIVE)

    def set_status(self, status, *, reason):
        """Give all of these this status, with a line in the history of each; ``reason`` at most 100 characters."""
        codes = list(self.values_list("pk", flat=True))
        rows = Bottleneck.objects.filter(pk__in=codes)
        rows.update(status=status)
        # An update in bulk writes no history by itself.
        Bottleneck.history.bulk_history_create(rows, update=True, default_change_reason=reason)


class BottleneckManager(models.Manager.from_queryset(BottleneckQuerySet)):
    def get_queryset(self):
        return super().get_queryset().with_statement()


class Bottleneck(models.Model):
    class Origin(models.TextChoices):
        LITERATURE = "literatuur", _("Literatuur")
        SESSION = "inspiratiesessie", _("Inspiratiesessie")
        SURVEY = "enquete", _("Enquête")
        OPEN_ANSWER = "open-antwoord", _("Open antwoord")
        UNKNOWN = "onbekend", _("Niet bekend")

    class Status(models.TextChoices):
        CANDIDATE = "kandidaat", _("Kandidaat")
        ACTIVE = "actief", _("Actief")
        MERGED = "samengevoegd", _("Samengevoegd")
        RETIRED = "vervallen", _("Vervallen")

    code = LineField(
        _("code"),
        primary_key=True,
        max_length=4,
        validators=[RegexValidator(r"^[A-Z][1-9]\d{0,2}$", _("Vul een letter en een nummer in, zoals R1."))],
    )
    level = models.ForeignKey(
        Level, on_delete=models.PROTECT, related_name="bottlenecks", verbose_name=_("niveau")
    )
    number = models.PositiveSmallIntegerField(_("nummer"), help_text=_("De volgorde binnen het niveau."))
    title = LineField(
        _("korte titel"), max_length=120, blank=True, help_text=_("Leeg: de stelling staat als titel.")
    )
    explanation = ProseField(_("uitleg"), blank=True)
    origin = models.CharField(_("herkomst"), max_length=20, choices=Origin, default=Origin.UNKNOWN)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.CANDIDATE)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_from",
        verbose_name=_("samengevoegd met"),
    )
    # Of a merged one: the keys of what went along, and whether it named the other too (registry/lifecycle/bottlenecks.py).
    went_along = models.JSONField(null=True, editable=False)
    municipality = models.ForeignKey(
        "registry.Municipality",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("alleen in gemeente"),
    )

    objects = BottleneckManager()
    history = HistoricalRecords(excluded_fields=["went_along"])

    class Meta:
        verbose_name = _("knelpunt")
        verbose_name_plural = _("knelpunten")
        ordering = ["level__position", "number"]
        base_manager_name = "objects"
        permissions = [("import_bottleneck", _("Mag knelpunten importeren"))]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "number"],
                name="bottleneck_number_is_unique_in_level",
                violation_error_message=_("Dit niveau heeft al een knelpunt met dit nummer."),
            ),
            models.CheckConstraint(
                condition=models.Q(status="samengevoegd", merged_into__isnull=False)
                | (~models.Q(status="samengevoegd") & models.Q(merged_into__isnull=True)),
                name="bottleneck_merged_says_into_which",
                violation_error_message=_(
                    "Kies bij de status ‘samengevoegd’ met welk knelpunt, en alleen dan."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}".strip()

    def get_absolute_url(self):
        return reverse("registry:bottleneck-detail", args=[self.code.lower()])

    def clean(self):
        super().clean()
        # From the database: an import holds rows as they were before it began.
        following, seen = self.merged_into_id, set()
        while following and following != self.pk and following not in seen:
            seen.add(following)
            following = Bottleneck.objects.filter(pk=following).values_list("merged_into", flat=True).first()
        if self.merged_into and self.merged_into.status in (self.Status.CANDIDATE, self.Status.RETIRED):
            text = _("‘%s’ is geen knelpunt dat nu telt. Kies een knelpunt met de status ‘actief’.")
            raise ValidationError({"merged_into": text % self.merged_into})
        if following:
            raise ValidationError(
                {"merged_into": _("Zo verwijst dit knelpunt naar zichzelf. Kies een ander knelpunt.")}
            )

    @cached_property
    def statement(self):
        """The newest Dutch wording; querysets fill it in (see BottleneckManager)."""
        newest = self.wordings.filter(language=Language.DUTCH).order_by("-version").first()
        return newest.text if newest else None

    @property
    def survivor(self):
        """Itself, or the bottleneck that it was merged into at last."""
        entry, seen = self, set()
        # Two colleagues who merge two bottlenecks into each other at once must not make a page without end.
        while entry.status == Bottleneck.Status.MERGED and entry.pk not in seen:
            seen.add(entry.pk)
            entry = entry.merged_into
        return entry

    @property
    def name(self):
        return self.title or self.statement or ""


class Wording(models.Model):
    """How a bottleneck is put to respondents. A new wording is a new version; the old one stays."""

    bottleneck = models.ForeignKey(
        Bottleneck, on_delete=models.CASCADE, related_name="wordings", verbose_name=_("knelpunt")
    )
    language = models.CharField(_("taal"), max_length=5, choices=Language, default=Language.DUTCH)
    version = models.PositiveSmallIntegerField(_("versie"), default=1)
    text = ProseField(_("stelling"))

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("formulering")
        verbose_name_plural = _("formuleringen")
        ordering = ["bottleneck", "language", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["bottleneck", "language", "version"],
                name="wording_version_is_unique",
                violation_error_message=_("Deze versie bestaat al: kies een hoger nummer."),
            )
        ]

    def __str__(self):
        return f"{self.bottleneck_id} {self.language} {self.version}"
