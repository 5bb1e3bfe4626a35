from copy import copy

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from import_export.declarative import ModelDeclarativeMetaclass
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource

from registry.foundation.spreadsheets import Unfit
from registry.models.fields.text import LineField
from registry.models.person import WHOLE_PROVINCE
from registry.moderation.locks import lock
from registry.resources.addresses import with_addresses
from registry.resources.declared import called_in, columns_of
from registry.resources.living import dead_because
from registry.resources.references import Reference, References
from registry.resources.unique import UniqueValues
from registry.resources.writing import WITHOUT_TRANSACTION, try_together, write_together

CHUNK = 5000
TELL_EVERY = 200  # rows


class OnlyDeclaredColumns(ModelDeclarativeMetaclass):
    """A column exists because the noun of the class declares it, in the order in which it does."""

    def __new__(cls, name, bases, attrs):
        if noun := attrs.get("noun"):
            attrs |= columns_of(noun, attrs.get("spelled", {}))
            attrs["called"] = called_in(noun)
        declared = [attribute for attribute, value in attrs.items() if isinstance(value, Field)]
        if declared:
            attrs["Meta"].fields = declared
        return super().__new__(cls, name, bases, attrs)


class KnownRows(BaseInstanceLoader):
    def get_instance(self, row):
        return self.resource.known.get(self.resource.own_key(row))


