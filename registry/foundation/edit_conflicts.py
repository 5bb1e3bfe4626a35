"""Two people edit one thing: the second form never undoes the first.

A form says what it was made from (``show_hidden_initial``). What only the other changed stays changed; what both
changed is shown, nothing is saved, and what was typed stays. Saving once more keeps what was typed. What can no longer
change at all, since the form was opened, is told likewise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.encoding import force_str
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from registry.foundation.fields import relation_to

# What these stand in front of.
if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.contrib.admin.options import InlineModelAdmin

    class _Form(forms.ModelForm[Any]):
        """With what Django has and its stubs leave out."""

        data: QueryDict

        def _bound_items(self) -> Iterator[tuple[str, forms.BoundField]]: ...
        def _post_clean(self) -> None: ...
        def _update_errors(self, errors: ValidationError) -> None: ...

    class _Formset(forms.BaseInlineFormSet[Any, Any, "MeetsOthersEdits"]):
        data: QueryDict
        model: type[Model]
        prefix: str

        def _should_delete_form(self, form: forms.BaseForm) -> bool: ...

    _Admin = ModelAdmin[Any]
    _Inline = InlineModelAdmin[Any, Any]
else:
    _Form = _Formset = _Admin = _Inline = object


class MeetsOthersEdits(_Form):
    """For a form whose ``initial`` is how it is now, read under a lock."""

    def say_basis(self, fields: Iterable[forms.Field]) -> None:
        """Adds to each of these fields a hidden input with its initial value; not to files and disabled fields."""
        if not self.is_bound or self._says_its_basis:
            for field in fields:
                # A file is no text: what was chosen is what was meant.
                field.show_hidden_initial = not isinstance(field, forms.FileField) and not field.disabled

    def is_moved(self, bound: forms.BoundField) -> bool:
        """Whether the other changed this field."""
        field = bound.field
        if not field.show_hidden_initial:
            return False
        now = self.get_initial_for_field(field, bound.name)
        basis = field.hidden_widget().value_from_datadict(self.data, self.files, bound.html_initial_name)
        return field.has_changed(now, basis)

    def see(self, bound: forms.BoundField) -> None:
        """Sets the hidden initial value of a field to what is stored now, for the form that is shown again."""
        value = bound.field.prepare_value(self.get_initial_for_field(bound.field, bound.name))
        values = value if isinstance(value, list | tuple) else [value]
        self.data = self.data.copy()
        self.data.setlist(
            bound.html_initial_name, ["" if item is None else force_str(item) for item in values]
        )

    def _post_clean(self) -> None:
        """Before the row takes the values over."""
        for name, bound in self._bound_items():
            if name in self.cleaned_data and self.is_moved(bound):
                self._meet(name, bound)
        super()._post_clean()
        for name, bound in self._bound_items():
            was_sent = isinstance(bound.field, forms.FileField) and self.files.get(bound.html_name)
            if was_sent and self.errors and name not in self.errors:
                # A browser does not send a file twice by itself.
                self.add_error(name, _("Kies dit bestand nog een keer: het is nog niet bewaard."))

    @cached_property
    def _says_its_basis(self) -> bool:
        return any(key.startswith(self.add_initial_prefix("")) for key in self.data)

    def met_others(self) -> bool:
        """Whether another changed anything here; from now on the form was made from that."""
        moved = [bound for _name, bound in self._bound_items() if self.is_moved(bound)]
        for bound in moved:
            self.see(bound)
        return bool(moved)

    def _meet(self, name: str, bound: forms.BoundField) -> None:
        field, now = bound.field, self.get_initial_for_field(bound.field, name)
        if name not in self.changed_data:
            self.cleaned_data[name] = self._stored(name)
        elif field.has_changed(now, bound.data):
            self.add_error(name, _("Een ander wijzigde dit intussen in: %s") % self._in_words(field, now))
            self.add_error(
                name, _("Uw tekst staat er nog. Pas die aan, of bewaar nog eens om die van u te houden.")
            )
            self.see(bound)

    def _stored(self, name: str) -> Any:
        return self.get_initial_for_field(self.fields[name], name)

    def _in_words(self, field: forms.Field, now: Any) -> str:
        value = field.prepare_value(now)
        values = [force_str(item) for item in (value if isinstance(value, list | tuple) else [value])]
        if hasattr(field, "choices"):
            labels = {
                force_str(key): force_str(label)
                for key, label in field.choices
                if not isinstance(label, list)
            }
            values = [labels.get(text, text) for text in values]
        elif isinstance(field, forms.BooleanField):
            values = [_("ja") if now else _("nee")]
        words = ", ".join(text for text in values if text not in ("", "None"))
        return f"‘{words}’" if words else _("(leeg)")


class KeepsOthersEdits(MeetsOthersEdits):
    """For a ModelForm of an existing row; ``instance`` is the row as it is now, read under a lock."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.say_basis(self.fields.values())

    def _post_clean(self) -> None:
        if self._says_its_basis and not self.instance._state.adding:
            self._tell_what_became_fixed()
        super()._post_clean()

    def _tell_what_became_fixed(self) -> None:
        """What was changed in a field that the form had when it was opened, and has no more."""
        start = self.add_initial_prefix("")
        changed: dict[str, list[tuple[str, str]]] = {}
        for key in self.data:
            part = key.removeprefix(start)
            # Of a moment, the day and the clock have a part each.
            name = part if part in self._names else part.rpartition("_")[0]
            if key.startswith(start) and name in self._names and name not in self.fields:
                basis, typed = (_plain(self.data, sent_key) for sent_key in (key, self.add_prefix(part)))
                changed.setdefault(name, []).append((basis, typed))
        for name, parts in changed.items():
            if any(basis != typed for basis, typed in parts):
                model_field = self.instance._meta.get_field(name)
                words = "" if model_field.is_relation else " ".join(typed for _basis, typed in parts)
                message = _(
                    "‘%s’ ligt intussen vast: wat u daar invulde, kan niet meer. Er is niets bewaard."
                )
                self.add_error(None, message % model_field.verbose_name)
                if words:
                    self.add_error(None, _("U had ingevuld: %s") % words)

    @cached_property
    def _names(self) -> set[str]:
        return {field.name for field in self.instance._meta.get_fields() if hasattr(field, "verbose_name")}

    def _stored(self, name: str) -> Any:
        model_field = self.instance._meta.get_field(name)
        stored = getattr(self.instance, name)
        return stored.all() if model_field.many_to_many else stored


