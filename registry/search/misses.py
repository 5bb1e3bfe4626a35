"""Counts searches without a result; a count is deleted when the words find something."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from registry.foundation.text import fold
from registry.models import SearchMiss
from registry.search.query import search
from registry.search.understanding import understand

LENGTH = 60
ROWS = 2000


def _miss(query):
    return understand(query).words[:LENGTH].strip()


def forget_miss(query):
    """The words find something now: nobody has to look after them any more."""
    # Asked first: a search writes nothing unless there is something to write.
    missed = SearchMiss.objects.filter(words=_miss(query))
    if missed.exists():
        missed.delete()


def forget_found():
    """Forget all words that were looked for in vain and find something now; how many."""
    no_misses = [miss.pk for miss in SearchMiss.objects.all() if _is_found(miss.words)]
    SearchMiss.objects.filter(pk__in=no_misses).delete()
    return len(no_misses)


def _is_found(words):
    return any(group.whole for group in search(words).groups)


def record_miss(query):
    """Count a query that found nothing: the words only, and not when they may be about a person."""
    words = _miss(query)
    if not words or "@" in query or sum(char.isdigit() for char in fold(query)) >= 4:
        return
    today = timezone.localdate()

    def count_again():
        return SearchMiss.objects.filter(words=words).update(count=F("count") + 1, last_on=today)

    if count_again() or SearchMiss.objects.count() >= ROWS:
        return
    try:
        with transaction.atomic():
            SearchMiss.objects.create(words=words, count=1, last_on=today)
    except IntegrityError:
        # Someone else looked for it just now.
        count_again()
