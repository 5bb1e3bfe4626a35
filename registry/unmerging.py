"""Take a merge back: two pages again, each with what it had, and what came since stays where it is."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.locking import lock_all, lock_rows
from registry.mail import budget, letters
from registry.mail.letters import address
from registry.merging import ROWS, UNIQUE, give
from registry.models import Initiative, Introduction, Merge, Status
from registry.moderation import NotAllowed, unmerge
from registry.say import active_owners, hand_back


def merge_to_undo(initiative):
    """The merge that made this page a part of another, as long as it can be taken back; or None."""
    found = initiative.merges.open().select_related("into").first()
    return found if found and initiative.status == Status.MERGED else None


@transaction.atomic
def undo(initiative, *, by, reason):
    """Make the page that was merged one of its own again, as it stood; the owners of both hear of it.

    Raises NotAllowed after a month, and when the other was merged itself since.
    """
    record = merge_to_undo(initiative)
    if record is None:
        raise NotAllowed(_("Deze samenvoeging kan niet meer ongedaan worden gemaakt."))
    if not reason.strip():
        raise NotAllowed(_("Schrijf op waarom dit twee initiatieven zijn."))
    locked = lock_all(record.duplicate_id, record.into_id)
    for related in ROWS:
        lock_rows(related.objects.filter(initiative__in=locked))
    # As it is now: a colleague may have been first.
    record = Merge.objects.open().filter(pk=record.pk).first()
    duplicate, into = locked[initiative.pk], record and locked[record.into_id]
    if record is None or duplicate.status != Status.MERGED:
        raise NotAllowed(_("Een collega was u voor. Er is niets veranderd."))
    if into.status == Status.MERGED:
        raise NotAllowed(_("‘%s’ is daarna zelf samengevoegd. Maak eerst dat ongedaan.") % into)
    unmerge(duplicate, record.was_status, by=by, reason=reason)
    _give_back(record.moved, duplicate, into)
    hand_back(record.moved["ownerships"], into, duplicate, by=by)
    _forget_alias(record.moved["alias"], into, by)
    Merge.objects.filter(pk=record.pk).update(undone_at=timezone.now())
    _tell(duplicate, into, reason)
    initiative.refresh_from_db()
    return into


def _give_back(moved, duplicate, into):
    for key, count in moved["counts"]:
        for mention in into.mentions.filter(pk=key, count__gt=count):
            mention.count -= count
            mention.save()
    for name in (*UNIQUE, "exchanges", "cases"):
        rows, unique = getattr(into, name).filter(pk__in=moved[name]), UNIQUE.get(name)
        held = {unique(row) for row in getattr(duplicate, name).all()} if unique else set()
        give([row for row in rows if not unique or unique(row) not in held], duplicate)
    for key, side in moved["introductions"]:
        Introduction.objects.filter(pk=key, **{side: into}).update(**{side: duplicate})
    for name, related in (("notices", "notices"), ("messages", "contact_messages"), ("proofs", "proofs")):
        getattr(into, related).filter(pk__in=moved[name]).update(initiative=duplicate)
    Initiative.objects.filter(pk__in=moved["merged_from"], merged_into=into).update(merged_into=duplicate)


def _forget_alias(name, into, by):
    if name and name in into.aliases:
        into.other_names = "\n".join(one for one in into.aliases if one != name)
        into._history_user, into._change_reason = by, str(_("Samenvoeging ongedaan gemaakt"))
        into.save()


def _tell(duplicate, into, reason):
    with budget.free():
        for side, other in ((duplicate, into), (into, duplicate)):
            for email in active_owners(side):
                letters.send(
                    "weer-twee",
                    email,
                    about=side,
                    initiatief=side.name,
                    ander=other.name,
                    reden=reason.strip(),
                    adres=address("my-initiative", side.slug),
                )
