import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from survey.models.questionnaire import OpenQuestion
from survey.models.round import Round, SourceCode

# A background question that was answered with "zeg ik liever niet"; an empty one was not answered.
PREFER_NOT = "liever-niet"
ELSEWHERE = "elders"


class RespondentRole(models.TextChoices):
    RESIDENT = "inwoner", _("Inwoner")
    ACTIVE_RESIDENT = "actieve-inwoner", _("Actieve inwoner of vrijwilliger")
    COMMUNITY_BUILDER = "opbouwwerker", _("Buurtverbinder, opbouwwerker of community builder")
    PROFESSIONAL = "professional", _("Andere professional in zorg, welzijn of wonen")
    GOVERNMENT = "overheid", _("Gemeente of provincie")
    OTHER = "anders", _("Iets anders")


class Response(models.Model):
    """What one person answered: ticks, a few coarse words about them, and the date. Never who, where from or when.

    The key is made by the device of the respondent, so that sending twice stores once. Its order says nothing.
    """

    class Channel(models.TextChoices):
        OWN_DEVICE = "eigen", _("Eigen telefoon of computer")
        KIOSK = "kiosk", _("Kiosk")
        PAPER = "papier", _("Papier")

    # A respondent is shown all labels and help texts of this table and the next before sending (survey/fieldwork/stored_fields.py).
    id = models.UUIDField(
        _("willekeurig nummer"),
        primary_key=True,
        default=uuid.uuid4,
        help_text=_("Zo telt een inzending die twee keer aankomt maar één keer."),
    )
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="responses", verbose_name=_("meting")
    )
    answered_on = models.DateField(_("datum"), help_text=_("De dag, niet het tijdstip."))
    language = models.CharField(_("taal"), max_length=5, default="nl")
    channel = models.CharField(_("manier"), max_length=10, choices=Channel, default=Channel.OWN_DEVICE)
    source = models.ForeignKey(
        SourceCode,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stand"),
        help_text=_("Waar de QR-code hing waarmee u begon."),
    )
    # Bit Item.bit of ticks: this statement was ticked.
    ticks = models.BigIntegerField(_("aangekruist"), default=0)
    # Bit AskedLevel.bit of answered: at least one tick, or "geen van deze"; else the page was skipped.
    answered = models.PositiveSmallIntegerField(_("beantwoorde niveaus"), default=0)
    municipality = models.CharField(_("gemeente"), max_length=12, blank=True)
    role = models.CharField(_("rol"), max_length=20, blank=True)
    seed = models.PositiveIntegerField(
        _("volgorde"), default=0, help_text=_("Hoe de stellingen voor u geschud waren.")
    )
    # False: not yet in the round's Rollup.
    is_counted = models.BooleanField(_("al meegeteld"), default=False, editable=False)

    class Meta:
        verbose_name = _("inzending")
        verbose_name_plural = _("inzendingen")
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["round"], condition=models.Q(is_counted=False), name="response_still_to_count"
            )
        ]


class OpenAnswer(models.Model):
    """Somebody's own words: personal data until staff screened them."""

    class Screening(models.TextChoices):
        UNDECIDED = "onbeslist", _("Nog niet bekeken")
        PUBLIC = "openbaar", _("Mag openbaar")
        PRIVATE = "besloten", _("Alleen voor onderzoek")
        DELETED = "gewist", _("Gewist")

    id = models.UUIDField(_("willekeurig nummer"), primary_key=True, default=uuid.uuid4)
    response = models.ForeignKey(
        Response, on_delete=models.CASCADE, related_name="open_answers", verbose_name=_("inzending")
    )
    question = models.ForeignKey(
        OpenQuestion, on_delete=models.PROTECT, related_name="+", verbose_name=_("vraag")
    )
    text = models.TextField(_("antwoord"), blank=True)
    screening = models.CharField(
        _("oordeel"),
        max_length=12,
        choices=Screening,
        default=Screening.UNDECIDED,
        help_text=_("Wie bij de provincie meeleest, beslist of uw woorden openbaar mogen."),
    )
    # What may be shown: the text, or what staff made of it; edited quotes are marked as such.
    quote = models.TextField(
        _("citaat"), blank=True, help_text=_("Uw woorden zoals zij openbaar mogen: zonder namen en adressen.")
    )
    # Kept, not worked out: the first text goes when its time is over, and the mark stays.
    is_edited = models.BooleanField(
        _("bewerkt"), default=False, help_text=_("Of een medewerker iets aan uw woorden heeft veranderd.")
    )

    wiped_on = models.DateField(
        _("gewist op"),
        null=True,
        editable=False,
        help_text=_(
            "Gewiste woorden ziet niemand meer. Twee dagen later zijn zij voorgoed weg; "
            "tot dan is een vergissing te herstellen."
        ),
    )

    class Meta:
        verbose_name = _("open antwoord")
        verbose_name_plural = _("open antwoorden")
        ordering = ["id"]


class Rollup(models.Model):
    """The counts of the responses with ``is_counted``, so that a look at a large open round stays cheap."""

    round = models.OneToOneField(Round, on_delete=models.CASCADE, primary_key=True, related_name="rollup")
    counts = models.JSONField(default=dict)
