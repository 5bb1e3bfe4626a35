"""The publication life of an entry: the only code that writes a status.

Form, admin action, import and API all end here. Every step leaves a Decision: who, when, why.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.models import Decision, Initiative, ProposedChange, Status

TRANSITIONS = {
    # Staff may publish their own entry at once; what a visitor sends in goes by way of "ingediend".
    Status.DRAFT: {Status.SUBMITTED, Status.PUBLISHED, Status.WITHDRAWN},
    Status.SUBMITTED: {Status.NEEDS_MORE, Status.PUBLISHED, Status.REJECTED, Status.WITHDRAWN, Status.MERGED},
    Status.NEEDS_MORE: {Status.SUBMITTED, Status.PUBLISHED, Status.REJECTED, Status.WITHDRAWN, Status.MERGED},
    Status.PUBLISHED: {Status.WITHDRAWN, Status.MERGED},
    Status.REJECTED: {Status.SUBMITTED},
    Status.WITHDRAWN: {Status.SUBMITTED, Status.PUBLISHED},
    Status.MERGED: set(),
}
NEEDS_REASON = {Status.NEEDS_MORE, Status.REJECTED, Status.WITHDRAWN}


class NotAllowed(Exception):
    """The step cannot be taken; the text says in Dutch why, for the person who tried."""


def decide(entry, to, *, by, reason="", seen=None, merged_into=None):
    """Move ``entry`` (an initiative or a case) to status ``to`` and log who, when and why.

    ``seen`` is the status that the person saw when deciding: when a colleague was first, nothing
    changes. Raises NotAllowed with a Dutch explanation; ``entry`` is brought up to date otherwise.
    """
    with transaction.atomic():
        # In one order, so that two who merge the same two at once wait for each other.
        pair = [entry.pk, merged_into.pk] if merged_into else [entry.pk]
        locked = type(entry).objects.select_for_update().order_by("pk").in_bulk(pair)
        current = locked[entry.pk]
        was, to = Status(current.status), Status(to)
        if seen is not None and was != seen:
            raise NotAllowed(
                _("Een collega was u voor: de status is nu ‘%(status)s’. Er is niets veranderd.")
                % {"status": was.label}
            )
        if to not in TRANSITIONS[was]:
            raise NotAllowed(_("Van ‘%(was)s’ naar ‘%(to)s’ kan niet.") % {"was": was.label, "to": to.label})
        if to in NEEDS_REASON and not reason.strip():
            raise NotAllowed(_("Schrijf een reden op bij ‘%(to)s’.") % {"to": to.label})
        if merged_into and (merged_into.pk == entry.pk or locked[merged_into.pk].status == Status.MERGED):
            raise NotAllowed(_("‘%(name)s’ is zelf samengevoegd. Kies een ander.") % {"name": merged_into})
        current.status = to
        if isinstance(current, Initiative):
            current.merged_into = merged_into
            if to == Status.PUBLISHED and current.published_at is None:
                current.published_at = timezone.now()
        current._history_user = by
        current._change_reason = reason.strip()[:100] or str(to.label)
        current.save()
        Decision.objects.create(
            **{current._meta.model_name: current},
            from_status=was,
            to_status=to,
            reason=reason.strip(),
            by=by,
        )
    entry.refresh_from_db()
    return entry


def submit(initiative, *, by):
    """The maker says that it is ready for staff: the first time, or after they asked for more."""
    return decide(initiative, Status.SUBMITTED, by=by)


@transaction.atomic
def merge(duplicate, into, *, by, reason="", seen=None):
    """Make one of two: ``into`` keeps its own text and takes links, mentions, owners and the rest.

    The old address leads to the new one. What both have stays as ``into`` has it, but mentions at the
    same event are added up. Raises NotAllowed when the two cannot be merged.
    """
    if duplicate.pk == into.pk:
        raise NotAllowed(_("Kies twee verschillende initiatieven."))
    both = Initiative.objects.select_for_update().filter(pk__in=[duplicate.pk, into.pk]).order_by("pk")
    locked = {entry.pk: entry for entry in both}
    duplicate, into = locked[duplicate.pk], locked[into.pk]
    if into.status == Status.MERGED:
        raise NotAllowed(_("Het tweede initiatief is zelf al samengevoegd."))
    if duplicate.status == Status.PUBLISHED and into.status != Status.PUBLISHED:
        raise NotAllowed(_("Houd het initiatief dat op de site staat: het andere heeft nog geen pagina."))
    decide(duplicate, Status.MERGED, by=by, reason=reason, seen=seen, merged_into=into)
    Initiative.objects.filter(merged_into=duplicate).update(merged_into=into)
    _move(duplicate.links, into, lambda link: (link.bottleneck_id, link.role))
    _move(duplicate.ownerships, into, lambda ownership: ownership.user_id)
    _move(duplicate.external_ids, into, lambda external: external.scheme)
    counts = {mention.event: mention for mention in into.mentions.all()}
    for mention in duplicate.mentions.all():
        if kept := counts.get(mention.event):
            kept.count += mention.count
            kept.save()
            mention.delete()
    _move(duplicate.mentions, into, lambda mention: mention.event)
    for related in (duplicate.exchanges, duplicate.cases):
        for row in related.all():
            row.initiative = into
            row.save()
    duplicate.notices.update(initiative=into)
    _close_proposals(duplicate, by)
    if duplicate.name not in (into.name, *into.aliases):
        into.other_names = "\n".join([*into.aliases, duplicate.name])
        into._history_user = by
        into._change_reason = str(_("Samengevoegd"))
        into.save()
    return into


def _close_proposals(duplicate, by):
    """Nobody has to decide about a page that is no more."""
    waiting = duplicate.proposals.open()
    ProposedChange.objects.filter(proposal__in=waiting, outcome=ProposedChange.Outcome.OPEN).update(
        outcome=ProposedChange.Outcome.SUPERSEDED
    )
    waiting.update(decided_at=timezone.now(), decided_by=by, reason=_("Samengevoegd"))


def _move(related, into, key):
    """Give the rows to ``into``, save those of which it has an equal; row by row, so that history sees it."""
    held = {key(row) for row in getattr(into, related.field.remote_field.related_name).all()}
    for row in related.all():
        if key(row) not in held:
            row.initiative = into
            row.save()