def _plain(data: Any, key: str) -> str:
    """What was sent under ``key``, to lay beside what a hidden field says of it: a box is there, or is not."""
    words = {"on": "True", "False": ""}
    return " ".join(words.get(value, " ".join(value.split())) for value in data.getlist(key))


def keeping_others_edits(form: type[forms.ModelForm[Any]]) -> type[forms.ModelForm[Any]]:
    return type(form.__name__, (KeepsOthersEdits, form), {})


class GuardsEdits(_Admin):
    """For an admin class: what is saved is compared with the row as it is, which nobody changes meanwhile.

    ``part_of``: the field with the row that this one stands on, which is held first (registry/moderation/locks.py).
    """

    part_of: str | None = None

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        return keeping_others_edits(super().get_form(request, obj, change=change, **kwargs))

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        if request.method == "POST" and transaction.get_connection().in_atomic_block:
            try:
                key = self.opts.pk.to_python(object_id)
            except ValidationError:
                return None
            rows = self.model._base_manager.filter(pk=key)
            if self.part_of:
                of = relation_to(self.model, self.part_of)._base_manager
                _hold(of.filter(pk__in=rows.order_by().values(self.part_of)))
            _hold(rows)
        return super().get_object(request, object_id, from_field)


def _hold(rows: QuerySet[Any]) -> None:
    # Not the key: who only points at the row does not wait.
    list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk"))


