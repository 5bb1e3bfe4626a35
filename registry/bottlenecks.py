"""What happens when a bottleneck becomes one with another: what hangs on it goes along, and the old code leads on.

Form and import both end here. The survey keeps what was measured under the code that was asked.
"""

from urllib.parse import urlencode

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from registry.locking import lock
from registry.models import Bottleneck, Decision, Initiative, Interaction, Link, SavedSearch


def lock_linked(codes):
    """Hold the initiatives that these bottlenecks are or were linked to: before a bottleneck is written."""
    linked = Link.objects.filter(bottleneck__in=codes).values_list("initiative", flat=True)
    before = Link.history.filter(bottleneck__in=codes).values_list("initiative", flat=True)
    lock(*linked, *before)


@transaction.atomic
def lead_on(bottleneck, *, by=None):
    """Give what hangs on a bottleneck that was merged to the one that it was merged into at last; how many links moved.

    What both have stays once. Does nothing for a bottleneck that is not merged, and nothing a second time.
    """
    kept = bottleneck.survivor
    lock_linked([bottleneck.pk])
    if kept == bottleneck or kept.status == Bottleneck.Status.MERGED:
        return 0
    moved = _move_links(bottleneck, kept, by)
    for entry in (*bottleneck.cases.all(), *bottleneck.findings.all()):
        entry.bottlenecks.remove(bottleneck)
        entry.bottlenecks.add(kept)
    _move_interactions(bottleneck, kept, by)
    _move_followers(bottleneck, kept)
    return moved


@transaction.atomic
def take_back(bottleneck, *, by=None):
    """A merged bottleneck stands by itself again: the links that went along come back; how many."""
    lock_linked([bottleneck.pk])
    moved = Link.history.filter(history_change_reason__startswith=_mark(bottleneck.code))
    back = 0
    for record in moved.order_by("history_date", "history_id"):
        link = Link.objects.filter(pk=record.id).first()
        if record.history_type == "~" and link and link.bottleneck_id == record.bottleneck_id:
            link.bottleneck = bottleneck
        elif record.history_type == "-" and link is None:
            link = record.instance
            link._state.adding = True
        else:
            continue
        equal = Link.objects.filter(
            initiative=link.initiative_id, bottleneck=bottleneck, role=link.role
        ).exclude(pk=link.pk)
        if equal.exists() or not Initiative.objects.filter(pk=link.initiative_id).exists():
            continue
        _save(link, by, _("%s staat weer op zichzelf") % bottleneck.code)
        back += 1
    return back


def _mark(code, kept=""):
    return f"{code} → {kept}"


def _move_links(bottleneck, kept, by):
    why, moved = _mark(bottleneck.code, kept.code), 0
    held = set(kept.links.values_list("initiative", "role"))
    for link in bottleneck.links.select_related("initiative").order_by("initiative", "role"):
        if (link.initiative_id, link.role) in held:
            link._history_user, link._change_reason = by, why
            link.delete()
        else:
            link.bottleneck = kept
            _save(link, by, why)
            moved += 1
        _log(link, bottleneck, kept, by)
    return moved


def _log(link, bottleneck, kept, by):
    Decision.objects.create(
        initiative=link.initiative,
        from_status=link.initiative.status,
        to_status=link.initiative.status,
        reason=_(
            "Knelpunt %(old)s is samengevoegd met %(new)s: de koppeling (%(role)s) staat nu bij %(new)s."
        )
        % {"old": bottleneck.code, "new": kept.code, "role": link.get_role_display().lower()},
        by=by,
    )


def _save(row, by, why):
    row._history_user, row._change_reason = by, why
    row.save()


def _move_interactions(bottleneck, kept, by):
    """One that would go from the bottleneck to itself, or stands there already, goes."""
    why = _mark(bottleneck.code, kept.code)
    for interaction in Interaction.objects.filter(from_bottleneck=bottleneck) | Interaction.objects.filter(
        to_bottleneck=bottleneck
    ):
        for end in ("from_bottleneck", "to_bottleneck"):
            if getattr(interaction, f"{end}_id") == bottleneck.pk:
                setattr(interaction, end, kept)
        is_circle = interaction.from_bottleneck_id == interaction.to_bottleneck_id
        ends = ("from_level", "from_bottleneck", "to_level", "to_bottleneck")
        equal = Interaction.objects.filter(**{end: getattr(interaction, end) for end in ends})
        if is_circle or equal.exclude(pk=interaction.pk).exists():
            interaction._history_user, interaction._change_reason = by, why
            interaction.delete()
        else:
            _save(interaction, by, why)


def _move_followers(bottleneck, kept):
    """Who follows the old code follows the new; who follows both, once."""
    for search in SavedSearch.objects.filter(query__contains=bottleneck.code).order_by("pk"):
        query = _leading_on(search.query, bottleneck.code, kept.code)
        if query == search.query:
            continue
        others = SavedSearch.objects.filter(email=search.email, query=query).exclude(pk=search.pk)
        if others.exclude(confirmed_at=None).exists() or len(query) > SavedSearch.MAX_QUERY:
            search.delete()
            continue
        others.delete()
        label = search.label.replace(str(bottleneck), str(kept))[:200]
        SavedSearch.objects.filter(pk=search.pk).update(query=query, label=label)


def _leading_on(query, code, kept):
    """The same query string, in the order in which a filter writes it, with the one code in the place of the other."""
    asked = QueryDict(query)
    if code not in asked.getlist("knelpunt"):
        return query
    pairs = []
    for name in sorted(asked):
        values = asked.getlist(name)
        if name == "knelpunt":
            values = sorted({kept if value == code else value for value in values})
        pairs += [(name, value) for value in values]
    return urlencode(pairs)
