from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.fields.text import ProseField
from survey.models.round import Round


class PublicationQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(withdrawn_on=None)

    def withdrawn(self):
        return self.filter(withdrawn_on__isnull=False)

    def with_page(self):
        """What has a page: while a round is open nobody reads what others answered. One that was withdrawn holds no
        answer, and keeps its page when the round opens again."""
        is_closed = models.Q(round__closes_at__lte=timezone.now())
        return self.filter(is_closed | models.Q(withdrawn_on__isnull=False)).select_related("round")

    def public(self):
        """What counts for everybody: the page of one that was withdrawn stays, and no figure of it does."""
        return self.with_page().standing()

    def newest(self):
        """Of each round the last edition that stands."""
        later = Publication.objects.standing().filter(
            round=models.OuterRef("round"), edition__gt=models.OuterRef("edition")
        )
        return self.filter(~models.Exists(later))


class Publication(models.Model):
    """The results of a round as they were published. They are kept as bytes and never worked out again."""

    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, related_name="publications", verbose_name=_("meting")
    )
    edition = models.PositiveSmallIntegerField(_("uitgave"), default=1)
    published_on = models.DateField(_("vastgesteld op"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("vastgesteld door"),
    )
    # Canonical JSON of results.Results: only what may be shown.
    data = models.TextField(editable=False)
    data_hash = models.CharField(_("hash van de resultaten"), max_length=64, editable=False)
    responses_hash = models.CharField(_("hash van de inzendingen"), max_length=64, blank=True, editable=False)
    questionnaire_version = models.CharField(_("vragenlijst"), max_length=120, editable=False)
    code_version = models.CharField(_("versie van de rekenregels"), max_length=64, editable=False)
    withdrawn_on = models.DateField(_("ingetrokken op"), null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("ingetrokken door"),
    )
    withdrawal_reason = ProseField(_("waarom ingetrokken"), blank=True, editable=False)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("publicatie")
        verbose_name_plural = _("publicaties")
        # A round of which nobody knows when it was is the oldest, on every database.
        ordering = [models.F("round__opens_at").desc(nulls_last=True), "-round_id", "-edition"]
        constraints = [
            models.UniqueConstraint(fields=["round", "edition"], name="publication_edition_is_unique"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_on__isnull=True, withdrawal_reason="")
                | models.Q(withdrawn_on__isnull=False) & ~models.Q(withdrawal_reason=""),
                name="publication_is_withdrawn_with_a_reason",
                violation_error_message=_("Schrijf op waarom u deze uitgave intrekt."),
            ),
        ]

    def __str__(self):
        return _("%(round)s, uitgave %(edition)d") % {"round": self.round, "edition": self.edition}

    @property
    def is_withdrawn(self):
        return self.withdrawn_on is not None


class AnswerDigests(models.Model):
    """Of which answers an edition was made, to lay a later one beside (survey/results/audit/digests.py). Never shown; it goes with
    the responses."""

    publication = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="digests")
    part = models.CharField(max_length=60, blank=True)
    digests = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "part"], name="digests_of_a_part_are_kept_once")
        ]


class Erratum(models.Model):
    """What turned out to be wrong or unclear in a publication; the publication itself stays."""

    publication = models.ForeignKey(
        Publication, on_delete=models.CASCADE, related_name="errata", verbose_name=_("publicatie")
    )
    noted_on = models.DateField(_("datum"))
    text = ProseField(_("wat er niet klopt"))

    class Meta:
        verbose_name = _("erratum")
        verbose_name_plural = _("errata")
        ordering = ["noted_on", "pk"]
