"""Follow a filter by e-mail: confirmed first, once a week at most, one tap to stop."""

from collections.abc import Callable
from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.mail import letters, troubles, unsubscribe, verification
from registry.mail.letters import address
from registry.models import Decision, Initiative, Proof, SavedSearch, Status
from registry.models.fields.mailbox import as_mailed

EVERY = timedelta(days=7)
MOST_ROWS = 25


@transaction.atomic
def follow(email: str, query: str, label: str, *, chosen: str = "") -> SavedSearch:
    """Ask whether this mailbox wants to follow. ``chosen``: the label without what was typed. The same answer for who already does: no leak."""
    search, _created = SavedSearch.objects.get_or_create(
        email=as_mailed(email), query=query, defaults={"label": label}
    )
    if search.confirmed_at is None:
        ask(search, chosen=chosen)
    return search


def ask(search: SavedSearch, *, chosen: str = "") -> Proof:
    """Mail a link that proves the mailbox; returns the proof."""
    proof, token, _code = verification.issue(Proof.Purpose.FOLLOW, search.email, subject=search.pk)
    letters.send(
        "volgen-bevestigen", proof.email, wat=chosen or _("uw filter"), adres=address("proof", token)
    )
    return proof


def find(proof: Proof) -> SavedSearch | None:
    """What the proof is about, or None when it was stopped since."""
    return SavedSearch.objects.filter(pk=proof.subject).first()


def confirm(proof: Proof) -> None:
    """The mailbox is proven. What was there already is not news."""
    SavedSearch.objects.filter(pk=proof.subject, confirmed_at__isnull=True).update(
        confirmed_at=timezone.now(), sent_on=timezone.localdate()
    )


def send_digests(results_of: Callable[[str], QuerySet[Initiative] | None], day: date | None = None) -> int:
    """Mail what was published since the last time, to who has not been mailed for a week; how many.

    A digest is about whole days, up to yesterday: what is published later on the day itself comes in the
    next. ``results_of(query)`` gives the published initiatives that a filter finds, or None when what it asks
    for is no more: who followed it is told that it ends.
    """
    day = day or timezone.localdate()
    waiting = SavedSearch.objects.filter(confirmed_at__isnull=False, sent_on__lte=day - EVERY)
    # Where it does not arrive it waits: once it does, what was missed is in it.
    waiting = waiting.exclude(email__in=troubles.dead())
    return sum(_send_digest(key, results_of, day) for key in waiting.values_list("pk", flat=True))


@transaction.atomic
def _send_digest(key: int, results_of: Callable[[str], QuerySet[Initiative] | None], day: date) -> bool:
    search = SavedSearch.objects.select_for_update().filter(pk=key, sent_on__lte=day - EVERY).first()
    if search is None:
        return False
    results = results_of(search.query)
    if results is None:
        letters.send("volgen-vervalt", search.email, wat=search.label, adres=address("initiative-list"))
        search.delete()
        return True
    new_entries = list(_new_in(results, search.sent_on, day))
    rows = [
        f"{initiative.name}\n{settings.SITE_URL}{initiative.get_absolute_url()}"
        for initiative in new_entries[:MOST_ROWS]
    ]
    if left := len(new_entries) - len(rows):
        more = ngettext("En nog %d ander initiatief.", "En nog %d andere initiatieven.", left) % left
        rows.append(f"{more} {_('Alles, met het nieuwste eerst:')}\n{_newest_first(search.query)}")
    SavedSearch.objects.filter(pk=key).update(sent_on=day)
    if not rows:
        return False
    letters.send(
        "nieuw-voor-u",
        search.email,
        wat=search.label,
        rijen="\n\n".join(rows),
        **unsubscribe.way_out("filter", search),
    )
    return True


def _new_in(results: QuerySet[Initiative], since: date | None, day: date) -> QuerySet[Initiative]:
    """What came on the site from ``since`` up to the day before ``day``: for the first time, or back after it was away
    on the eve of ``since`` and so in no digest."""
    # What keeps the status is a line in the log, not a step.
    steps = Decision.objects.filter(initiative=OuterRef("pk")).exclude(from_status=F("to_status"))
    came = steps.filter(to_status=Status.PUBLISHED, decided_at__date__gte=since, decided_at__date__lt=day)
    before = steps.filter(decided_at__date__lt=since).order_by("-decided_at", "-pk").values("to_status")[:1]
    results = results.filter(is_sample=False, published_at__date__lt=day).annotate(
        stood=Coalesce(Subquery(before), Value("")), came=Exists(came)
    )
    is_new = Q(published_at__date__gte=since) | Q(came=True) & ~Q(stood=Status.PUBLISHED)
    return results.filter(is_new).order_by("-published_at", "pk")


def _newest_first(query: str) -> str:
    return f"{address('initiative-list')}?{query}{'&' if query else ''}volgorde=nieuw"


unsubscribe.add(
    "filter",
    find=lambda key: SavedSearch.objects.filter(pk=key).first(),
    what=lambda search: _("wat er nieuw is bij: %s") % search.label,
    stop=lambda search: search.delete(),
)
