from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models.fields.mailbox import MailField
from registry.models.fields.text import ProseField

if TYPE_CHECKING:
    from registry.models.initiative import Initiative


class Ownership(models.Model):
    """Who keeps an initiative's page. Several people may; each has the same say."""

    initiative = models.ForeignKey(
        "registry.Initiative",
        on_delete=models.CASCADE,
        related_name="ownerships",
        verbose_name=_("initiatief"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="ownerships",
        verbose_name=_("eigenaar"),
    )
    since = models.DateTimeField(_("sinds"), auto_now_add=True)
    wants_yearly = models.BooleanField(_("wil de jaarlijkse vraag of de pagina nog klopt"), default=True)

    class Meta:
        verbose_name = _("eigenaar")
        verbose_name_plural = _("eigenaren")
        ordering = ["since", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "user"],
                name="ownership_is_unique",
                violation_error_message=_("Deze persoon is al eigenaar."),
            )
        ]

    def __str__(self):
        return f"{self.user} · {self.initiative}"


MOST_ATTEMPTS = 5  # wrong codes; the link in the mail still works after that


class ProofQuerySet(models.QuerySet):
    def usable(self):
        return self.filter(used_at__isnull=True, expires_at__gt=timezone.now())


class Proof(models.Model):
    """A mailed code and link that show who reads a mailbox. Each works once, and only by POST.

    Only hashes are kept: whoever reads the table can use nothing in it.
    """

    class Purpose(models.TextChoices):
        REGISTER = "aanmelden", _("Aanmelding bevestigen")
        CLAIM = "overnemen", _("Overnemen bevestigen")
        INVITE = "uitnodigen", _("Uitnodiging aannemen")
        STILL_TRUE = "klopt-nog", _("Klopt nog")
        FOLLOW = "volgen", _("Volgen bevestigen")
        INTRODUCE = "kennismaken", _("Kennismaken")
        MESSAGE = "bericht", _("Bericht bevestigen")

    purpose = models.CharField(_("doel"), max_length=20, choices=Purpose)
    email = MailField(_("e-mailadres"))
    initiative = models.ForeignKey(
        "registry.Initiative",
        on_delete=models.CASCADE,
        null=True,
        related_name="proofs",
        verbose_name=_("initiatief"),
    )
    # What else the purpose needs: the key of a saved search or an introduction.
    subject = models.CharField(max_length=40, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    objects = ProofQuerySet.as_manager()

    class Meta:
        verbose_name = _("bewijs per e-mail")
        verbose_name_plural = _("bewijzen per e-mail")
        ordering = ["-created_at"]
        default_permissions = ()

    def __str__(self):
        return self.get_purpose_display()

    @property
    def page(self) -> "Initiative":
        """The initiative of a proof that is about one, as all are to register, to claim and to invite."""
        if self.initiative is None:
            raise ValueError(f"A proof for {self.purpose!r} is about no page.")
        return self.initiative

    @property
    def has_attempts_left(self):
        return self.attempts < MOST_ATTEMPTS


class OwnershipChange(models.Model):
    """One line of who came to have a say in a page, who went, and what was asked for it. Only added; it holds no e-mail
    address: who is erased leaves a line without a name."""

    class Kind(models.TextChoices):
        REGISTERED = "aangemeld", _("Meldde het initiatief aan")
        INVITED = "uitgenodigd", _("Nodigde iemand uit")
        INVITATION_WITHDRAWN = "uitnodiging-ingetrokken", _("Trok een uitnodiging in")
        CLAIMED = "gevraagd", _("Iemand vroeg om de pagina te beheren")
        CLAIM_ALLOWED = "verzoek-toegestaan", _("Stuurde een link om de pagina te beheren")
        CLAIM_REFUSED = "verzoek-geweigerd", _("Zei nee op een verzoek om de pagina te beheren")
        LINK_WITHDRAWN = "link-ingetrokken", _("Trok een link om de pagina te beheren in")
        JOINED = "erbij", _("Beheert de pagina nu ook")
        MERGED = "samengevoegd", _("Beheert de pagina nu ook, door het samenvoegen van twee pagina’s")
        RETURNED = (
            "weer-apart",
            _("Beheert de pagina weer apart, door het ongedaan maken van een samenvoeging"),
        )
        SPLIT = (
            "niet-meer-samen",
            _("Beheert de pagina niet meer, door het ongedaan maken van een samenvoeging"),
        )
        LEFT = "vertrokken", _("Beheert de pagina niet meer")
        REMOVED = "weggehaald", _("Weggehaald als eigenaar")
        GONE = "account-weg", _("Het account is verwijderd of uitgezet")
        BACK = "account-terug", _("Het account is weer aangezet")
        PASSED_ON = "naar-medewerkers", _("Wat op de eigenaren wachtte, wacht nu op een medewerker")

    initiative = models.ForeignKey(
        "registry.Initiative",
        on_delete=models.CASCADE,
        related_name="ownership_changes",
        verbose_name=_("initiatief"),
    )
    kind = models.CharField(_("wat"), max_length=30, choices=Kind)
    whom = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("wie het betreft"),
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("door"),
    )
    why = ProseField(_("reden"), blank=True)
    at = models.DateTimeField(_("op"), auto_now_add=True)

    class Meta:
        verbose_name = _("wijziging van eigenaren")
        verbose_name_plural = _("wijzigingen van eigenaren")
        ordering = ["-at", "-pk"]
        default_permissions = ()

    def __str__(self):
        return self.get_kind_display()
