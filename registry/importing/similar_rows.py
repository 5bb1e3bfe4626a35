"""Rows of a file that are probably something else that is there, or another row of the file."""

from django.utils.translation import gettext as _

from registry.moderation.duplicates import LIKELY, Index, Traits


def probable_duplicates(queryset, new):
    """A sentence for each of ``new`` ((line, entry), unsaved or just written) that looks like another."""
    names = {field.name for field in queryset.model._meta.fields}
    if not new or not {"name", "website", "municipality"} <= names:
        return
    slugs = {entry.slug for _number, entry in new}
    there, here = Index(), Index()
    for slug, *values in queryset.values_list("slug", "name", "municipality_id", "website"):
        if slug not in slugs:
            there.add((values[0], slug), Traits.from_values(*values))
    for number, entry in new:
        traits = Traits.from_values(entry.name, entry.municipality_id, entry.website)
        if like := _likely(there.alike(traits)):
            yield _("regel %(number)d: ‘%(name)s’ lijkt op ‘%(like)s’, dat er al staat.") % {
                "number": number,
                "name": entry.name,
                "like": like[0],
            }
        # Rows of one file that differ by a letter ("Groep 1", "Groep 2") are meant so.
        if line := _likely(here.alike(traits, with_slips=False)):
            yield _("regel %(number)d: ‘%(name)s’ lijkt op regel %(line)d van dit bestand.") % {
                "number": number,
                "name": entry.name,
                "line": line,
            }
        here.add(number, traits)


def _likely(alike):
    """The key of the one that is most alike, if it is probably the same."""
    return alike[0][2] if alike and alike[0][0] >= LIKELY else None
