"""From open answers to themes: meaning units, codes, and what two people made of them.

Nothing here knows an account, a moment or an order of arrival beside somebody's words: who codes stands on the plan
of the round and on the seats of its coders. Of what two said blind only the day is kept on which it was laid side by
side: from then on neither takes it back.
"""

import secrets
import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from registry.models.fields.text import LineField, ProseField
from survey.models.response import OpenAnswer
from survey.models.round import Round

SEEDS = 2**31


def new_seed():
    return secrets.randbelow(SEEDS)


class CodingPlan(models.Model):
    """Who codes the open answers of a round, how many of them twice, and whether it is finished."""

    round = models.OneToOneField(
        Round,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="coding_plan",
        verbose_name=_("meting"),
    )
    first_coder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("eerste codeur"),
    )
    second_coder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tweede codeur"),
    )
    share = models.PositiveSmallIntegerField(
        _("deel dat twee mensen coderen (%)"), default=20, validators=[MaxValueValidator(100)]
    )
    # Draws that share: with the same seed the same units.
    seed = models.PositiveIntegerField(default=new_seed, editable=False)
    frozen_on = models.DateField(_("vastgesteld op"), null=True, editable=False)

    class Meta:
        verbose_name = _("codeerplan")
        verbose_name_plural = _("codeerplannen")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_coder__isnull=True)
                | models.Q(second_coder__isnull=True)
                | ~models.Q(first_coder=models.F("second_coder")),
                name="coding_is_done_by_two_people",
                violation_error_message=_("De tweede codeur is iemand anders dan de eerste."),
            )
        ]

    @property
    def is_frozen(self):
        return self.frozen_on is not None


class Unit(models.Model):
    """One thing that somebody says; an answer can say more than one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    answer = models.ForeignKey(OpenAnswer, on_delete=models.CASCADE, related_name="units")
    position = models.PositiveSmallIntegerField()
    text = ProseField(blank=True)
    # When what both coders said was laid side by side; from then on it stands.
    compared_on = models.DateField(null=True, editable=False)
    # When its codes could first be read by all, as the coding was fixed; nobody codes it blind any more.
    shown_on = models.DateField(null=True, editable=False)

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["answer", "position"], name="unit_position_is_unique_in_answer")
        ]


class Code(models.Model):
    """A line of the codebook of a round. It can be hidden, so that nobody chooses it any more, but it stays."""

    class Kind(models.TextChoices):
        BOTTLENECK = "knelpunt", _("Knelpunt uit het register")
        OWN = "eigen", _("Eigen code")
        NEW = "nieuw", _("Nieuw")
        NO_BOTTLENECK = "geen-knelpunt", _("Geen knelpunt")
        UNREADABLE = "onleesbaar", _("Onleesbaar")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="codes", verbose_name=_("meting"))
    key = LineField(_("code"), max_length=20)
    label = LineField(_("betekenis"), max_length=300)
    kind = models.CharField(_("soort"), max_length=20, choices=Kind, default=Kind.OWN)
    is_hidden = models.BooleanField(_("verborgen"), default=False)
    # What was coded with this one counts for that one; what the coders said stays as it was.
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
        verbose_name=_("samengevoegd met"),
    )

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        ordering = ["key"]
        default_permissions = ()
        constraints = [
            # People type "m1" and mean M1.
            models.UniqueConstraint(
                "round",
                Lower("key"),
                name="code_key_is_unique_in_round",
                violation_error_message=_("Deze code bestaat al in dit codeboek."),
            )
        ]

    def __str__(self):
        return f"{self.key} {self.label}"


class Coder(models.IntegerChoices):
    FIRST = 1, _("Eerste codeur")
    SECOND = 2, _("Tweede codeur")
    TOGETHER = 3, _("Samen")


class Seat(models.Model):
    """Somebody who coded in a round, and as which coder: in one round nobody is both, also after a change of plan."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="seats")
    coder = models.PositiveSmallIntegerField(choices=Coder)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="nobody_is_both_coders_of_a_round")
        ]


class Coding(models.Model):
    """The code that a coder gave a unit. Coders are numbers here; 3 is what both agreed on afterwards."""

    Coder = Coder

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="codings")
    coder = models.PositiveSmallIntegerField(choices=Coder)
    code = models.ForeignKey(Code, on_delete=models.PROTECT, related_name="codings")
    # Whose code it is; None for what was agreed on together.
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="codings")

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["unit", "coder"], name="coder_gives_a_unit_one_code")]


class Promotion(models.Model):
    """What a code became in the register, and how many people it rests on."""

    code = models.ForeignKey(
        Code, on_delete=models.PROTECT, related_name="promotions", verbose_name=_("code")
    )
    bottleneck = models.ForeignKey(
        "registry.Bottleneck", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    finding = models.ForeignKey(
        "registry.Finding", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    mention = models.ForeignKey(
        "registry.Mention", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    respondents = models.PositiveIntegerField(_("aantal respondenten"))
    promoted_on = models.DateField(_("datum"))
    # By reference: words that are wiped are gone here too.
    quotes = models.ManyToManyField(Unit, through="Quote", related_name="+", verbose_name=_("citaten"))

    class Meta:
        verbose_name = _("overgenomen code")
        verbose_name_plural = _("overgenomen codes")
        ordering = ["promoted_on", "pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(bottleneck__isnull=False, finding__isnull=True, mention__isnull=True)
                | models.Q(bottleneck__isnull=True, finding__isnull=False, mention__isnull=True)
                | models.Q(bottleneck__isnull=True, finding__isnull=True, mention__isnull=False),
                name="promotion_became_one_thing",
            )
        ]

    @property
    def became(self):
        return self.bottleneck or self.finding or self.mention


class Quote(models.Model):
    """A unit that is shown with what a code became."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    promotion = models.ForeignKey(Promotion, on_delete=models.CASCADE, related_name="shown")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["promotion", "unit"], name="unit_is_quoted_once")]


class RetentionRun(models.Model):
    """A line in the log of what was wiped because its time was over."""

    class What(models.TextChoices):
        ANSWERS = "antwoorden", _("Open antwoorden gewist")
        RESPONSES = "inzendingen", _("Inzendingen verwijderd")

    ran_on = models.DateField(_("datum"))
    round = models.ForeignKey(
        Round, on_delete=models.CASCADE, related_name="retention_runs", verbose_name=_("meting")
    )
    what = models.CharField(_("wat"), max_length=20, choices=What)
    number = models.PositiveIntegerField(_("aantal"))

    class Meta:
        verbose_name = _("gewist volgens de bewaartermijn")
        verbose_name_plural = _("gewist volgens de bewaartermijn")
        ordering = ["-ran_on", "-pk"]
        default_permissions = ("view",)
