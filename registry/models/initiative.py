import random
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.foundation.text import lines, normalise
from registry.models.address import AddressField
from registry.models.bottleneck import Bottleneck
from registry.models.fields import chosen
from registry.models.fields.mailbox import MailField
from registry.models.fields.plausible import LATITUDE, LONGITUDE, check_day
from registry.models.fields.text import LineField, LinesField, ProseField
from registry.models.link import Link
from registry.models.operations.mail import MailTrouble
from registry.models.operations.trace import public_moment
from registry.models.ownership import Ownership
from registry.models.publication import PublishableQuerySet, Status, for_municipality, mark_change, stored

# A prime: multiplying by any smaller number permutes all values below it.
ORDER_MODULUS = 2_147_483_647


def random_position():
    return random.randrange(1, ORDER_MODULUS)


def multiplier_of(day=None):
    """What makes the neutral order of that day, or of today."""
    day = day or timezone.localdate()
    return random.Random(day.toordinal()).randrange(1, ORDER_MODULUS)


def public_point(longitude, latitude, is_shielded):
    """(longitude, latitude) in degrees, or None when unknown.

    A shielded location is given in steps of 0.01 degree: about 700 by 1,100 metres here.
    """
    if longitude is None:
        return None
    point = (round(float(degrees) * 1_000_000) for degrees in (longitude, latitude))
    # In whole numbers, as the triggers do (registry/partners/trace_triggers.py): halves go up on every database.
    if is_shielded:
        return tuple((part + 5_000) // 10_000 / 100 for part in point)
    return tuple(part / 1_000_000 for part in point)


def geojson_point(longitude, latitude, is_shielded):
    """The same as a geometry of GeoJSON, or None."""
    point = public_point(longitude, latitude, is_shielded)
    return point and {"type": "Point", "coordinates": point}


IMAGES = "initiatieven"


def image_path(initiative, filename):
    return f"{IMAGES}/{uuid.uuid4()}.webp"


class InitiativeQuerySet(PublishableQuerySet):
    def visible_to(self, user):
        return for_municipality(self, user, "municipality")

    def in_yearly_round(self):
        """Public, not stopped, and with an owner who wants to be asked once a year whether it is still true."""
        willing = Ownership.objects.filter(wants_yearly=True, user__is_active=True)
        going_on = self.published().exclude(activity=self.model.Activity.STOPPED)
        # Few pages are kept by somebody: to begin with those costs less than to look at each page.
        return going_on.filter(pk__in=willing.values("initiative"), is_sample=False)

    def unconfirmed(self, day=None):
        """In the yearly round, and the question has gone unanswered for too long."""
        day = day or timezone.localdate()
        asked_before = day - timedelta(days=settings.UNCONFIRMED_AFTER_DAYS)
        return self.in_yearly_round().filter(asked_since__lt=asked_before)

    def answered(self, day):
        """Note that somebody who knows looked at the page on this day. Not a change of content: no history."""
        self.filter(asked_since__lte=day).update(asked_since=None)
        self.filter(models.Q(confirmed_on=None) | models.Q(confirmed_on__lt=day)).update(confirmed_on=day)

    def unreachable(self):
        """Public, with owners, and mail arrives at none of them."""
        dead = MailTrouble.objects.filter(is_dead=True, address=models.OuterRef("user__email"))
        owners = Ownership.objects.filter(user__is_active=True)
        reached = owners.exclude(models.Exists(dead)).filter(initiative=models.OuterRef("pk"))
        return self.published().filter(~models.Exists(reached), pk__in=owners.values("initiative"))

    def in_neutral_order(self, day=None, *, after=()):
        """Every day another order, the same all day and on every page; nobody stands first by size.

        ``after``: what counts before it, such as how well a row answers a search.

        Each row has a fixed random position; the day gives a multiplier, and the product modulo a
        prime is a new permutation of all positions.
        """
        product = models.ExpressionWrapper(
            models.F("position") * models.Value(multiplier_of(day)) % models.Value(ORDER_MODULUS),
            output_field=models.BigIntegerField(),
        )
        return self.order_by(*after, product, "pk")

    def with_moment(self):
        """Each with ``public_moment``."""
        return self.annotate(public_moment=public_moment())

    def with_links(self):
        """Each with its public links and their bottlenecks: two queries more, however many rows."""
        return self.prefetch_related(
            models.Prefetch("links", Link.objects.public().in_level_order()),
            models.Prefetch("links__bottleneck", Bottleneck.objects.select_related("level")),
        )


class Initiative(models.Model):
    class Kind(models.TextChoices):
        RESIDENTS = "bewonersinitiatief", _("Bewonersinitiatief")
        MEETING_PLACE = "ontmoetingsplek", _("Ontmoetingsplek")
        EVENT = "evenement", _("Evenement")
        HOUSING = "woonproject", _("Woonproject")
        DAY_ACTIVITIES = "dagbesteding", _("Dagbesteding")
        POLICY = "beleid", _("Beleid")
        ORGANISATION = "organisatie", _("Organisatie")

    class Activity(models.TextChoices):
        IDEA = "idee", _("Idee")
        ACTIVE = "actief", _("Actief")
        PAUSED = "gepauzeerd", _("Gepauzeerd")
        STOPPED = "gestopt", _("Gestopt")

    class RunBy(models.TextChoices):
        RESIDENTS = "inwoners", _("Inwoners")
        TOGETHER = "samen", _("Inwoners en organisatie samen")
        ORGANISATION = "organisatie", _("Organisatie")

    public_id = models.UUIDField(_("kenmerk"), default=uuid.uuid4, unique=True, editable=False)
    slug = AddressField(_("adres"), max_length=80, unique=True)
    name = LineField(_("naam"), max_length=120)
    other_names = LinesField(_("andere namen"), blank=True, help_text=_("Eén naam per regel."))
    kind = models.CharField(_("soort"), max_length=20, choices=Kind, blank=True)
    summary = LineField(_("samenvatting"), max_length=300, blank=True)
    description = ProseField(_("beschrijving"), blank=True)
    municipality = models.ForeignKey(
        "registry.Municipality",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="initiatives",
        verbose_name=_("gemeente"),
        help_text=_("Leeg: de hele provincie, of niet bekend."),
    )
    place = models.ForeignKey(
        "registry.Place",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="initiatives",
        verbose_name=_("kern"),
    )
    longitude = models.DecimalField(
        _("lengtegraad"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=LONGITUDE,
    )
    latitude = models.DecimalField(
        _("breedtegraad"),
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=LATITUDE,
    )
    is_location_shielded = models.BooleanField(
        _("alleen ‘in de buurt van’"),
        default=False,
        help_text=_("De site toont het punt dan niet precies, maar op ongeveer een kilometer."),
    )
    run_by = models.CharField(_("wie doet het"), max_length=20, choices=RunBy, blank=True)
    organisation = models.ForeignKey(
        "registry.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="initiatives",
        verbose_name=_("organisatie"),
    )
    website = models.URLField(_("website"), blank=True)
    contact_name = LineField(_("contactpersoon"), max_length=120, blank=True)
    contact_email = MailField(_("e-mailadres"), blank=True)
    contact_phone = LineField(_("telefoonnummer"), max_length=20, blank=True)
    is_contact_public = models.BooleanField(
        _("contactgegevens zijn openbaar"), default=False, help_text=_("Uit: alleen via de site.")
    )
    starts_on = models.DateField(_("begint op"), null=True, blank=True, validators=[check_day])
    ends_on = models.DateField(_("eindigt op"), null=True, blank=True, validators=[check_day])
    activity = models.CharField(_("activiteit"), max_length=20, choices=Activity, blank=True)
    lessons = ProseField(
        _("lessen"), blank=True, help_text=_("Als het gestopt is: wat kan een ander ervan leren?")
    )
    audience = LineField(_("voor wie"), max_length=300, blank=True)
    accessibility = ProseField(_("toegankelijkheid"), blank=True)
    languages = LineField(_("talen"), max_length=200, blank=True)
    costs = LineField(_("kosten"), max_length=200, blank=True)
    image = models.ImageField(_("afbeelding"), upload_to=image_path, blank=True)
    image_alt = LineField(
        _("beschrijving van de afbeelding"),
        max_length=250,
        blank=True,
        help_text=_("Voor wie de afbeelding niet ziet. Verplicht bij een afbeelding."),
    )
    confirmed_on = models.DateField(_("bevestigd op"), null=True, blank=True, editable=False)
    # The last time, and the first time since the last answer.
    reminded_on = models.DateField(_("gevraagd of het nog klopt op"), null=True, editable=False)
    asked_since = models.DateField(_("wacht op antwoord sinds"), null=True, editable=False)

    status = models.CharField(
        _("status"), max_length=20, choices=Status, default=Status.DRAFT, editable=False
    )
    merged_into = models.ForeignKey(
        "self",
        # Its address leads there: it is one page with it.
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
        verbose_name=_("samengevoegd met"),
    )
    published_at = models.DateTimeField(_("gepubliceerd op"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("aangemaakt op"), auto_now_add=True)
    # For staff: when somebody saved something else of it. The public reads ``public_moment``.
    changed_at = models.DateTimeField(_("gewijzigd op"), default=timezone.now, editable=False)
    is_sample = models.BooleanField(_("voorbeeld (verzonnen)"), default=False, editable=False)

    # Derived or drawn, never shown.
    position = models.BigIntegerField(default=random_position, editable=False)
    search_title = models.TextField(default="", blank=True, editable=False)
    search_text = models.TextField(default="", blank=True, editable=False)

    objects = InitiativeQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["asked_since", "position", "search_title", "search_text", "changed_at"]
    )
    # Who saves it and why, said before the save: it goes into the history.
    _history_user: models.Model | None
    _change_reason: str

    class Meta:
        verbose_name = _("initiatief")
        verbose_name_plural = _("initiatieven")
        ordering = ["name", "pk"]
        permissions = [
            ("import_initiative", _("Mag initiatieven importeren")),
            ("decide_initiative", _("Mag besluiten over initiatieven")),
        ]
        indexes = [
            # All that a list filters, counts and orders by: neither has to read the rows themselves.
            models.Index(
                fields=["status", "municipality", "place", "kind", "activity", "position"],
                name="initiative_list",
            ),
            models.Index(fields=["status", "-published_at"], name="initiative_latest"),
            models.Index(fields=["status", "name", "id"], name="initiative_by_name"),
            # For staff, who see every status; and who share a name.
            models.Index(fields=["name", "id"], name="initiative_all_by_name"),
            models.Index(fields=["search_title", "municipality", "status"], name="initiative_namesakes"),
            # Who has none: 0.
            models.Index(Length("summary"), "status", name="initiative_by_summary_length"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(image="") | ~models.Q(image_alt=""),
                name="initiative_image_has_text_alternative",
                violation_error_message=_("Beschrijf de afbeelding voor wie haar niet ziet."),
            ),
            models.CheckConstraint(
                condition=models.Q(longitude__isnull=True, latitude__isnull=True)
                | models.Q(longitude__isnull=False, latitude__isnull=False),
                name="initiative_point_is_whole",
                violation_error_message=_("Vul lengtegraad en breedtegraad allebei in, of geen van beide."),
            ),
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="initiative_ends_after_it_starts",
                violation_error_message=_("De einddatum ligt voor de begindatum. Pas een van beide aan."),
            ),
            models.CheckConstraint(
                condition=models.Q(status="samengevoegd", merged_into__isnull=False)
                | (~models.Q(status="samengevoegd") & models.Q(merged_into__isnull=True)),
                name="initiative_merged_says_into_which",
                violation_error_message=_("Kies met welk initiatief dit is samengevoegd."),
            ),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.index()
        mark_change(self, _seen)
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "search_title", "search_text"}
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("registry:initiative-detail", args=[self.slug])

    def clean_fields(self, exclude=None):
        with chosen.in_words(self):
            super().clean_fields(exclude)

    def clean(self):
        super().clean()
        if self.place_id and self.place.municipality_id != self.municipality_id:
            raise ValidationError({"place": _("Deze kern ligt niet in de gekozen gemeente.")})

    def index(self):
        """Fill in what search looks at; ``bulk_create`` callers do this themselves."""
        self.search_title = normalise(self.name, self.other_names)
        self.search_text = normalise(
            self.summary, self.description, self.audience, self.lessons, self.accessibility, self.languages
        )

    def shows(self, names):
        """Whether a change of these fields changes what is seen of it: by the public, or by staff when it is not public."""
        hidden = PRIVATE | (set() if self.is_contact_public else set(CONTACT))
        return self.status != Status.PUBLISHED or not names <= hidden

    @property
    def aliases(self):
        return lines(self.other_names)

    @property
    def point(self):
        """(longitude, latitude) as the public may know it, or None."""
        return public_point(self.longitude, self.latitude, self.is_location_shielded)

    @property
    def mailboxes(self):
        """Where a letter to this initiative goes: its owners who can log in, else the address it gave. Never shown."""
        owners = list(self.ownerships.filter(user__is_active=True).values_list("user__email", flat=True))
        return owners or [self.contact_email] * bool(self.contact_email)

    @property
    def can_be_written_to(self):
        return bool(self.mailboxes) and not self.is_sample

    @property
    def is_unconfirmed(self):
        """Whether it is among ``unconfirmed``. Most pages wait for no answer, and cost no question."""
        return self.asked_since is not None and type(self).objects.unconfirmed().filter(pk=self.pk).exists()

    @property
    def survivor(self):
        """Itself, or the initiative that it was merged into at last."""
        entry = self
        while entry.status == Status.MERGED:
            entry = entry.merged_into
        return entry


# No public page, file or answer shows these; a contact shows when it is public.
PRIVATE = {
    "created_at",
    "changed_at",
    "reminded_on",
    "asked_since",
    "position",
    "search_title",
    "search_text",
}
# In part: a point as ``public_point`` gives it, and the words of a picture that is there.
IN_PART = {"longitude", "latitude", "image_alt"}
CONTACT = ["contact_name", "contact_email", "contact_phone"]


def _seen(initiative):
    but = {*PRIVATE, *CONTACT, *IN_PART}
    names = [field.name for field in Initiative._meta.concrete_fields if field.name not in but]
    names += CONTACT * initiative.is_contact_public + ["image_alt"] * bool(initiative.image)
    return [*stored(initiative, names), initiative.point]
