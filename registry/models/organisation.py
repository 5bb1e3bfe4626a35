from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.address import AddressField
from registry.models.fields.mailbox import MailField
from registry.models.fields.text import KeyField, LineField, OneSpelling, ProseField
from registry.models.publication import Status, for_municipality


class OrganisationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return for_municipality(self, user, "municipality")

    def public(self):
        """Those that run an initiative that everybody may see."""
        return self.filter(initiatives__status=Status.PUBLISHED).distinct()


class Organisation(OneSpelling):
    slug = AddressField(_("adres"), max_length=80, unique=True)
    name = LineField(_("naam"), max_length=200, unique=True)
    description = ProseField(_("omschrijving"), blank=True)
    website = models.URLField(_("website"), blank=True)
    municipality = models.ForeignKey(
        "registry.Municipality",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("gemeente"),
    )
    kvk_number = LineField(
        _("KvK-nummer"),
        max_length=8,
        blank=True,
        validators=[RegexValidator(r"^[0-9]{8}$", _("Vul 8 cijfers in, zoals 12345678."))],
    )
    contact_email = MailField(_("e-mailadres"), blank=True, help_text=_("Niet openbaar."))
    name_key = KeyField(of="name")
    kvk_key = KeyField(of="kvk_number", key=str)
    is_sample = models.BooleanField(_("voorbeeld (verzonnen)"), default=False, editable=False)

    objects = OrganisationQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["name_key", "kvk_key"])

    class Meta:
        verbose_name = _("organisatie")
        verbose_name_plural = _("organisaties")
        ordering = ["name"]
        permissions = [("import_organisation", _("Mag organisaties importeren"))]

    def __str__(self):
        return self.name
