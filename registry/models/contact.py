"""What people send in beside a registration, and what the register sends out."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from registry.models.fields.mailbox import MailField
from registry.models.fields.text import LineField, ProseField
from registry.models.publication import for_municipality

MOST_TEXT = 3000  # characters: a page


class NoticeQuerySet(models.QuerySet):
    def open(self):
        return self.filter(handled_at__isnull=True)

    def visible_to(self, user):
        return for_municipality(self, user, "initiative__municipality")


class Notice(models.Model):
    """What a visitor reports to staff about a public page: a claim of ownership, an improvement, or a fault."""

    class Kind(models.TextChoices):
        CLAIM = "overnemen", _("Dit is mijn initiatief")
        SUGGESTION = "verbetering", _("Verbetering")
        REPORT = "melding", _("Melding")

    kind = models.CharField(_("soort"), max_length=20, choices=Kind)
    page = LineField(_("pagina"), max_length=300)
    initiative = models.ForeignKey(
        "registry.Initiative",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="notices",
        verbose_name=_("initiatief"),
    )
    text = ProseField(_("bericht"), max_length=MOST_TEXT)
    email = MailField(_("e-mailadres"), blank=True)
    sent_at = models.DateTimeField(_("ontvangen op"), auto_now_add=True)
    handled_at = models.DateTimeField(_("afgehandeld op"), null=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("afgehandeld door"),
    )
    outcome = ProseField(_("wat er is gedaan"), blank=True)

    closed_field = "handled_at"

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("bericht van een bezoeker")
        verbose_name_plural = _("berichten van bezoekers")
        ordering = ["sent_at", "pk"]
        indexes = [models.Index(fields=["sent_at", "id"], name="notice_oldest")]
        default_permissions = ("view",)

    def __str__(self):
        return f"{self.get_kind_display()}: {self.page}"


class ContactMessage(models.Model):
    """A letter to an initiative, sent on without showing its address once its writer proved theirs; kept for a short
    while."""

    initiative = models.ForeignKey(
        "registry.Initiative", on_delete=models.CASCADE, related_name="contact_messages"
    )
    sender_name = LineField(_("uw naam"), max_length=120)
    sender_email = MailField(_("uw e-mailadres"))
    text = ProseField(_("uw bericht"), max_length=MOST_TEXT)
    sent_at = models.DateTimeField(auto_now_add=True)
    passed_on_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("bericht aan een initiatief")
        verbose_name_plural = _("berichten aan initiatieven")
        default_permissions = ()

    def __str__(self):
        return str(_("Bericht van %(day)s") % {"day": date_format(self.sent_at, "j F Y")})


class Introduction(models.Model):
    """Two initiatives that may get to know each other: only after both say yes."""

    first = models.ForeignKey(
        "registry.Initiative", on_delete=models.CASCADE, related_name="introductions_asked"
    )
    second = models.ForeignKey(
        "registry.Initiative", on_delete=models.CASCADE, related_name="introductions_got"
    )
    # What staff say of it, and true for both; the rest is told to each side in its own words.
    why = ProseField(_("waarom"), blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    first_yes_at = models.DateTimeField(null=True)
    second_yes_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    introduced_at = models.DateTimeField(null=True)
    expired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("kennismaking")
        verbose_name_plural = _("kennismakingen")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="introduction_is_unique"),
            models.CheckConstraint(
                condition=~models.Q(first=models.F("second")), name="introduction_is_between_two"
            ),
        ]

    def __str__(self):
        return f"{self.first} · {self.second}"

    @property
    def is_over(self):
        return bool(self.introduced_at or self.declined_at or self.expired_at)

    @property
    def sides(self):
        return self.first, self.second

    def other(self, side):
        return self.second if side.pk == self.first_id else self.first

    def has_yes_of(self, user):
        return self.consents.filter(ownership__user=user).exists()

    @property
    def is_lapsed(self):
        """Whether it can come to nothing any more, because who said yes for a side no longer keeps that page."""
        said_yes = zip((self.first_yes_at, self.second_yes_at), self.sides, strict=True)
        is_answered = self.introduced_at or self.declined_at
        return not is_answered and any(at and not self.willing(side) for at, side in said_yes)

    @property
    def is_mutual(self):
        """Whether somebody of each side said yes, who are two: one who keeps both pages meets nobody."""
        first, second = map(self.willing, self.sides)
        return bool(first and second) and len({*first, *second}) > 1

    def willing(self, side):
        """The addresses of those who keep the page of ``side`` and said yes themselves."""
        said_yes = self.consents.filter(ownership__initiative=side, ownership__user__is_active=True)
        return sorted(said_yes.values_list("ownership__user__email", flat=True))


class IntroductionConsent(models.Model):
    """One owner of one side who said yes, for themselves alone; it goes when they no longer keep the page."""

    introduction = models.ForeignKey(Introduction, on_delete=models.CASCADE, related_name="consents")
    ownership = models.ForeignKey("registry.Ownership", on_delete=models.CASCADE, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("ja op een kennismaking")
        verbose_name_plural = _("ja’s op kennismakingen")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["introduction", "ownership"], name="introduction_consent_is_unique"
            ),
        ]

    def __str__(self):
        return str(self.introduction)


class NotDuplicate(models.Model):
    """Staff looked at these two and said: they are different. Nobody has to look again."""

    first = models.ForeignKey("registry.Initiative", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("registry.Initiative", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    said_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("geen dubbel")
        verbose_name_plural = _("geen dubbel")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_duplicate_is_unique"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="not_duplicate_is_ordered"
            ),
        ]

    def __str__(self):
        return f"{self.first} · {self.second}"


class SavedSearch(models.Model):
    """A filter that somebody follows by e-mail; nothing is sent before the address is confirmed."""

    email = MailField(_("e-mailadres"))
    MAX_QUERY = 500

    query = models.CharField(_("filter"), max_length=MAX_QUERY, blank=True)
    label = LineField(_("omschrijving"), max_length=200)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)
    sent_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("gevolgd filter")
        verbose_name_plural = _("gevolgde filters")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(Lower("email"), "query", name="saved_search_is_unique"),
        ]
