"""Rows of a file that are probably something else that is there, or another row of the file."""

from django.utils.translation import gettext as _

from registry.moderation.similarity import Known


def probable_duplicates(queryset, new):
    """A sentence for each of ``new`` ((line, entry), unsaved or just written) that looks like another."""
    names = {field.name for field in queryset.model._meta.fields}
    if not new or not {"name", "website", "municipality"} <= names:
        return
    slugs = {entry.slug for _number, entry in new}
    there = queryset.values_list("slug", "name", "municipality_id", "website")
    stored, here, lines = Known(row[1:] for row in there if row[0] not in slugs), Known([]), {}
    for number, entry in new:
        about = entry.name, entry.municipality_id, entry.website
        if like := stored.like(*about):
            yield _("regel %(number)d: ‘%(name)s’ lijkt op ‘%(like)s’, dat er al staat.") % {
                "number": number,
                "name": entry.name,
                "like": like,
            }
        if line := lines.get(here.same(*about)):
            yield _("regel %(number)d: ‘%(name)s’ lijkt op regel %(line)d van dit bestand.") % {
                "number": number,
                "name": entry.name,
                "line": line,
            }
        here.add(*about)
        lines.setdefault(entry.name, number)