class RegistryResource(UniqueValues, ModelResource, metaclass=OnlyDeclaredColumns):
    """What every import and export of the register shares.

    A column that is not in the file leaves its field as it is; an empty cell empties it. With ``user``, what
    is out of reach is neither read, nor changed, nor pointed at, and personal columns are for who may change.
    """

    # What is told of it (registry/models/public), and how the cells of some columns are read.
    noun = None
    spelled = {}
    # What people call each column elsewhere, with commas.
    called = {}
    personal = ()
    # What the model works out of other columns.
    derived = ()
    # What the address of a new row is made of, when the file has none.
    named_after = None
    # The row of which each of ours is a part.
    part_of = None
    # Whether what is there is kept from changing until all of a file is in.
    is_locking = False
    # Is told now and then how many rows were done.
    progress = None

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
        self._looked_for = None
        if user and not user.has_perm(f"registry.change_{self._meta.model._meta.model_name}"):
            for name in self.personal:
                del self.fields[name]
        for field in self.fields.values():
            getattr(field.widget, "key", field.widget).user = user
            field.widget.one_line = isinstance(self._model_field(field), LineField)

    def get_queryset(self):
        rows = super().get_queryset()
        return rows.visible_to(self.user) if self.user and hasattr(rows, "visible_to") else rows

    def iter_queryset(self, queryset):
        # Pages by number, as the library does it, cost more the further on.
        return queryset.iterator(chunk_size=self.get_chunk_size())

    def filter_export(self, queryset, **kwargs):
        return self._with_what_it_points_at(queryset)

    def _with_what_it_points_at(self, queryset):
        pointers = [field for field in self.fields.values() if isinstance(field.widget, Reference)]
        sets = [field for field in self.fields.values() if isinstance(field.widget, References)]
        return queryset.select_related(*(field.attribute for field in pointers)).prefetch_related(
            *(field.attribute for field in sets)
        )

    def _key_fields(self):
        return [self.fields[name] for name in self.get_import_id_fields()]

    def key_of(self, row):
        """What tells a row from all others."""
        return tuple(field.widget.canonical(row.get(field.column_name)) for field in self._key_fields())

    def own_key(self, row):
        """The key of the row that is there; of one that is not, by what its parts were merged into."""
        key = self.key_of(row)
        return key if key in self.known else self._surviving_key(row)

    def _surviving_key(self, row):
        return tuple(
            getattr(field.widget, "surviving", field.widget.canonical)(row.get(field.column_name))
            for field in self._key_fields()
        )

    def key_columns(self):
        """The columns without which no row is known; an address can be made."""
        return [] if self.named_after else [field.column_name for field in self._key_fields()]

    def find_known(self, rows):
        """All rows of the table that the file names, in one query for each 5,000."""
        self._looked_for = rows
        first = self._key_fields()[0]
        path = (
            f"{first.attribute}__{first.widget.field}"
            if isinstance(first.widget, Reference)
            else first.attribute
        )
        firsts = sorted({key[0] for row in rows for key in (self.key_of(row), self._surviving_key(row))})
        queryset = self._with_what_it_points_at(self.get_queryset())
        chunks = [
            queryset.filter(**{f"{path}__in": firsts[at : at + CHUNK]}) for at in range(0, len(firsts), CHUNK)
        ]
        if "" in firsts:
            chunks.append(queryset.filter(**{f"{path}__isnull": True}))
        if self.is_locking:
            self._hold(chunks)
        fields = self._key_fields()
        self.known = {
            tuple(field.widget.canonical(field.export(instance)) for field in fields): instance
            for chunk in chunks
            for instance in chunk
        }

    def _hold(self, chunks):
        """Before anything is written, and the lowest key first (registry/moderation/locks.py)."""
        keys = sorted({key for chunk in chunks for key in chunk.order_by().values_list("pk", flat=True)})
        lock(*self.initiatives_of(keys))
        rows = self._meta.model._base_manager.order_by("pk").select_for_update(no_key=True, of=("self",))
        for at in range(0, len(keys), CHUNK):
            list(rows.filter(pk__in=keys[at : at + CHUNK]).values_list("pk"))

    def initiatives_of(self, keys):
        """Of the rows with these keys: those that they stand on, or that change with them."""
        rows = self._meta.model._base_manager.filter(pk__in=keys)
        return rows.values_list(self.part_of, flat=True) if self.part_of else []

    # Coming in

    def completed(self, table):
        """With an address for each row that has none."""
        return with_addresses(self, table) if self.named_after else table

    def get_import_fields(self):
        """Those that the file has; asked for before there is a file, all."""
        return super().get_import_fields() if self._in_file is None else self._in_file

    def needed_for_new(self):
        """The columns without which a new row cannot be."""
        key_fields = self._key_fields() if self.named_after else []
        return [
            field.column_name
            for field in self.fields.values()
            if (of_model := self._model_field(field)) and not of_model.blank and not of_model.has_default()
            if field not in key_fields
        ]

    def before_import(self, dataset, **kwargs):
        present = set(dataset.headers or ())
        self._in_file = [field for field in super().get_import_fields() if field.column_name in present]
        if self._looked_for is None:
            self.find_known(dataset.dict)
        self._taken, self._done = {}, 0
        super().before_import(dataset, **kwargs)

    def after_init_instance(self, instance, new, row, **kwargs):
        self._is_new = new
        self._was_in = getattr(instance, "municipality_id", None)
        fields = [] if new else self.get_import_fields()
        self._before = {field.column_name: field.export(instance) for field in fields}
        self._touched, self._notes = set(), []
        self._died = "" if new else dead_because(instance)
        self._waits = not new and self.waits_for_owners(instance, kwargs.get("user"))
        if new:
            self._in_own_municipality(instance)

    def _in_own_municipality(self, instance):
        if self.user and not self.user.has_perm(WHOLE_PROVINCE) and hasattr(instance, "municipality_id"):
            instance.municipality = self.user.municipality

    def waits_for_owners(self, instance, user):
        """Whether what is there changes only with the yes of somebody else."""
        return False

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        """A cell that says what is there already is not looked up or judged: what goes out comes back, also
        what this person could not have chosen."""
        before = self._before.get(field.column_name, "" if is_m2m else None)
        if before is not None and field.widget.canonical(before) == field.widget.canonical(
            row[field.column_name]
        ):
            return
        cell = row[field.column_name]
        if isinstance(cell, Unfit):
            raise ValueError(cell.reason)
        self._touched.add(field)
        if not field.readonly and not is_m2m and (note := field.widget.note(cell)):
            self._notes.append((field.column_name, note))
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def import_instance(self, instance, row, **kwargs):
        """A set is written after its row, but judged with it."""
        errors = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as wrong:
            errors = wrong.update_error_dict(errors)
        for field in self.get_import_fields():
            cell = row[field.column_name]
            if not isinstance(field.widget, References) or field.widget.canonical(
                cell
            ) == field.widget.canonical(self._before.get(field.column_name, "")):
                continue
            try:
                if isinstance(cell, Unfit):
                    raise ValueError(cell.reason)
                field.widget.clean(cell)
            except ValueError as wrong:
                errors[field.attribute] = ValidationError(str(wrong), code="invalid")
            else:
                if note := field.widget.note(cell):
                    self._notes.append((field.column_name, note))
        if errors:
            raise ValidationError(errors)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        self._changes = tuple(self._differences(instance, row))
        return not (self._is_new or self._changes or import_validation_errors)

    def _differences(self, instance, row):
        for field in self.get_import_fields():
            before = self._before.get(field.column_name, "")
            if isinstance(field.widget, References):  # these are written after this
                after = field.widget.surviving(row[field.column_name])
                before = field.widget.surviving(before) if before else before
            elif field in self._touched:
                after = field.export(instance)
            else:
                continue
            if before != after and not field.readonly:
                yield field.column_name, before, after

    def after_import_row(self, row, row_result, **kwargs):
        row_result.changes, row_result.notes = self._changes, self._notes
        row_result.waits = self._waits and bool(self._changes)
        self._done += 1
        if self.progress and self._done % TELL_EVERY == 0:
            self.progress(self._done)

    def save_instance(self, instance, is_create, row, **kwargs):
        if not self._waits:
            super().save_instance(instance, is_create, row, **kwargs)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        """As Django does, with fewer questions to the database: what a column points at was looked up just
        now, and values that must be unique are asked for once."""
        errors = dict(import_validation_errors or {})
        for check in (self._check_fields, self._check_unique, self._check_reach, self._check_alive):
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

    def _check_alive(self, instance, errors):
        """Nothing is written where nobody would see it."""
        if not self._changes:
            return
        whole = getattr(instance, self.part_of, None) if self.part_of else None
        why = dead_because(whole) if whole else self._died and dead_because(instance)
        if why and self.part_of not in errors:
            raise ValidationError({NON_FIELD_ERRORS: why})

    def import_data(self, dataset, **kwargs):
        """All rows are written together; one by one when the database refuses any, to find out which."""
        # Who wants errors raised wants to know of which row.
        self._meta.use_bulk = self._can_wait() and not kwargs.get("raise_errors")
        if self._meta.use_bulk and kwargs.get("dry_run"):
            # Past the library, which would hold a transaction, and so all who write, from the first row to the last.
            result = self.import_data_inner(dataset, **kwargs | WITHOUT_TRANSACTION)
        else:
            result = super().import_data(dataset, **kwargs)
        if self._meta.use_bulk and any(
            isinstance(error.error, IntegrityError) for error in result.base_errors
        ):
            self._meta.use_bulk = False
            result = super().import_data(dataset, **kwargs)
        return result

    def _can_wait(self):
        """Whether no row has to be there for what comes after it."""
        keys = [getattr(field.widget, "key", field.widget) for field in self.fields.values()]
        pointed_at = {key.model for key in keys if isinstance(key, Reference)}
        sets = any(isinstance(field.widget, References) for field in self.fields.values())
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
        """What waited, new or changed."""
        try:
            (try_together if dry_run else write_together)(self)
        except Exception as refused:  # noqa: BLE001  as the library does it: the answer is a message
            self.handle_import_error(result, refused, raise_errors)
        finally:
            self.create_instances.clear()
            self.update_instances.clear()

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
            words += [_("alleen om te lezen")] if field.readonly else []
            yield field.column_name, "; ".join(filter(None, words)), field.column_name in needed
