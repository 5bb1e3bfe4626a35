from copy import copy

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.declarative import ModelDeclarativeMetaclass
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource

from registry.models.address import AddressField, former_addresses, public_rows
from registry.models.person import WHOLE_PROVINCE
from registry.models.text import KeyField
from registry.resources import widgets

CHUNK = 5000
BATCH = 500


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


class KnownRows(BaseInstanceLoader):
    def get_instance(self, row):
        return self.resource.known.get(self.resource.key_of(row))


class RegistryResource(ModelResource, metaclass=OnlyDeclaredColumns):
    """What every import and export of the register shares.

    A column that is not in the file leaves its field as it is; an empty cell empties it. With ``user``, what
    is out of reach is neither read, nor changed, nor pointed at, and personal columns are for who may change.
    """

    personal = ()
    # What the model works out of other columns.
    derived = ()

    class Meta:
        clean_model_instances = True
        # Differences are worked out here, per cell: cheaper than two copies of each row.
        skip_diff = True
        report_skipped = True
        use_transactions = True
        # All rows at once, after the last.
        batch_size = None
        store_instance = True
        instance_loader_class = KnownRows

    def __init__(self, user=None, **kwargs):
        super().__init__(**kwargs)
        self.user, self.known = user, {}
        self._meta = copy(self._meta)  # whether rows are written together differs from file to file
        self._in_file = None  # the fields that it has columns for
        if user and not user.has_perm(f"registry.change_{self._meta.model._meta.model_name}"):
            for name in self.personal:
                del self.fields[name]
        for field in self.fields.values():
            getattr(field.widget, "key", field.widget).user = user

    # What there is

    def get_queryset(self):
        rows = super().get_queryset()
        return rows.visible_to(self.user) if self.user and hasattr(rows, "visible_to") else rows

    def filter_export(self, queryset, **kwargs):
        return self._with_what_it_points_at(queryset)

    def _with_what_it_points_at(self, queryset):
        pointers = [field for field in self.fields.values() if isinstance(field.widget, widgets.Key)]
        sets = [field for field in self.fields.values() if isinstance(field.widget, widgets.Keys)]
        return queryset.select_related(*(field.attribute for field in pointers)).prefetch_related(
            *(field.attribute for field in sets)
        )

    def key_of(self, row):
        """What tells a row from all others, without looking anything up."""
        fields = [self.fields[name] for name in self.get_import_id_fields()]
        return tuple(field.widget.canonical(row.get(field.column_name)) for field in fields)

    def key_columns(self):
        return [self.fields[name].column_name for name in self.get_import_id_fields()]

    def _find_known(self, rows):
        """All rows of the table that the file names, in one query for each 5,000."""
        fields = [self.fields[name] for name in self.get_import_id_fields()]
        path = fields[0].attribute
        if isinstance(fields[0].widget, widgets.Key):
            path = f"{path}__{fields[0].widget.field}"
        firsts = sorted({self.key_of(row)[0] for row in rows})
        queryset = self._with_what_it_points_at(self.get_queryset())
        chunks = [
            queryset.filter(**{f"{path}__in": firsts[at : at + CHUNK]}) for at in range(0, len(firsts), CHUNK)
        ]
        if "" in firsts:
            chunks.append(queryset.filter(**{f"{path}__isnull": True}))
        self.known = {
            tuple(field.widget.canonical(field.export(instance)) for field in fields): instance
            for chunk in chunks
            for instance in chunk
        }

    # Coming in

    def get_import_fields(self):
        """Those that the file has; asked for before there is a file, all."""
        return super().get_import_fields() if self._in_file is None else self._in_file

    def needed_for_new(self):
        """The columns without which a new row cannot be."""
        return [
            field.column_name
            for field in self.fields.values()
            if (of_model := self._model_field(field)) and not of_model.blank and not of_model.has_default()
        ]

    def before_import(self, dataset, **kwargs):
        present = set(dataset.headers or ())
        self._in_file = [field for field in super().get_import_fields() if field.column_name in present]
        self._find_known(dataset.dict)
        self._taken = {}
        super().before_import(dataset, **kwargs)

    def after_init_instance(self, instance, new, row, **kwargs):
        self._is_new = new
        self._was_in = getattr(instance, "municipality_id", None)
        fields = [] if new else self.get_import_fields()
        self._before = {field.column_name: field.export(instance) for field in fields}
        self._touched = set()
        if new:
            self._in_own_municipality(instance)

    def _in_own_municipality(self, instance):
        if self.user and not self.user.has_perm(WHOLE_PROVINCE) and hasattr(instance, "municipality_id"):
            instance.municipality = self.user.municipality

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        """A cell that says what is there already is not looked up or judged: what goes out comes back, also
        what this person could not have chosen."""
        before = self._before.get(field.column_name, "" if is_m2m else None)
        if before is not None and field.widget.canonical(before) == field.widget.canonical(
            row[field.column_name]
        ):
            return
        self._touched.add(field)
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        self._changes = tuple(self._differences(instance, row))
        return not (self._is_new or self._changes or import_validation_errors)

    def _differences(self, instance, row):
        for field in self.get_import_fields():
            before = self._before.get(field.column_name, "")
            if isinstance(field.widget, widgets.Keys):  # these are written after this
                after = field.widget.canonical(row[field.column_name])
            elif field in self._touched:
                after = field.export(instance)
            else:
                continue
            if before != after and not field.readonly:
                yield field.column_name, before, after

    def after_import_row(self, row, row_result, **kwargs):
        row_result.changes = self._changes

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        """As Django does, with fewer questions to the database: what a column points at was looked up just
        now, and values that must be unique are asked for once."""
        errors = dict(import_validation_errors or {})
        for check in (self._check_fields, self._check_unique, self._check_reach):
            try:
                check(instance, errors)
            except ValidationError as wrong:
                errors = wrong.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def _check_fields(self, instance, errors):
        pointers = {field.name: field for field in instance._meta.concrete_fields if field.is_relation}
        empty = {
            name: field.error_messages["blank"]
            for name, field in pointers.items()
            if not field.null and getattr(instance, field.attname) is None and name not in errors
        }
        if empty:
            raise ValidationError(empty)
        exclude = {*errors, *pointers}
        instance.full_clean(exclude=exclude, validate_unique=False, validate_constraints=False)

    def _check_reach(self, instance, errors):
        """Who works for one municipality can put nothing outside it, not even by leaving it empty."""
        if not self.user or self.user.has_perm(WHOLE_PROVINCE) or not hasattr(instance, "municipality_id"):
            return
        moved = self._is_new or instance.municipality_id != self._was_in
        if moved and instance.municipality_id != self.user.municipality_id:
            raise ValidationError(
                {"municipality": _("Kies uw eigen gemeente: %s.") % self.user.municipality_id}
            )

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
                keys = set(public_rows(self._meta.model).values_list("pk", flat=True))
                former = {slug: key for slug, key in former_addresses(self._meta.model) if key in keys}
                rows = former | rows
            self._taken[field.name] = rows
        return self._taken[field.name]

    def import_data(self, dataset, **kwargs):
        """All rows are written together; one by one when the database refuses any, to find out which."""
        # Who wants errors raised wants to know of which row.
        self._meta.use_bulk = self._can_wait() and not kwargs.get("raise_errors")
        result = super().import_data(dataset, **kwargs)
        if self._meta.use_bulk and any(isinstance(one.error, IntegrityError) for one in result.base_errors):
            self._meta.use_bulk = False
            result = super().import_data(dataset, **kwargs)
        return result

    def _can_wait(self):
        """Whether no row has to be there for what comes after it."""
        keys = [getattr(field.widget, "key", field.widget) for field in self.fields.values()]
        pointed_at = {key.model for key in keys if isinstance(key, widgets.Key)}
        sets = any(isinstance(field.widget, widgets.Keys) for field in self.fields.values())
        return not sets and self._meta.model not in pointed_at

    def do_instance_save(self, instance, is_create):
        """The database keeps its promises; only when one is broken is each put into words, which costs more
        than all the rest of a row."""
        try:
            with transaction.atomic():
                super().do_instance_save(instance, is_create)
        except IntegrityError:
            instance.validate_constraints()
            raise

    def bulk_create(self, using_transactions, dry_run, raise_errors, batch_size=None, result=None):
        """What waited, new or changed. A preview leaves out the history: it can break no promise of its own."""
        try:
            self._write_together(with_history=not dry_run)
        except Exception as refused:  # as the library does it: the answer is a message
            self.handle_import_error(result, refused, raise_errors)
        finally:
            self.create_instances.clear()
            self.update_instances.clear()

    def _write_together(self, *, with_history):
        new, changed, model = self.create_instances, self.update_instances, self._meta.model
        model.objects.bulk_create(new, batch_size=BATCH)
        if changed:
            self._update(changed)
        if with_history:
            model.history.bulk_history_create(new, batch_size=BATCH)
            model.history.bulk_history_create(changed, batch_size=BATCH, update=True)

    def _update(self, changed):
        """As ``bulk_update``, which costs more than to save the rows one by one."""
        columns = {field.column_name: field.attribute for field in self.fields.values()}
        names = {columns[name] for instance in changed for name in instance.changed_columns}
        for instance in changed:
            # As save() does; here it is known already what changed.
            if hasattr(instance, "shows") and instance.shows(
                {columns[name] for name in instance.changed_columns}
            ):
                instance.changed_at = timezone.now()
        of_model = self._meta.model._meta
        fields = [
            field
            for field in of_model.concrete_fields
            if field.name in {*names, *self.derived, "changed_at"} or isinstance(field, KeyField)
        ]
        quote = connection.ops.quote_name
        values = ", ".join(f"{quote(field.column)} = %s" for field in fields)
        rows = [
            [
                *(field.get_db_prep_save(field.pre_save(instance, False), connection) for field in fields),
                instance.pk,
            ]
            for instance in changed
        ]
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {quote(of_model.db_table)} SET {values} WHERE {quote(of_model.pk.column)} = %s",  # noqa: S608 (names of columns)
                rows,
            )

    def before_save_instance(self, instance, row, **kwargs):
        instance.changed_columns = [name for name, _before, _after in self._changes]
        instance._change_reason = (kwargs.get("reason") or "")[:100] or None
        if kwargs.get("user"):
            instance._history_user = kwargs["user"]
        super().before_save_instance(instance, row, **kwargs)

    # In words

    def _model_field(self, field):
        return next((f for f in self._meta.model._meta.concrete_fields if f.name == field.attribute), None)

    def problems_of(self, error):
        """(column or "", message) for each thing that is wrong in a row."""
        columns = {field.attribute: field.column_name for field in self.fields.values()}
        for name, messages in error.message_dict.items():
            column_name = "" if name == NON_FIELD_ERRORS else columns.get(name, name)
            for message in messages:
                yield column_name, message

    def explanation(self):
        """(column, what goes in it, whether a new row needs it) for each column."""
        needed = {*self.needed_for_new(), *self.key_columns()}
        for field in self.fields.values():
            of_model = self._model_field(field)
            words = [str(of_model.verbose_name) if of_model else "", field.widget.explained()]
            if field.readonly:
                words.append(_("alleen om te lezen"))
            yield field.column_name, "; ".join(filter(None, words)), field.column_name in needed
