"""Many published initiatives at once: read in chunks, so that memory stays flat however many there are.

Every file of all initiatives (CSV, GeoJSON, ndjson) is read through here: two queries for each chunk, by
ascending key, so that the last chunk costs what the first one did. A file that is sent while somebody
publishes may have the change or not; it never has half a row, or a row twice.
"""

CHUNK = 2_000


def chunks(queryset, columns, *, size=CHUNK):
    """Lists of rows as tuples: the key of the row, then ``columns`` (names or expressions)."""
    rows, last = queryset.order_by("pk").values_list("pk", *columns), 0
    while chunk := list(rows.filter(pk__gt=last)[:size]):
        yield chunk
        if len(chunk) < size:
            return
        last = chunk[-1][0]
