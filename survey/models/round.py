import uuid
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.address import AddressField
from registry.models.fields.text import LineField
from survey.disclosure import LEAST
from survey.models import promises
from survey.models.questionnaire import Questionnaire

# Days: longer than a device is left in a drawer, and an end to it all the same.
LONGEST_LATE = 90


class RoundQuerySet(models.QuerySet):
    def open(self):
        """Where one can answer now; a limit that was reached is up to intake."""
        now = timezone.now()
        return self.filter(opens_at__lte=now).exclude(closes_at__lte=now)

    def closed(self):
        return self.filter(closes_at__lte=timezone.now())

    def next_closing(self):
        """The first moment to come at which one closes by itself, or None."""
        now = timezone.now()
        return self.filter(closes_at__gt=now).aggregate(first=models.Min("closes_at"))["first"]

    def published(self):
        """Of which the public may see results."""
        return self.filter(publications__isnull=False, publications__withdrawn_on=None).distinct()


class Round(models.Model):
    """One time that a questionnaire is put to people."""

    class Access(models.TextChoices):
        OPEN = "open", _("Iedereen kan meedoen")
        CODES = "codes", _("Alleen met een eenmalige code")

    class State(models.TextChoices):
        DRAFT = "concept", _("Concept")
        PLANNED = "gepland", _("Gepland")
        OPEN = "open", _("Open")
        CLOSED = "gesloten", _("Gesloten")

    slug = AddressField(_("naam in adressen"), unique=True)
    name = LineField(_("naam"), max_length=120)
    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="rounds", verbose_name=_("vragenlijst")
    )
    occasion = LineField(
        _("gelegenheid"), max_length=120, blank=True, help_text=_("Bijvoorbeeld de naam van het festival.")
    )
    held_on = models.DateField(_("datum"), null=True, blank=True, help_text=_("Leeg: niet bekend."))
    opens_at = models.DateTimeField(_("opent op"), null=True, blank=True)
    closes_at = models.DateTimeField(_("sluit op"), null=True, blank=True)
    late_days = models.PositiveSmallIntegerField(
        _("dagen dat late antwoorden nog meetellen"),
        default=7,
        validators=[MaxValueValidator(LONGEST_LATE)],
        help_text=_(
            "Na het sluiten: voor wie al begonnen was, bijvoorbeeld op een apparaat zonder internet. "
            "Het stopt ook zodra u de resultaten vaststelt."
        ),
    )
    limit = models.PositiveIntegerField(
        _("ten hoogste zoveel inzendingen"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    threshold = models.PositiveSmallIntegerField(
        _("kleinste groep die wordt getoond"), default=10, validators=[MinValueValidator(LEAST)]
    )
    languages = models.JSONField(_("talen"), default=list)
    access = models.CharField(_("toegang"), max_length=10, choices=Access, default=Access.OPEN)
    kiosk_pin = models.CharField(max_length=200, blank=True, editable=False)
    previous = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        verbose_name=_("vergelijken met"),
        help_text=_("Een eerdere meting waarvan de resultaten vaststaan."),
    )
    keep_answers_days = models.PositiveIntegerField(
        _("dagen dat open antwoorden blijven"),
        default=365,
        help_text=_("Na het sluiten. Daarna worden de woorden gewist; de getallen blijven."),
    )
    keep_responses_days = models.PositiveIntegerField(
        _("dagen dat inzendingen blijven"),
        default=1825,
        help_text=_("Na het sluiten. Daarna blijft alleen wat is gepubliceerd."),
    )
    # Results were fixed, and nobody opened it again since: late answers and paper are over, also once they are withdrawn.
    is_over = models.BooleanField(default=False, editable=False)
    is_sample = models.BooleanField(_("verzonnen voorbeeld"), default=False, editable=False)

    objects = RoundQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["kiosk_pin"])

    class Meta:
        verbose_name = _("meting")
        verbose_name_plural = _("metingen")
        ordering = ["-opens_at", "-pk"]
        permissions = [
            ("publish_round", _("Mag resultaten vaststellen")),
            ("download_records", _("Mag inzendingen downloaden")),
            ("screen_answers", _("Mag open antwoorden lezen en coderen")),
            ("key_in_round", _("Mag papieren formulieren invoeren")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(threshold__gte=LEAST),
                name="round_threshold_is_high_enough",
                violation_error_message=_("Een groep kleiner dan 5 wordt nooit getoond."),
            ),
            models.CheckConstraint(
                condition=models.Q(closes_at__isnull=True)
                | models.Q(opens_at__isnull=True)
                | models.Q(closes_at__gte=models.F("opens_at")),
                name="round_closes_after_it_opens",
                violation_error_message=_(
                    "De meting sluit voordat zij opent. Verander een van beide tijden."
                ),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("survey:results", args=[self.slug])

    def clean(self):
        super().clean()
        if self.previous_id and self.previous_id == self.pk:
            raise ValidationError({"previous": _("Kies een andere meting dan deze.")})
        stored = Round.objects.filter(pk=self.pk).first() if self.pk else None
        errors = promises.too_short(self) | (promises.broken(stored, self) if stored else {})
        if errors:
            raise ValidationError(errors)

    @property
    def state(self):
        now = timezone.now()
        if self.closes_at and self.closes_at <= now:
            return Round.State.CLOSED
        if self.opens_at is None:
            return Round.State.DRAFT
        return Round.State.OPEN if self.opens_at <= now else Round.State.PLANNED

    @property
    def is_open(self):
        return self.state == Round.State.OPEN

    @property
    def is_closed(self):
        return self.state == Round.State.CLOSED

    @property
    def late_until(self):
        """Until when answers are taken in that were begun before it closed; None as long as no end is known."""
        return self.closes_at and self.closes_at + timedelta(days=self.late_days)

    @property
    def takes_late(self):
        """Whether such answers are taken in now: not any more once results were fixed."""
        return self.is_closed and timezone.now() < self.late_until and not self.is_over

    @property
    def has_opened(self):
        """Whether people may have begun: its address hangs on posters and lies on devices."""
        return self.opens_at is not None and self.opens_at <= timezone.now()

    @property
    def is_full(self):
        return bool(self.limit) and self.responses.count() >= self.limit


class SourceCode(models.Model):
    """Where a respondent began: a stand or a poster with its own QR code."""

    round = models.ForeignKey(
        Round, on_delete=models.CASCADE, related_name="sources", verbose_name=_("meting")
    )
    code = models.SlugField(_("code"), max_length=30)
    name = LineField(_("stand of plek"), max_length=80)

    class Meta:
        verbose_name = _("stand")
        verbose_name_plural = _("stands")
        ordering = ["round", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "code"],
                name="source_code_is_unique_in_round",
                violation_error_message=_("Deze meting heeft al een stand met deze code."),
            )
        ]

    def __str__(self):
        return self.name


class AccessCode(models.Model):
    """A code that lets one person in once. Only its hash is kept, and nothing ties it to an answer."""

    digest = models.CharField(primary_key=True, max_length=64)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="access_codes")
    is_used = models.BooleanField(default=False)
    # False: made before codes could be checked without a network (see survey/fieldwork/stands.py).
    has_check = models.BooleanField(default=False)


class StepCount(models.Model):
    """How many people came as far as this step; a number and nothing else."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="step_counts")
    step = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["round", "step"]
        constraints = [models.UniqueConstraint(fields=["round", "step"], name="step_is_counted_once")]


class PaperForm(models.Model):
    """A form filled in on paper, while it is typed in twice; what was typed goes once both agree."""

    # Not a running number, which would tell in what order the forms came in.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="paper_forms")
    number = models.PositiveIntegerField(_("nummer op het papier"))
    first = models.JSONField(null=True)
    second = models.JSONField(null=True)
    is_done = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("papieren formulier")
        verbose_name_plural = _("papieren formulieren")
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="paper_number_is_unique_in_round")
        ]
