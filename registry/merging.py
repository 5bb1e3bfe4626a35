"""Make one of two entries: what hangs on the one goes to the other, and the owners of both hear of it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.locking import lock, lock_rows
from registry.mail import letters
from registry.models import Case, Exchange, ExternalId, Initiative, Link, Mention, ProposedChange, Status
from registry.moderation import NotAllowed, decide
from registry.registration import active_owners, address


@transaction.atomic
def merge(duplicate, into, *, by, reason="", seen=None, check=None):
    """Make one of two: ``into`` keeps its own text and takes links, mentions, owners and the rest.

    The old address leads to the new one. What both have stays as ``into`` has it, but mentions at the
    same event are added up. Raises NotAllowed when the two cannot be merged.
    """
    if duplicate.pk == into.pk:
        raise NotAllowed(_("Kies twee verschillende initiatieven."))
    locked = lock(duplicate.pk, into.pk)
    duplicate, into = locked[duplicate.pk], locked[into.pk]
    for related in (Link, Exchange, Mention, ExternalId, Case):
        lock_rows(related.objects.filter(initiative__in=locked))
    if into.status == Status.MERGED:
        raise NotAllowed(_("Het tweede initiatief is zelf al samengevoegd."))
    if duplicate.status == Status.PUBLISHED and into.status != Status.PUBLISHED:
        raise NotAllowed(_("Houd het initiatief dat op de site staat: het andere heeft nog geen pagina."))
    if check:
        check(into)
    decide(duplicate, Status.MERGED, by=by, reason=reason, seen=seen, merged_into=into, check=check)
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
    _tell_owners(duplicate, into, reason)
    return into


def _tell_owners(duplicate, into, reason):
    """The owners of both: they keep one page together from now on."""
    for email in active_owners(into):
        letters.send(
            "samengevoegd",
            email,
            initiatief=into.name,
            ander=duplicate.name,
            reden=reason.strip(),
            adres=address("my-initiative", into.slug),
        )


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
