"""The one order in which acts hold rows: initiatives first, by key; then what hangs on them.

Who wrote public content holds the content stamp until the commit (models/stamp.py). From then on nothing may be waited
for that another can hold who still has to write: so an act locks before it writes.
"""

from registry.models import Initiative


def lock(*keys):
    """{key: initiative} as they are now, held until the commit. ``None`` is left out."""
    # Not the key: who only points at the row does not wait.
    rows = Initiative.objects.select_for_update(no_key=True).order_by("pk")
    return {row.pk: row for row in rows.filter(pk__in={key for key in keys if key is not None})}


def lock_one(key):
    """The initiative as it is now; Initiative.DoesNotExist when it is gone."""
    found = lock(key)
    if key not in found:
        raise Initiative.DoesNotExist
    return found[key]


def lock_kept_by(user):
    """All that this person keeps; inside a transaction."""
    lock(*user.ownerships.values_list("initiative", flat=True))


def lock_rows(queryset):
    """The keys of these rows, each held, the lowest first; what they stand on is held before them."""
    return list(queryset.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
