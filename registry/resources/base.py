from import_export.declarative import ModelDeclarativeMetaclass
from import_export.fields import Field
from import_export.resources import ModelResource

from registry.resources import widgets


def column(name, attribute, widget=None, **options):
    """A column of a spreadsheet: its Dutch name, the field it fills, and how a cell is read."""
    return Field(column_name=name, attribute=attribute, widget=widget or widgets.Text(), **options)


class OnlyDeclaredColumns(ModelDeclarativeMetaclass):
    """A column exists because the class names it, in the order in which it does."""

    def __new__(cls, name, bases, attrs):
        declared = [attribute for attribute, value in attrs.items() if isinstance(value, Field)]
        if declared:
            attrs["Meta"].fields = declared
        return super().__new__(cls, name, bases, attrs)


class RegistryResource(ModelResource, metaclass=OnlyDeclaredColumns):
    """What every import and export of the register shares.

    A column that is not in the file leaves its field as it is; an empty cell empties it.
    """

    class Meta:
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True
        use_transactions = True

    def get_import_fields(self):
        present = getattr(self, "_headers", None)
        fields = super().get_import_fields()
        return fields if present is None else [field for field in fields if field.column_name in present]

    def before_import(self, dataset, **kwargs):
        self._headers = set(dataset.headers or ())
        super().before_import(dataset, **kwargs)

    def before_save_instance(self, instance, row, **kwargs):
        instance._change_reason = kwargs.get("reason")
        super().before_save_instance(instance, row, **kwargs)
