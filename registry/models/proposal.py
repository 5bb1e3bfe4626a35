from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.fields.text import LineField, ProseField
from registry.models.person import WHOLE_PROVINCE
from registry.models.publication import for_municipality


class ProposalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the own municipality, and those that would bring an initiative there."""
        of_here = for_municipality(self, user, "initiative__municipality")
        if user.has_perm(WHOLE_PROVINCE) or user.municipality_id is None:
            return of_here
        comes = ProposedChange.objects.filter(
            proposal=models.OuterRef("pk"), field="municipality", new=user.municipality_id, outcome="open"
        )
        return of_here | self.filter(models.Exists(comes))

    def open(self):
        return self.filter(decided_at__isnull=True)


class ChangeProposal(models.Model):
    """A change to a published entry that somebody still has to agree to. The live text stays."""

    class Waits(models.TextChoices):
        """Whose yes it waits for."""

        STAFF = "provincie", _("Provincie of gemeente")
        OWNERS = "eigenaren", _("Eigenaren")

    initiative = models.ForeignKey(
        "registry.Initiative",
        on_delete=models.CASCADE,
        related_name="proposals",
        verbose_name=_("initiatief"),
    )
    waits_for = models.CharField(_("wacht op"), max_length=20, choices=Waits, default=Waits.STAFF)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("door"),
    )
    note = ProseField(_("toelichting"), blank=True)
    proposed_at = models.DateTimeField(_("voorgesteld op"), auto_now_add=True)
    decided_at = models.DateTimeField(_("besloten op"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("besloten door"),
    )
    reason = ProseField(_("reden"), blank=True)

    closed_field = "decided_at"

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("wijzigingsvoorstel")
        verbose_name_plural = _("wijzigingsvoorstellen")
        ordering = ["proposed_at", "pk"]
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["decided_at", "proposed_at"], name="proposal_open"),
            models.Index(fields=["proposed_at", "id"], name="proposal_oldest"),
        ]

    def __str__(self):
        return f"{self.initiative} ({self.proposed_at:%d-%m-%Y})"

    @property
    def waits_for_owners(self):
        return self.waits_for == self.Waits.OWNERS


class ProposedChange(models.Model):
    """One field of a proposal, with what it was when proposed and what came of it."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        ACCEPTED = "overgenomen", _("Overgenomen")
        REJECTED = "niet-overgenomen", _("Niet overgenomen")
        SUPERSEDED = "vervangen", _("Vervangen door een nieuwer voorstel")

    proposal = models.ForeignKey(ChangeProposal, on_delete=models.CASCADE, related_name="changes")
    field = LineField(_("veld"), max_length=40)
    old = models.JSONField(_("was"), null=True)
    new = models.JSONField(_("wordt"), null=True)
    outcome = models.CharField(_("uitkomst"), max_length=20, choices=Outcome, default=Outcome.OPEN)
    # What proposals.differences says of it: what it is now, in words, and a word for that.
    now: str
    mark: str

    class Meta:
        verbose_name = _("voorgestelde wijziging")
        verbose_name_plural = _("voorgestelde wijzigingen")
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["proposal", "field"], name="proposal_changes_a_field_once")
        ]

    def __str__(self):
        return self.field