class KeepsOthersRow(KeepsOthersEdits):
    def _post_clean(self) -> None:
        """Django leaves out the rules about the page that a row stands on: a colleague may have added the same row."""
        super()._post_clean()
        if not self.errors and self.has_changed():
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self._update_errors(error)


class KeepsOthersRows(_Formset):
    """For an inline formset: rows come and go while somebody looks at them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._came_back = False
        if self.is_bound:
            self._arrange()

    def _arrange(self) -> None:
        """Each row that was sent meets its own; one that a colleague removed goes, or is a new one when it was changed."""
        try:
            # Django bounds the first number that was sent, not the second.
            total = self.total_form_count()
            initial = min(self.initial_form_count(), total)
        except ValidationError:
            return
        there = {str(row.pk): row for row in self.get_queryset()}
        pk_name, staying, back, extra = self.model._meta.pk.name, [], [], list(range(initial, total))
        for number in range(initial):
            if self.data.get(f"{self.prefix}-{number}-{pk_name}") in there:
                staying.append(number)
            elif self._was_changed(number):
                back.append(number)
        self._queryset = [there[str(self.data[f"{self.prefix}-{number}-{pk_name}"])] for number in staying]
        if len(staying) < initial:
            self._came_back = bool(back)
            self._renumber(
                [*staying, *back, *extra], len(staying), {f"{number}-{pk_name}" for number in back}
            )

    def _was_changed(self, number: int) -> bool:
        if f"{self.prefix}-{number}-DELETE" in self.data:
            return False
        start = f"initial-{self.prefix}-{number}-"
        names = [key.removeprefix(start) for key in self.data if key.startswith(start)]
        same = {"on": "True", "False": ""}
        return any(
            [same.get(value, value) for value in self.data.getlist(key) if same.get(value, value)]
            != [
                same.get(value, value)
                for value in self.data.getlist(f"{self.prefix}-{number}-{name}")
                if value
            ]
            for name in names
            for key in [f"{start}{name}"]
        )

    def _renumber(self, order: list[int], initial: int, without: set[str]) -> None:
        data = self.data.copy()
        pattern = re.compile(rf"(initial-)?{re.escape(self.prefix)}-(\d+)-(.+)")
        for key in list(data):
            if pattern.fullmatch(key):
                del data[key]
        for key in self.data:
            if match := pattern.fullmatch(key):
                was, number, name = match[1] or "", int(match[2]), match[3]
                is_new = f"{number}-{self.model._meta.pk.name}" in without
                if number in order and not (is_new and (was or f"{number}-{name}" in without)):
                    data.setlist(f"{was}{self.prefix}-{order.index(number)}-{name}", self.data.getlist(key))
        data[f"{self.prefix}-TOTAL_FORMS"], data[f"{self.prefix}-INITIAL_FORMS"] = (
            str(len(order)),
            str(initial),
        )
        self.data = data
        del self.management_form

    def clean(self) -> None:
        super().clean()
        if self._came_back:
            raise ValidationError(
                _(
                    "Een ander haalde een regel weg die u wijzigde. Die staat nu onderaan als nieuwe regel: bewaar nog "
                    "eens om hem te houden, of maak hem leeg."
                )
            )
        met = [form.met_others() for form in self.initial_forms if self._should_delete_form(form)]
        if any(met):
            raise ValidationError(
                _(
                    "Een ander wijzigde een regel die u weghaalt. Kijk hem na en bewaar nog eens om hem weg te halen."
                )
            )


class GuardsRows(_Inline):
    """The same for the rows of an inline; the page that they stand on is locked."""

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> Any:
        form = type(self.form.__name__, (KeepsOthersRow, self.form), {})
        formset = super().get_formset(request, obj, **{"form": form} | kwargs)
        return type(formset.__name__, (KeepsOthersRows, formset), {})
