"""Two people edit one thing: the second form never undoes the first.

A form says what it was made from (``show_hidden_initial``). What only the other changed stays changed; what both
changed is shown, nothing is saved, and what was typed stays. Saving once more keeps what was typed.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.encoding import force_str
from django.utils.functional import cached_property
from django.utils.translation import gettext as _


class MeetsOthersEdits:
    """For a form whose ``initial`` is how it is now, read under a lock."""

    def say_basis(self, fields):
        """What does not say what it was made from is taken as it comes."""
        if not self.is_bound or self._says_its_basis:
            for field in fields:
                # A file is no text: what was chosen is what was meant.
                field.show_hidden_initial = not isinstance(field, forms.FileField) and not field.disabled

    def is_moved(self, bound):
        """Whether the other changed this field."""
        field = bound.field
        if not field.show_hidden_initial:
            return False
        now = self.get_initial_for_field(field, bound.name)
        basis = field.hidden_widget().value_from_datadict(self.data, self.files, bound.html_initial_name)
        return field.has_changed(now, basis)

    def see(self, bound):
        """The form that is shown again was made from what is there now."""
        value = bound.field.prepare_value(self.get_initial_for_field(bound.field, bound.name))
        values = value if isinstance(value, list | tuple) else [value]
        self.data = self.data.copy()
        self.data.setlist(bound.html_initial_name, ["" if one is None else force_str(one) for one in values])

    def _post_clean(self):
        """Before the row takes the values over."""
        for name, bound in self._bound_items():
            if name in self.cleaned_data and self.is_moved(bound):
                self._meet(name, bound)
        super()._post_clean()

    @cached_property
    def _says_its_basis(self):
        return any(key.startswith(self.add_initial_prefix("")) for key in self.data)

    def _meet(self, name, bound):
        field, now = bound.field, self.get_initial_for_field(bound.field, name)
        if name not in self.changed_data:
            self.cleaned_data[name] = self._stored(name)
        elif field.has_changed(now, bound.data):
            self.add_error(name, _("Een ander wijzigde dit intussen in: %s") % self._in_words(field, now))
            self.add_error(
                name, _("Uw tekst staat er nog. Pas die aan, of bewaar nog eens om die van u te houden.")
            )
            self.see(bound)

    def _stored(self, name):
        return self.get_initial_for_field(self.fields[name], name)

    def _in_words(self, field, now):
        value = field.prepare_value(now)
        values = [force_str(one) for one in (value if isinstance(value, list | tuple) else [value])]
        if hasattr(field, "choices"):
            labels = {
                force_str(key): force_str(label)
                for key, label in field.choices
                if not isinstance(label, list)
            }
            values = [labels.get(one, one) for one in values]
        elif isinstance(field, forms.BooleanField):
            values = [_("ja") if now else _("nee")]
        words = ", ".join(one for one in values if one not in ("", "None"))
        return f"‘{words}’" if words else _("(leeg)")


class KeepsOthersEdits(MeetsOthersEdits):
    """For a ModelForm of an existing row; ``instance`` is the row as it is now, read under a lock."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.say_basis(self.fields.values())

    def _stored(self, name):
        model_field = self.instance._meta.get_field(name)
        stored = getattr(self.instance, name)
        return stored.all() if model_field.many_to_many else stored


def keeping_others_edits(form):
    return type(form.__name__, (KeepsOthersEdits, form), {})


class GuardsEdits:
    """For an admin class: what is saved is compared with the row as it is, which nobody changes meanwhile."""

    def get_form(self, request, obj=None, change=False, **kwargs):
        return keeping_others_edits(super().get_form(request, obj, change=change, **kwargs))

    def get_object(self, request, object_id, from_field=None):
        if request.method == "POST" and transaction.get_connection().in_atomic_block:
            try:
                key = self.opts.pk.to_python(object_id)
            except ValidationError:
                return None
            self.model._base_manager.select_for_update().filter(pk=key).values_list("pk").first()
        return super().get_object(request, object_id, from_field)


class GuardsRows:
    """The same for the rows of an inline; the page that they stand on is locked."""

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, **{"form": keeping_others_edits(self.form)} | kwargs)
