"""Take a merge back: two pages again, each with what it had, and what came since stays where it is."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.community import reminders
from registry.foundation.errors import Refused
from registry.lifecycle.merge import ROWS, UNIQUE, carry_consents, give, names_of
from registry.mail import budget, letters
from registry.mail.letters import address
from registry.models import Decision, Initiative, Introduction, Merge, OwnershipChange, Proof, Status, User
from registry.moderation.decisions import unmerge
from registry.moderation.locks import lock_all, lock_rows
from registry.ownership import active_owners, hand_back, is_left

Kind = OwnershipChange.Kind
LETS_IN = [Proof.Purpose.INVITE, Proof.Purpose.CLAIM]


def merge_to_undo(initiative: Initiative) -> Merge | None:
    """The merge that made this page a part of another, as long as it can be taken back; or None."""
    merge = initiative.merges.open().select_related("into").first()
    return merge if merge and initiative.status == Status.MERGED else None


@transaction.atomic
def undo(initiative: Initiative, *, by: User | None, reason: str) -> None:
    """Make the page that was merged one of its own again, as it stood; the owners of both hear of it.

    Raises Refused after a month, and when the other was merged itself since.
    """
    record = merge_to_undo(initiative)
    if record is None:
        raise Refused(_("Deze samenvoeging kan niet meer ongedaan worden gemaakt."))
    if not reason.strip():
        raise Refused(_("Schrijf op waarom dit twee initiatieven zijn."))
    locked = lock_all(record.duplicate_id, record.into_id)
    for related in ROWS:
        lock_rows(related.objects.filter(initiative__in=locked))
    # As it is now: a colleague may have been first.
    record = Merge.objects.open().filter(pk=record.pk).first()
    duplicate, into = locked[initiative.pk], record and locked[record.into_id]
    if record is None or duplicate.status != Status.MERGED:
        raise Refused(_("Een collega was u voor. Er is niets veranderd."))
    if into.status == Status.MERGED:
        raise Refused(_("‘%s’ is daarna zelf samengevoegd. Maak eerst dat ongedaan.") % into)
    unmerge(duplicate, record.was_status, by=by, reason=reason)
    others = {
        merge.duplicate_id: merge
        for merge in Merge.objects.filter(into=into, undone_at=None).exclude(pk=record.pk)
    }
    _give_back(record.moved, duplicate, into, list(others.values()))
    keys = [*record.moved["ownerships"], *_joined_for(record, into)]
    stood_in = hand_back(keys, into, duplicate, by=by, still=list(others))
    for key, page in stood_in:
        others[page].moved["ownerships"].append(key)
    carry_consents(record.moved["introductions"], into, duplicate)
    _forget_names(record, into, list(others.values()), by)
    for merge in others.values():
        merge.save()
    Merge.objects.filter(pk=record.pk).update(undone_at=timezone.now())
    reminders.close_stop(
        into, by=by, why=_("Dit zijn weer twee pagina’s. Zeg het bij uw eigen pagina."), keepers_of=duplicate
    )
    _log(into, duplicate, by, reason)
    _mark_left(keys, duplicate, into)
    _tell(duplicate, into, reason)
    initiative.refresh_from_db()


def _give_back(
    moved: Mapping[str, Any], duplicate: Initiative, into: Initiative, others: list[Merge]
) -> None:
    """``others``: the merges that stand. What one of those brought too stays, by the row that it has itself."""
    for key, count in moved["counts"]:
        _count_less(into, key, count)
    for merge in others:
        # What they added to a mention that goes.
        going = [pair for pair in merge.moved["counts"] if pair[0] in moved["mentions"]]
        merge.moved["counts"] = [pair for pair in merge.moved["counts"] if pair not in going]
        for key, count in going:
            _count_less(into, key, count)
    for name in (*UNIQUE, "exchanges", "cases"):
        rows, unique = getattr(into, name).filter(pk__in=moved[name]), UNIQUE.get(name)
        held = {unique(row) for row in getattr(duplicate, name).all()} if unique else set()
        rows = [row for row in rows if not unique or unique(row) not in held]
        give(rows, duplicate)
        if unique:
            _stand_in(name, {unique(row) for row in rows}, into, others)
    for key, side in moved["introductions"]:
        Introduction.objects.filter(pk=key, **{side: into}).update(**{side: duplicate})
    for name, related in (("notices", "notices"), ("messages", "contact_messages"), ("proofs", "proofs")):
        getattr(into, related).filter(pk__in=moved[name]).update(initiative=duplicate)
    # Also what was asked anew meanwhile of an introduction that goes back.
    introduction_keys = [str(key) for key, _side in moved["introductions"]]
    into.proofs.filter(purpose=Proof.Purpose.INTRODUCE, subject__in=introduction_keys).update(
        initiative=duplicate
    )
    # What ended by the merge may be asked again.
    Introduction.objects.filter(pk__in=moved.get("ended", []), introduced_at=None, declined_at=None).delete()
    Initiative.objects.filter(pk__in=moved["merged_from"], merged_into=into).update(merged_into=duplicate)


def _count_less(into: Initiative, key: int, count: int) -> None:
    for mention in into.mentions.filter(pk=key, count__gt=count):
        mention.count -= count
        mention.save()


def _stand_in(name: str, lost: set[Any], into: Initiative, others: list[Merge]) -> None:
    """Of what went, what another page brought as well."""
    unique = UNIQUE[name]
    for merge in others:
        rows = [row for row in getattr(merge.duplicate, name).all() if unique(row) in lost]
        held = {unique(row) for row in getattr(into, name).all()} if rows else set()
        merge.moved[name] += give([row for row in rows if unique(row) not in held], into)
        if name == "mentions":
            for row in rows:
                if same_event := into.mentions.filter(event=row.event).exclude(pk=row.pk).first():
                    same_event.count += row.count
                    same_event.save()
                    merge.moved["counts"].append([same_event.pk, row.count])


def _joined_for(record: Merge, into: Initiative) -> list[int]:
    """The ownerships of who came by an invitation that was mailed about the other page, and by no other."""
    used = Proof.objects.filter(
        purpose__in=LETS_IN, used_at__gte=record.merged_at, initiative=record.duplicate
    )
    emails = set(used.filter(pk__in=record.moved["proofs"]).values_list("email", flat=True))
    here = into.proofs.filter(purpose__in=LETS_IN, used_at__gte=record.merged_at, email__in=emails)
    emails -= set(here.values_list("email", flat=True))
    joined = into.ownerships.filter(user__email__in=emails, since__gte=record.merged_at)
    return list(joined.values_list("pk", flat=True))


def _forget_names(record: Merge, into: Initiative, others: list[Merge], by: User | None) -> None:
    names = record.moved.get("aliases") or [record.moved.get("alias")]
    gone = {name for name in names if name and name in into.aliases}
    for merge in others:
        theirs = [name for name in names_of(merge.duplicate) if name in gone]
        merge.moved["aliases"] = [*merge.moved.get("aliases", [merge.moved.get("alias")]), *theirs]
        gone -= set(theirs)
    if gone:
        into.other_names = "\n".join(name for name in into.aliases if name not in gone)
        into._history_user, into._change_reason = by, str(_("Samenvoeging ongedaan gemaakt"))
        into.save()


def _log(into: Initiative, duplicate: Initiative, by: User | None, reason: str) -> None:
    Decision.objects.create(
        initiative=into,
        from_status=into.status,
        to_status=into.status,
        reason=_("De samenvoeging met ‘%(name)s’ is ongedaan gemaakt. %(reason)s")
        % {"name": duplicate.name, "reason": reason.strip()},
        by=by,
    )


def _mark_left(keys: list[int], duplicate: Initiative, into: Initiative) -> None:
    """A page that had owners, and has none now that there are two again, is seen by staff."""
    text = _("Niemand beheert deze pagina nu: zij is weer apart, en wie haar beheerde is er niet meer.")
    ended = (Kind.LEFT, Kind.REMOVED, Kind.GONE)
    had = {duplicate.pk: bool(keys), into.pk: False}
    for side in (duplicate, into):
        if had[side.pk] or side.ownership_changes.filter(kind__in=ended).exists():
            is_left(side, text)


def _tell(duplicate: Initiative, into: Initiative, reason: str) -> None:
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
