from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from registry.models import (
    Case,
    Initiative,
    Link,
    Mention,
    Organisation,
    Ownership,
    public,
)
from registry.ownership import needs_owners_yes
from registry.resources import spellings
from registry.resources.base import RegistryResource


class OrganisationResource(RegistryResource):
    noun = public.ORGANISATION
    spelled = {"kvk_number": spellings.Chamber}
    personal = ("contact_email",)
    named_after = "name"

    class Meta:
        model = Organisation
        import_id_fields = ("slug",)


class InitiativeResource(RegistryResource):
    """The status is shown, never read: publishing is a decision (see registry/moderation/decisions.py)."""

    noun = public.INITIATIVE
    spelled = {"contact_phone": spellings.Phone}
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
    noun = public.LINK

    class Meta:
        model = Link
        import_id_fields = ("initiative", "bottleneck", "role")


class MentionResource(PartOfInitiative, RegistryResource):
    noun = public.MENTION

    class Meta:
        model = Mention
        import_id_fields = ("initiative", "event")


class CaseResource(RegistryResource):
    noun = public.CASE
    named_after = "title"

    class Meta:
        model = Case
        import_id_fields = ("slug",)
