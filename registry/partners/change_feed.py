"""What changed since a moment, in an order that holds while people go on writing.

The promise: whoever takes every page of a traversal, puts each initiative in the place of what was known of
it, drops the removed ones, and later starts the next traversal at the moment that this one gives, ends equal
to a full download. Why it holds:

- Versions are given under a lock that lasts until the commit (see ContentStamp), so in the order of commits.
  What a reader cannot see yet gets a higher version than all that it can see: never one that it has passed.
- What changes while somebody pages moves to the end of the order, so it comes (again) on a later page. Twice
  is harmless; missed is not.
- A traversal goes on from the moment at which it started, read before its first row, and `since` is
  inclusive; moments never go back where versions go up. What changed during the traversal comes again.
"""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from registry.foundation.paging import decode, encode
from registry.models import ContentStamp, Trace

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Page:
    """Some traces in order. ``after`` asks for the next page; without it this was the last.

    ``moment``: when the traversal started, so where the next one starts (``since``).
    """

    traces: tuple[Trace, ...]
    after: str | None
    moment: datetime


def changes(*, size, since=None, after=None, with_removed=True, among=None):
    """One page of at most ``size`` traces: the first since a moment (inclusive), or the one ``after`` another.

    ``since`` is aware; without it everything comes. A traversal that will be followed by one since its moment
    may leave the removed ones out when it starts from nothing. ``among``: a queryset of initiatives to keep to.
    An initiative may be withdrawn between this page and the moment that its row is read: leave it out, its
    trace comes again further on.
    Raises ValueError, with a Dutch text for the partner, when ``after`` is not one of ours.
    """
    traces = Trace.objects.order_by("version", "public_id")
    if not with_removed:
        traces = traces.filter(is_removed=False)
    if among is not None:
        traces = traces.filter(initiative__in=among.order_by().values("pk"))
    page_of_traces = []
    if after is not None:
        version, public_id, moment = read_cursor(after)
        # What was brought in at once has one version. Asked apart, as SQLite would read all of it for each page.
        page_of_traces += traces.filter(version=version, public_id__gt=public_id)[: size + 1]
        traces = traces.filter(version__gt=version)
    else:
        # Where nothing was counted yet, everything is still to come.
        moment = ContentStamp.objects.values_list("changed_at", flat=True).first() or EPOCH
        if since is not None:
            # By version from here on: one index gives both the rows and their order.
            first = Trace.objects.filter(changed_at__gte=since).order_by("changed_at", "version")
            version = first.values_list("version", flat=True).first()
            traces = traces.none() if version is None else traces.filter(version__gte=version)
    page_of_traces += traces[: size + 1 - len(page_of_traces)]
    page = tuple(page_of_traces[:size])
    return Page(page, cursor_after(page[-1], moment) if len(page_of_traces) > size else None, moment)


def changed_since(moment):
    """How many initiatives changed or went since a moment (inclusive)."""
    return Trace.objects.filter(changed_at__gte=moment).count()


def cursor_after(trace, moment):
    """What asks for the page that begins after ``trace``, in a traversal that started at ``moment``."""
    return encode(f"{trace.version}.{trace.public_id.hex}.{(moment - EPOCH) // timedelta(microseconds=1)}")


def read_cursor(token):
    """(version, public_id, moment) of the trace to go on behind; ValueError as in ``changes``."""
    try:
        version, public_id, micros = decode(token).split(".")
        version, moment = int(version), EPOCH + timedelta(microseconds=int(micros))
        public_id = uuid.UUID(public_id)
        if not 0 <= version < 2**63:
            raise ValueError(version)
    except (ValueError, OverflowError):
        raise ValueError(
            _("Dit is geen cursor van ons. Neem over wat in de vorige pagina staat, of begin opnieuw zonder.")
        ) from None
    return version, public_id, moment
