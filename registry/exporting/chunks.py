"""Many published initiatives at once: read in chunks, so that memory stays flat however many there are.

Every file of all initiatives (CSV, GeoJSON, ndjson) is read through here: two queries for each chunk, by
ascending key, so that the last chunk costs what the first one did. A file that is sent while somebody
publishes may have the change or not; it never has half a row, or a row twice.
"""

from collections import defaultdict
from functools import cache

from registry.foundation.cache import Prepared
from registry.models import ContentStamp, Link
from registry.search.options import choices

CHUNK = 2_000


def chunks(queryset, columns, *, size=CHUNK):
    """Lists of rows as tuples: the key of the row, then ``columns`` (names or expressions)."""
    rows, last = queryset.order_by("pk").values_list("pk", *columns), 0
    while chunk := list(rows.filter(pk__gt=last)[:size]):
        yield chunk
        if len(chunk) < size:
            return
        last = chunk[-1][0]


@cache
def _links(columns):
    return Prepared(
        lambda keys: (
            Link.objects.filter(initiative__in=keys)
            .order_by()
            .values_list("initiative", "bottleneck", "role", *columns)
        )
    )


def public_links(keys, *columns):
    """The links that a visitor sees, by the key of their initiative: {3: [("R1", "ervaart"), …]}.

    ``keys`` are of published initiatives. Each link is its code, its role, and then ``columns``; in the
    order of the levels.
    """
    # What may be chosen in a filter is what has a page: to compare codes costs less than to join tables.
    order = {
        bottleneck.code: place for place, bottleneck in enumerate(choices(ContentStamp.current()).bottlenecks)
    }
    links_of = defaultdict(list)
    for row in _links(columns).rows(keys):
        if row[1] in order:
            links_of[row[0]].append(row[1:])
    for links in links_of.values():
        if len(links) > 1:
            links.sort(key=lambda link: (order[link[0]], link[1]))
    return links_of
