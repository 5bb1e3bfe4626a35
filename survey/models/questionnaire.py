import uuid
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.fields.text import LineField

MOST_STATEMENTS = 63  # each has a bit in one signed number of 64 bits


@dataclass(frozen=True)
class AskedLevel:
    """A level as a questionnaire asks it, whatever becomes of it in the register. ``bit``: its place in the
    questionnaire, and the bit in Response.answered."""

    slug: str
    letter: str
    name: str
    subtitle: str
    question: str
    bit: int


class Locked(models.Model):
    """Part of a questionnaire: it no longer changes once a round with it has opened."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.questionnaire.refuse_when_locked()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        self.questionnaire.refuse_when_locked()
        return super().delete(*args, **kwargs)


class Questionnaire(models.Model):
    """One version of the questions. Once a round with it has opened it stays as it is: copy it to change it."""

    slug = models.SlugField(_("naam in adressen"))
    version = models.PositiveSmallIntegerField(_("versie"), default=1)
    name = LineField(_("naam"), max_length=120)
    languages = models.JSONField(_("talen"), default=list)
    copied_from = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="copies",
        verbose_name=_("kopie van"),
    )
    asks_municipality = models.BooleanField(_("vraagt de gemeente"), default=True)
    asks_role = models.BooleanField(_("vraagt de rol"), default=True)
    locked_on = models.DateField(_("vast sinds"), null=True, editable=False)
    # What it takes from tables that staff can change, as it was when it was locked: {"key", "levels",
    # "municipalities"} (survey/design/questions.py reads it).
    fixed = models.JSONField(null=True, editable=False)
    # Who has this address sees the draft; nothing that is filled in there is stored.
    preview_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    history = HistoricalRecords(excluded_fields=["fixed"])

    class Meta:
        verbose_name = _("vragenlijst")
        verbose_name_plural = _("vragenlijsten")
        ordering = ["slug", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug", "version"],
                name="questionnaire_version_is_unique",
                violation_error_message=_("Deze versie bestaat al: kies een hoger nummer."),
            )
        ]

    def __str__(self):
        return _("%(name)s, versie %(version)d") % {"name": self.name, "version": self.version}

    @property
    def is_locked(self):
        return self.locked_on is not None

    def refuse_when_locked(self):
        if self.is_locked:
            raise ValidationError(
                _(
                    "Deze vragenlijst is al gebruikt en verandert niet meer. Maak een kopie om iets te wijzigen."
                )
            )


class Item(Locked):
    """A statement to tick. Its wordings are copied from the register, so that they stay what people read."""

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.CASCADE, related_name="items", verbose_name=_("vragenlijst")
    )
    bottleneck = models.ForeignKey(
        "registry.Bottleneck", on_delete=models.PROTECT, related_name="+", verbose_name=_("knelpunt")
    )
    level = models.ForeignKey(
        "registry.Level", on_delete=models.PROTECT, related_name="+", verbose_name=_("niveau")
    )
    bit = models.PositiveSmallIntegerField(
        _("plaats"), help_text=_("De volgorde, en het bit in Response.ticks.")
    )
    # {"nl": {"version": 1, "text": "…"}}
    wordings = models.JSONField(_("formuleringen"), default=dict)
    # It got its page in the register because this questionnaire was locked; unlocked, it is a candidate again.
    was_candidate = models.BooleanField(default=False, editable=False)
    # The languages of which the text got its number in the register then.
    new_wordings = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("stelling")
        verbose_name_plural = _("stellingen")
        ordering = ["questionnaire", "bit"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "bit"], name="item_bit_is_unique"),
            models.UniqueConstraint(
                fields=["questionnaire", "bottleneck"],
                name="item_asks_a_bottleneck_once",
                violation_error_message=_("Dit knelpunt staat al in deze vragenlijst."),
            ),
            models.CheckConstraint(
                condition=models.Q(bit__lt=MOST_STATEMENTS),
                name="item_bit_fits",
                violation_error_message=_("Een vragenlijst heeft ten hoogste 63 stellingen."),
            ),
        ]

    def __str__(self):
        return f"{self.bottleneck_id} {self.text}"

    @property
    def code(self):
        return self.bottleneck_id

    @property
    def text(self):
        """In the language of the page, else in Dutch."""
        return self.text_in(get_language())

    def text_in(self, language):
        return (self.wordings.get(language) or self.wordings.get("nl") or {}).get("text", "")


class OpenQuestion(Locked):
    class Kind(models.TextChoices):
        OTHER = "anders", _("Anders, namelijk (bij een niveau)")
        BOTTLENECK = "knelpunt", _("Nog een knelpunt")
        FLEVOLAND = "flevoland", _("Alleen in Flevoland")
        EXAMPLE = "voorbeeld", _("Goed voorbeeld")

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.CASCADE, related_name="open_questions", verbose_name=_("vragenlijst")
    )
    key = models.SlugField(_("sleutel"), max_length=40)
    kind = models.CharField(_("soort"), max_length=20, choices=Kind)
    level = models.ForeignKey(
        "registry.Level",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("niveau"),
        help_text=_("Bij welk niveau deze vraag staat; leeg: na de niveaus."),
    )
    position = models.PositiveSmallIntegerField(_("volgorde"), default=0)
    # {"nl": "…"}
    texts = models.JSONField(_("vraag"), default=dict)

    class Meta:
        verbose_name = _("open vraag")
        verbose_name_plural = _("open vragen")
        ordering = ["questionnaire", "position", "key"]
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "key"],
                name="open_question_key_is_unique",
                violation_error_message=_("Deze sleutel is al gebruikt in deze vragenlijst."),
            )
        ]

    def __str__(self):
        return self.text

    @property
    def text(self):
        """In the language of the page, else in Dutch."""
        return self.texts.get(get_language()) or self.texts.get("nl", "")

    @property
    def level_name(self):
        """Of its level as it is asked; "" when it belongs to none."""
        if not self.level_id:
            return ""
        fixed = self.questionnaire.fixed or {"levels": ()}
        names = {level["slug"]: level["name"] for level in fixed["levels"]}
        return names.get(self.level_id) or self.level.name
