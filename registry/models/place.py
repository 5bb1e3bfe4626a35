from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.address import AddressField
from registry.models.fields.plausible import check_day
from registry.models.fields.text import LineField


class Municipality(models.Model):
    code = LineField(
        _("CBS-code"),
        primary_key=True,
        max_length=6,
        validators=[RegexValidator(r"^GM\d{4}$", _("Vul een CBS-code in, zoals GM0995."))],
    )
    name = LineField(_("naam"), max_length=80, unique=True)
    longitude = models.DecimalField(_("lengtegraad van het label"), max_digits=9, decimal_places=6)
    latitude = models.DecimalField(_("breedtegraad van het label"), max_digits=9, decimal_places=6)
    inhabitants = models.PositiveIntegerField(_("aantal inwoners"), null=True, blank=True)
    inhabitants_on = models.DateField(_("peildatum inwoners"), null=True, blank=True, validators=[check_day])
    outline = models.JSONField(
        _("omtrek"),
        null=True,
        blank=True,
        help_text=_("GeoJSON (Polygon of MultiPolygon), lengte- en breedtegraad (CRS84)."),
    )

    history = HistoricalRecords(excluded_fields=["outline"])

    class Meta:
        verbose_name = _("gemeente")
        verbose_name_plural = _("gemeenten")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Place(models.Model):
    """A kern, dorp or stadsdeel: the word that people use for where they live."""

    slug = AddressField(_("adres"), unique=True)
    name = LineField(_("naam"), max_length=80)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="places", verbose_name=_("gemeente")
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("kern")
        verbose_name_plural = _("kernen")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "name"],
                name="place_is_unique_in_municipality",
                violation_error_message=_("Deze gemeente heeft al een kern met deze naam."),
            )
        ]

    def __str__(self):
        return self.name


class Postcode(models.Model):
    """Four digits: where that is, for who looks near home."""

    digits = models.CharField(_("postcode"), primary_key=True, max_length=4)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, related_name="postcodes", verbose_name=_("gemeente")
    )
    place = models.ForeignKey(
        Place,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="postcodes",
        verbose_name=_("kern"),
    )
    longitude = models.DecimalField(_("lengtegraad"), max_digits=9, decimal_places=6)
    latitude = models.DecimalField(_("breedtegraad"), max_digits=9, decimal_places=6)

    class Meta:
        verbose_name = _("postcode")
        verbose_name_plural = _("postcodes")
        ordering = ["digits"]
        default_permissions = ()

    def __str__(self):
        return self.digits
