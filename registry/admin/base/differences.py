"""How the history shows a value: as staff know it from the forms, in Dutch."""

import re
from difflib import SequenceMatcher

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from simple_history.models import DeletedObject
from simple_history.template_utils import HistoricalRecordContextHelper, ObjDiffDisplay


class Shortened(ObjDiffDisplay):
    def shortened_str(self, prefix, num_skipped_chars, suffix):
        return _("%(start)s[… %(count)d tekens …]%(end)s") % {
            "start": prefix,
            "count": num_skipped_chars,
            "end": suffix,
        }


class DutchDifferences(HistoricalRecordContextHelper):
    def prepare_delta_change_value(self, change, value):
        field = self.model._meta.get_field(change.field)
        if isinstance(field, models.ManyToManyField):
            value = super().prepare_delta_change_value(change, value)
            return ", ".join(sorted(map(str, value))) or _("leeg")
        return _readable(field, value)

    def get_obj_diff_display(self):
        return Shortened(max_length=self.max_displayed_delta_change_chars)


def readable_value(field, record):
    """The value of ``field`` in an old version, readable."""
    try:
        return _readable(field, getattr(record, field.name))
    except ObjectDoesNotExist:
        return _("verwijderd (%s)") % getattr(record, field.attname)


def _readable(field, value):
    if value is None or value == "":
        return _("leeg")
    if isinstance(value, DeletedObject):
        # Also how simple_history says that there was nothing.
        return _("leeg") if value.pk is None else _("verwijderd (%s)") % value.pk
    if isinstance(value, bool):
        return _("ja") if value else _("nee")
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.DateTimeField):
        return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(field, models.DateField):
        return date_format(value, "SHORT_DATE_FORMAT")
    return str(value)


LONGEST = 20_000  # of what is compared word by word
_WORD = re.compile(r"\s*(?:\{\{[^{}\n]*\}\}|\S+)")  # a blank of a letter is one word


def compared(old, new):
    """The words of two texts, in order, as (kind, words): "same", "gone" or "new"."""
    if max(len(old), len(new)) > LONGEST:
        return [("gone", old), ("new", new)]
    was, now = (_WORD.findall(text) for text in (old, new))
    parts = []
    for _tag, was_from, was_to, now_from, now_to in SequenceMatcher(None, was, now).get_opcodes():
        gone, new_words = "".join(was[was_from:was_to]), "".join(now[now_from:now_to])
        parts += [("same", gone)] if gone == new_words else [("gone", gone), ("new", new_words)]
    return [(kind, words) for kind, words in parts if words]


def shortened(parts, around=60):
    """The same with no more of what stayed than stands beside what did not."""
    for number, (kind, words) in enumerate(parts):
        if kind == "same" and len(words) > 2 * around:
            before = words[:around].rsplit(None, 1)[0] if number else ""
            after = words[-around:].split(None, 1)[-1] if number + 1 < len(parts) else ""
            words = f"{before} … {after}"
        yield kind, words
