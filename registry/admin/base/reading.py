"""What a decision is about, in words: the content of an entry, and what changed of it since it was read."""

from django.db.models import prefetch_related_objects
from django.utils.text import capfirst

from registry.admin.base.differences import readable_value
from registry.moderation.versions import ROWS, since, versions_of


def read_now(entries, *, hidden=()):
    """(entry, version, content) of each, in the same number of queries for any number of them. The version is looked
    up first: what changes in between makes it too old, never too new."""
    entries = list(entries)
    if not entries:
        return []
    model, versions = type(entries[0]), versions_of(entries)
    keys = [entry.pk for entry in entries]
    pointers = [field.name for field in _fields(model, hidden) if field.is_relation]
    fresh = model.objects.select_related(*pointers).in_bulk(keys)
    entries = [fresh[key] for key in keys if key in fresh]
    prefetch_related_objects(entries, *_lookups(model))
    return [(entry, versions[entry.pk], content(entry, hidden)) for entry in entries]


def content(entry, hidden=()):
    """(label, words) for all that stands in it."""
    model = type(entry)
    lines = [
        (capfirst(field.verbose_name), readable_value(field, entry))
        for field in _fields(model, hidden)
        if getattr(entry, field.attname) not in (None, "")
    ]
    for field in model._meta.many_to_many:
        if rows := [str(row) for row in getattr(entry, field.name).all()]:
            lines.append((capfirst(field.verbose_name), "\n".join(sorted(rows))))
    for name in ROWS[model]:
        if rows := list(getattr(entry, name).all()):
            lines.append((_label_of(model, name), _in_lines(rows)))
    return lines


def changes_since(entry, read, *, hidden=()):
    """(label, was, now) for what is no longer as it was read."""
    changes = []
    for change in since(entry, read):
        field = change.field
        if field.name in hidden:
            continue
        if not change.is_rows:
            changes.append(
                (
                    capfirst(field.verbose_name),
                    readable_value(field, change.was),
                    readable_value(field, change.now),
                )
            )
        elif field.many_to_many:
            changes.append((capfirst(field.verbose_name), "\n".join(change.was), "\n".join(change.now)))
        else:
            changes.append((_label_of(type(entry), field.name), _in_lines(change.was), _in_lines(change.now)))
    return changes


def _fields(model, hidden):
    return [
        field
        for field in model._meta.concrete_fields
        if field.editable and not field.primary_key and field.name not in hidden
    ]


def _lookups(model):
    for name in ROWS[model]:
        rows = model._meta.get_field(name).related_model
        yield name
        # By the manager of what they point at: a bottleneck is called by its wording.
        pointers = [field.name for field in rows._meta.concrete_fields if field.is_relation]
        yield from (f"{name}__{pointer}" for pointer in pointers if pointer != "initiative")
    yield from (field.name for field in model._meta.many_to_many)


def _label_of(model, name):
    return capfirst(model._meta.get_field(name).related_model._meta.verbose_name_plural)


def _in_lines(rows):
    return "\n".join(map(_in_words, rows))


def _in_words(row):
    """A row, or the record of one, without the page that it stands on."""
    model = getattr(row, "instance_type", None) or type(row)
    words = [
        readable_value(field, row)
        for field in model._meta.concrete_fields
        if field.editable and field.name not in ("id", "initiative")
        if getattr(row, field.attname) not in (None, "", False)
    ]
    return " · ".join(words)
