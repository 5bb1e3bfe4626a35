import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.foundation.text import lines
from registry.models.address import AddressField
from registry.models.fields.plausible import check_year
from registry.models.fields.text import KeyField, LineField, LinesField, OneSpelling, ProseField

# So many of the words are enough to tell a group of them from the others.
SHOWN = 3


class Source(models.Model):
    slug = AddressField(_("adres"), unique=True)
    citation = LineField(
        _("verwijzing"), max_length=200, help_text=_("Zoals in de tekst: ‘McLeroy et al., 1988’.")
    )
    authors = LineField(_("auteurs"), max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(_("jaar"), null=True, blank=True, validators=[check_year])
    title = LineField(_("titel"), max_length=300, blank=True)
    pages = LineField(_("pagina's"), max_length=40, blank=True)
    doi = LineField(
        _("DOI"),
        max_length=120,
        blank=True,
        validators=[RegexValidator(r"^10\.\d{4,9}/\S+$", _("Vul alleen de DOI in, zoals 10.1000/182."))],
    )
    url = models.URLField(_("webadres"), blank=True)
    note = ProseField(_("toelichting"), blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("bron")
        verbose_name_plural = _("bronnen")
        ordering = ["citation"]
        permissions = [("import_source", _("Mag bronnen importeren"))]

    def __str__(self):
        return self.citation

    @property
    def link(self):
        """Where to read it: the DOI, else the address, else nothing."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


class Finding(models.Model):
    """A qualitative finding: what participants or the literature say in words, without a figure."""

    slug = AddressField(_("naam in adressen"), unique=True)
    level = models.ForeignKey(
        "registry.Level",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("niveau"),
    )
    text = ProseField(_("bevinding"))
    part_of = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("onderdeel van"),
    )
    provenance = LineField(_("herkomst"), max_length=200, blank=True)
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("bron"),
    )
    bottlenecks = models.ManyToManyField(
        "registry.Bottleneck", blank=True, related_name="findings", verbose_name=_("knelpunten")
    )
    municipalities = models.ManyToManyField(
        "registry.Municipality", blank=True, related_name="findings", verbose_name=_("gemeenten")
    )
    is_about_flevoland = models.BooleanField(_("gaat alleen over Flevoland"), default=False)
    position = models.PositiveSmallIntegerField(_("volgorde"), default=0)

    history = HistoricalRecords(m2m_fields=[bottlenecks, municipalities])

    class Meta:
        verbose_name = _("bevinding")
        verbose_name_plural = _("bevindingen")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"


class Interaction(models.Model):
    """One bottleneck, or a whole level, that works on another."""

    from_level = models.ForeignKey(
        "registry.Level",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("van niveau"),
    )
    from_bottleneck = models.ForeignKey(
        "registry.Bottleneck",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interactions_out",
        verbose_name=_("van knelpunt"),
    )
    to_level = models.ForeignKey(
        "registry.Level",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("naar niveau"),
    )
    to_bottleneck = models.ForeignKey(
        "registry.Bottleneck",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interactions_in",
        verbose_name=_("naar knelpunt"),
    )
    is_mutual = models.BooleanField(_("werkt beide kanten op"), default=False)
    explanation = ProseField(_("uitleg"))
    source = models.ForeignKey(
        Source,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="interactions",
        verbose_name=_("bron"),
    )

    history = HistoricalRecords()
    # Who saves it and why, said before the save: it goes into the history.
    _history_user: models.Model | None
    _change_reason: str

    class Meta:
        verbose_name = _("wisselwerking")
        verbose_name_plural = _("wisselwerkingen")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_level__isnull=True, from_bottleneck__isnull=False)
                | models.Q(from_level__isnull=False, from_bottleneck__isnull=True),
                name="interaction_has_one_start",
                violation_error_message=_("Kies bij ‘van’ een niveau of een knelpunt, niet allebei."),
            ),
            models.CheckConstraint(
                condition=models.Q(to_level__isnull=True, to_bottleneck__isnull=False)
                | models.Q(to_level__isnull=False, to_bottleneck__isnull=True),
                name="interaction_has_one_end",
                violation_error_message=_("Kies bij ‘naar’ een niveau of een knelpunt, niet allebei."),
            ),
        ]

    def __str__(self):
        arrow = "↔" if self.is_mutual else "→"
        start = self.from_bottleneck_id or self.from_level_id
        return f"{start} {arrow} {self.to_bottleneck_id or self.to_level_id}"


class Term(OneSpelling):
    """A word and the words that people use for the same. None of them is the official one."""

    slug = AddressField(_("adres"), unique=True)
    word = LineField(_("woord"), max_length=80, unique=True)
    equal_words = LinesField(
        _("zelfde of bijna hetzelfde"),
        blank=True,
        help_text=_("Eén woord per regel. Zoeken vindt ze over en weer."),
    )
    related_words = LinesField(_("verwant"), blank=True, help_text=_("Eén woord per regel."))
    explanation = ProseField(_("uitleg"), blank=True, help_text=_("In eenvoudig Nederlands (B1)."))
    caution = ProseField(_("let op"), blank=True)
    word_key = KeyField(of="word")
    is_contested = models.BooleanField(
        _("omstreden"), default=False, help_text=_("Niet iedereen is het eens over dit woord.")
    )

    history = HistoricalRecords(excluded_fields=["word_key"])

    class Meta:
        verbose_name = _("begrip")
        verbose_name_plural = _("begrippen")
        ordering = ["word"]
        permissions = [("import_term", _("Mag begrippen importeren"))]

    def __str__(self):
        return self.word

    def get_absolute_url(self):
        return f"{reverse('registry:term-list')}#{self.slug}"

    @property
    def equals(self):
        return lines(self.equal_words)

    @property
    def related(self):
        return lines(self.related_words)


def _some_key():
    return uuid.uuid4().hex


class Everyday(models.Model):
    """What people say, and the words under which that is found. One way: who looks for those words does not get this.

    Beside a Term, whose words are equal.
    """

    # What the site came with knows its own rows again by it, whatever staff made of them.
    key = models.CharField(max_length=60, unique=True, editable=False, default=_some_key)
    said = LinesField(
        _("wat mensen zeggen"),
        help_text=_("Eén woord of een paar woorden per regel: ‘eenzaam’, ‘iemand om mee te praten’."),
    )
    means = LinesField(
        _("waar zoeken ook naar kijkt"),
        help_text=_(
            "Eén woord of een paar woorden per regel, zoals ze in de tekst van een initiatief staan."
        ),
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("alledaagse woorden")
        verbose_name_plural = _("alledaagse woorden")
        ordering = ["said", "pk"]

    def __str__(self):
        return ", ".join(lines(self.said)[:SHOWN])


class SearchMiss(models.Model):
    """How often people looked for something that is not there. Says nothing about who looked."""

    words = LineField(_("gezocht"), max_length=60, unique=True)
    count = models.PositiveIntegerField(_("aantal keer"), default=0)
    last_on = models.DateField(_("laatst op"))

    class Meta:
        verbose_name = _("zoekvraag zonder resultaat")
        verbose_name_plural = _("zoekvragen zonder resultaat")
        ordering = ["-count", "words"]
        default_permissions = ("view", "delete")

    def __str__(self):
        return self.words
