"""Two people edit one thing: the second form never undoes the first.

A form says what it was made from (``show_hidden_initial``). What only the other changed stays changed; what both
changed is shown, nothing is saved, and what was typed stays. Saving once more keeps what was typed. What can no longer
change at all, since the form was opened, is told likewise.
"""

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.encoding import force_str
from django.utils.functional import cached_property
from django.utils.translation import gettext as _


class KeepsOthersEdits:
    """For a ModelForm of an existing row; ``instance`` is the row as it is now, read under a lock."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # What does not say what it was made from is taken as it comes.
        if not self.instance._state.adding and (not self.is_bound or self._says_its_basis):
            for field in self.fields.values():
                # A file is no text: what was chosen is what was meant.
                field.show_hidden_initial = not isinstance(field, forms.FileField) and not field.disabled

    def _post_clean(self):
        """Before the row takes the values over."""
        for name, bound in self._bound_items():
            if bound.field.show_hidden_initial and name in self.cleaned_data:
                self._meet(name, bound)
        if self._says_its_basis and not self.instance._state.adding:
            self._tell_what_became_fixed()
        super()._post_clean()

    @cached_property
    def _says_its_basis(self):
        return any(key.startswith(self.add_initial_prefix("")) for key in self.data)

    def _tell_what_became_fixed(self):
        """What was changed in a field that the form had when it was opened, and has no more."""
        start, changed = self.add_initial_prefix(""), {}
        for key in self.data:
            part = key.removeprefix(start)
            # Of a moment, the day and the clock have a part each.
            name = part if part in self._names else part.rpartition("_")[0]
            if key.startswith(start) and name in self._names and name not in self.fields:
                basis, typed = (_plain(self.data, one) for one in (key, self.add_prefix(part)))
                changed.setdefault(name, []).append((basis, typed))
        for name, parts in changed.items():
            if any(basis != typed for basis, typed in parts):
                model_field = self.instance._meta.get_field(name)
                words = "" if model_field.is_relation else " ".join(typed for _basis, typed in parts)
                told = _("‘%s’ ligt intussen vast: wat u daar invulde, kan niet meer. Er is niets bewaard.")
                self.add_error(None, told % model_field.verbose_name)
                if words:
                    self.add_error(None, _("U had ingevuld: %s") % words)

    @cached_property
    def _names(self):
        return {field.name for field in self.instance._meta.get_fields() if hasattr(field, "verbose_name")}

    def _meet(self, name, bound):
        field, now = bound.field, self.get_initial_for_field(bound.field, name)
        hidden = field.hidden_widget()
        basis = hidden.value_from_datadict(self.data, self.files, bound.html_initial_name)
        if not field.has_changed(now, basis):
            return
        if name not in self.changed_data:
            self.cleaned_data[name] = self._stored(name)
        elif field.has_changed(now, bound.data):
            self.add_error(name, _("Een ander wijzigde dit intussen in: %s") % self._in_words(field, now))
            self.add_error(
                name, _("Uw tekst staat er nog. Pas die aan, of bewaar nog eens om die van u te houden.")
            )
            self._seen(bound, now)

    def _stored(self, name):
        model_field = self.instance._meta.get_field(name)
        stored = getattr(self.instance, name)
        return stored.all() if model_field.many_to_many else stored

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

    def _seen(self, bound, now):
        """The form that is shown again was made from what is there now."""
        value = bound.field.prepare_value(now)
        values = value if isinstance(value, list | tuple) else [value]
        self.data = self.data.copy()
        self.data.setlist(bound.html_initial_name, ["" if one is None else force_str(one) for one in values])


def _plain(data, key):
    """What was sent under ``key``, to lay beside what a hidden field says of it: a box is there, or is not."""
    words = {"on": "True", "False": ""}
    return " ".join(words.get(one, " ".join(one.split())) for one in data.getlist(key))


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
