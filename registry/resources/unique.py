from django.core.exceptions import ValidationError

from registry.models.address import AddressField, former_addresses, holding_rows
from registry.models.fields.text import KeyField


class UniqueValues:
    """Mixed into a resource: values that must be unique are asked for once per file."""

    def _check_unique(self, instance, errors):
        wrong = {}
        for field in instance._meta.concrete_fields:
            given_in = field.of if isinstance(field, KeyField) else field.attname
            if not field.unique or given_in not in self._unique_columns():
                continue
            owners = self._owners(field)
            is_key = isinstance(field, KeyField)
            value = field.value_of(instance) if is_key else getattr(instance, field.attname)
            if value is None:
                continue
            if owners.setdefault(value, instance) is not instance and owners[value] != instance.pk:
                name = field.of if is_key else field.name
                wrong[name] = instance.unique_error_message(type(instance), [name])
        if wrong:
            raise ValidationError(wrong)

    def _unique_columns(self):
        return {field.attribute for field in self.fields.values()}

    def _owners(self, field):
        """Each value that is taken, with the key of the row that has it; also out of reach."""
        if field.name not in self._taken:
            rows = dict(self._meta.model._base_manager.values_list(field.attname, "pk"))
            if isinstance(field, AddressField) and hasattr(self._meta.model, "history"):
                # An address that leads to another entry stays with that one.
                keys = set(holding_rows(self._meta.model).values_list("pk", flat=True))
                former = {slug: key for slug, key in former_addresses(self._meta.model) if key in keys}
                rows = former | rows
            self._taken[field.name] = rows
        return self._taken[field.name]
