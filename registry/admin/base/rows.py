"""What hangs on a page that residents keep: staff change it with a reason, which the owners can read, or not at all."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from registry.admin.base.scoped import Inline, NamedFields
from registry.ownership import needs_owners_yes
from registry.proposals import staff_overrides


class RowsOfOwners(NamedFields):
    is_guarded = False

    def clean(self):
        super().clean()
        if self.is_guarded and self.has_changed() and not self.data.get("override", "").strip():
            raise ValidationError(
                _(
                    "Dit is van inwoners, en kan niet wachten op hun ja. Schrijf bovenaan op waarom u niet wacht."
                )
            )


class OwnersInline(Inline):
    formset = RowsOfOwners

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        formset.is_guarded = obj is not None and needs_owners_yes(obj, request.user)
        return formset


def log_rows(request, form, formsets):
    """Tell the owners what staff changed that cannot wait for them, and why they did it."""
    changed = {
        str(form.fields[name].label): [_("gewijzigd")]
        for name in form.cannot_wait
        if name in form.changed_data
    }
    changed |= {
        str(rows.model._meta.verbose_name_plural): list(_in_words(rows))
        for rows in formsets
        if rows.has_changed()
    }
    reason = form.cleaned_data.get("override", "")
    if changed and reason and form.is_guarded:
        staff_overrides.of_rows(form.instance, changed, by=request.user, reason=reason)


def _in_words(rows):
    for word, objects in (
        (_("Erbij: %s"), rows.new_objects),
        (_("Gewijzigd: %s"), [row for row, _fields in rows.changed_objects]),
        (_("Weg: %s"), rows.deleted_objects),
    ):
        yield from (word % row for row in objects)


class RowOfOwners:
    """Mixin for the form of one such row: an error when it changes more than ``own_say`` of what owners must agree to."""

    for_user = None
    own_say = frozenset({"is_confirmed"})

    def clean(self):
        cleaned = super().clean()
        entries = {
            self.cleaned_data.get("initiative"),
            self.instance.initiative_id and self.instance.initiative,
        }
        theirs = any(entry and needs_owners_yes(entry, self.for_user) for entry in entries)
        if theirs and set(self.changed_data) - self.own_say:
            raise ValidationError(
                _("Dit initiatief is van inwoners. Wijzig dit op de pagina van het initiatief, met de reden.")
            )
        return cleaned
