from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from registry.models import (
    Bottleneck,
    Case,
    Initiative,
    Link,
    Mention,
    Municipality,
    Organisation,
    Ownership,
    Place,
    Source,
)
from registry.ownership import needs_owners_yes
from registry.resources import spellings, widgets
from registry.resources.base import RegistryResource, column
from registry.resources.keys import Key, Keys


class OrganisationResource(RegistryResource):
    slug = column("adres", "slug", widgets.Slug())
    name = column("naam", "name")
    description = column("omschrijving", "description")
    website = column("website", "website", spellings.Web())
    municipality = column("gemeente", "municipality", Key(Municipality, "code", str.upper))
    kvk_number = column("kvk_nummer", "kvk_number", spellings.Chamber())
    contact_email = column("e_mailadres", "contact_email", spellings.Mail())
    personal = ("contact_email",)
    named_after = "name"

    class Meta:
        model = Organisation
        import_id_fields = ("slug",)


class InitiativeResource(RegistryResource):
    """The status is shown, never read: publishing is a decision (see registry/moderation/decisions.py)."""

    slug = column("adres", "slug", widgets.Slug())
    name = column("naam", "name")
    other_names = column("andere_namen", "other_names", widgets.Lines())
    kind = column("soort", "kind", widgets.Choice(Initiative.Kind))
    summary = column("samenvatting", "summary")
    description = column("beschrijving", "description")
    municipality = column("gemeente", "municipality", Key(Municipality, "code", str.upper))
    place = column("kern", "place", Key(Place))
    longitude = column("lengtegraad", "longitude", widgets.Coordinate())
    latitude = column("breedtegraad", "latitude", widgets.Coordinate())
    is_location_shielded = column("plek_afgeschermd", "is_location_shielded", widgets.YesNo())
    run_by = column("wie_doet_het", "run_by", widgets.Choice(Initiative.RunBy))
    organisation = column("organisatie", "organisation", Key(Organisation))
    website = column("website", "website", spellings.Web())
    contact_name = column("contactpersoon", "contact_name")
    contact_email = column("e_mailadres", "contact_email", spellings.Mail())
    contact_phone = column("telefoonnummer", "contact_phone", spellings.Phone())
    is_contact_public = column("contact_openbaar", "is_contact_public", widgets.YesNo())
    starts_on = column("begint_op", "starts_on", widgets.Day())
    ends_on = column("eindigt_op", "ends_on", widgets.Day())
    activity = column("activiteit", "activity", widgets.Choice(Initiative.Activity))
    lessons = column("lessen", "lessons")
    audience = column("voor_wie", "audience")
    accessibility = column("toegankelijkheid", "accessibility")
    languages = column("talen", "languages")
    costs = column("kosten", "costs")
    status = column("status", "status", readonly=True)
    personal = ("contact_name", "contact_email", "contact_phone")
    named_after = "name"
    derived = ("search_title", "search_text")

    def before_save_instance(self, instance, row, **kwargs):
        instance.index()
        super().before_save_instance(instance, row, **kwargs)

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        self._kept = _kept()

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        """A kern lies in one municipality: who names the kern need not name that."""
        if self._is_new and instance.place and instance.municipality_id is None:
            instance.municipality = instance.place.municipality
        super().validate_instance(instance, import_validation_errors, validate_unique)

    def waits_for_owners(self, instance, user):
        return instance.pk in self._kept and needs_owners_yes(instance, user)

    class Meta:
        model = Initiative
        import_id_fields = ("slug",)


class PartOfInitiative:
    """What stands on the page of an initiative: where residents keep that, it changes only with their yes, and a row
    of this kind cannot wait for one."""

    part_of = "initiative"

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        self._kept, self._by = _kept(), kwargs.get("user")

    def _check_reach(self, instance, errors):
        super()._check_reach(instance, errors)
        if not self._changes or instance.initiative_id not in self._kept:
            return
        if needs_owners_yes(instance.initiative, self._by):
            message = _(
                "‘%s’ is van inwoners die de pagina zelf beheren. Haal deze regel weg. Wijzig het op de pagina van "
                "het initiatief in het beheer, met de reden."
            )
            raise ValidationError({NON_FIELD_ERRORS: message % instance.initiative})


def _kept():
    """The initiatives that somebody keeps who can log in."""
    owners = Ownership.objects.filter(user__is_active=True).order_by()
    return set(owners.values_list("initiative", flat=True))


class LinkResource(PartOfInitiative, RegistryResource):
    initiative = column("initiatief", "initiative", Key(Initiative))
    bottleneck = column("knelpunt", "bottleneck", Key(Bottleneck, "code", str.upper))
    role = column("rol", "role", widgets.Choice(Link.Role))
    explanation = column("toelichting", "explanation")
    stated_by = column("wie_zegt_dit", "stated_by")
    is_confirmed = column("bevestigd", "is_confirmed", widgets.YesNo())

    class Meta:
        model = Link
        import_id_fields = ("initiative", "bottleneck", "role")


class MentionResource(PartOfInitiative, RegistryResource):
    initiative = column("initiatief", "initiative", Key(Initiative))
    event = column("waar_genoemd", "event")
    count = column("aantal", "count", widgets.Whole())
    quote = column("letterlijk", "quote")
    mentioned_on = column("datum", "mentioned_on", widgets.Day())
    source = column("bron", "source", Key(Source))

    class Meta:
        model = Mention
        import_id_fields = ("initiative", "event")


class CaseResource(RegistryResource):
    slug = column("adres", "slug", widgets.Slug())
    title = column("titel", "title")
    summary = column("samenvatting", "summary")
    situation = column("situatie", "situation")
    approach = column("aanpak", "approach")
    result = column("resultaat", "result")
    lessons = column("lessen", "lessons")
    initiative = column("initiatief", "initiative", Key(Initiative))
    municipality = column("gemeente", "municipality", Key(Municipality, "code", str.upper))
    bottlenecks = column("knelpunten", "bottlenecks", Keys(Bottleneck, "code", str.upper))
    source = column("bron", "source", Key(Source))
    status = column("status", "status", readonly=True)
    named_after = "title"

    class Meta:
        model = Case
        import_id_fields = ("slug",)
