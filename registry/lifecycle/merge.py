"""Merge two entries: related rows move to the one that stays, and the owners of both get a letter."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registry.community import introductions, reminders
from registry.foundation.errors import Refused
from registry.mail import budget, letters
from registry.mail.letters import address
from registry.mail.wording.blanks import Ours
from registry.models import (
    Case,
    Exchange,
    ExternalId,
    Initiative,
    Introduction,
    IntroductionConsent,
    Link,
    Mention,
    Merge,
    Proof,
    Status,
    User,
)
from registry.moderation.decisions import decide, log_decision
from registry.moderation.locks import lock_all, lock_rows
from registry.ownership import active_owners, take_over
from registry.proposals.proposals import close_open

# What the other page can have only one of.
UNIQUE = {
    "links": lambda link: (link.bottleneck_id, link.role),
    "external_ids": lambda external: external.scheme,
    "mentions": lambda mention: mention.event,
}
ROWS = (Link, Exchange, Mention, ExternalId, Case)
# An invitation, a claim, a question or a message that was mailed works on.
ASKED = [
    purpose for purpose in Proof.Purpose if purpose not in (Proof.Purpose.REGISTER, Proof.Purpose.FOLLOW)
]


@transaction.atomic
def merge(
    duplicate: Initiative,
    into: Initiative,
    *,
    by: User | None,
    reason: str = "",
    seen: str | None = None,
    check: Callable[[Initiative], object] | None = None,
) -> Initiative:
    """Make one of two: ``into`` keeps its own text and takes links, mentions, owners and what is still asked.

    The old address leads to the new one. What both have stays as ``into`` has it, but mentions at the same event are
    added up. ``check`` is called with each side as it is now. Raises Refused when the two cannot be merged. For a
    month it can be taken back (registry/lifecycle/merge_undo.py).
    """
    if duplicate.pk == into.pk:
        raise Refused(_("Kies twee verschillende initiatieven."))
    locked = lock_all(duplicate.pk, into.pk)
    duplicate, into = locked[duplicate.pk], locked[into.pk]
    for related in ROWS:
        lock_rows(related.objects.filter(initiative__in=locked))
    if into.status == Status.MERGED:
        raise Refused(_("Het tweede initiatief is zelf al samengevoegd."))
    if duplicate.status == Status.PUBLISHED and into.status != Status.PUBLISHED:
        raise Refused(_("Houd het initiatief dat op de site staat: het andere heeft nog geen pagina."))
    if check:
        check(into)
    was = duplicate.status
    decide(duplicate, Status.MERGED, by=by, reason=reason, seen=seen, merged_into=into, check=check)
    close_open(
        duplicate, by=by, why=_("De pagina is samengevoegd met een andere. Stel het daar opnieuw voor.")
    )
    # Its owners did not hear that question, and silence would be theirs too.
    reminders.close_stop(
        into,
        by=by,
        why=_("De pagina is samengevoegd met een andere. Bestaat het niet meer? Zeg het dan opnieuw."),
    )
    record = Merge(duplicate=duplicate, into=into, by=by, was_status=was)
    moved, stayed = take_over(duplicate, into, by=by)
    record.moved = _move_all(duplicate, into) | {"ownerships": moved}
    carry_consents(record.moved["introductions"], duplicate, into)
    record.moved["aliases"] = add_names(into, names_of(duplicate), by)
    record.save()
    note = _note_who_stayed(record, stayed) if stayed else ""
    _tell_owners(record, "\n\n".join(filter(None, [reason.strip(), note])))
    return into


def _move_all(duplicate: Initiative, into: Initiative) -> dict[str, Any]:
    before = Initiative.objects.filter(merged_into=duplicate)
    moved: dict[str, Any] = {"merged_from": list(before.values_list("pk", flat=True))}
    before.update(merged_into=into)
    moved["counts"] = _add_up(duplicate, into)
    for name, key in UNIQUE.items():
        held = {key(row) for row in getattr(into, name).all()}
        moved[name] = give([row for row in getattr(duplicate, name).all() if key(row) not in held], into)
    for name in ("exchanges", "cases"):
        moved[name] = give(getattr(duplicate, name).all(), into)
    moved["introductions"], moved["ended"] = _move_introductions(duplicate, into)
    waiting = duplicate.contact_messages.filter(passed_on_at=None)
    mailed_proofs = duplicate.proofs.usable().filter(purpose__in=ASKED)
    going: dict[str, QuerySet[Any]] = {
        "notices": duplicate.notices.all(),
        "messages": waiting,
        "proofs": mailed_proofs,
    }
    for name, rows in going.items():
        moved[name] = list(rows.values_list("pk", flat=True))
        rows.model.objects.filter(pk__in=moved[name]).update(initiative=into)
    return moved


def former_page(proof: Proof) -> Initiative | None:
    """The page that a link was mailed about, when that is part of the page that it asks about now; or None."""
    if proof.initiative_id is None:
        return None
    merges = Merge.objects.filter(into=proof.initiative_id, undone_at=None).select_related("duplicate")
    return next((merge.duplicate for merge in merges if proof.pk in merge.moved["proofs"]), None)


def names_of(initiative: Initiative) -> list[str]:
    return [initiative.name, *initiative.aliases]


def add_names(into: Initiative, names: Iterable[str], by: User | None) -> list[str]:
    """Find ``into`` by these names too; those that are new."""
    held = set(names_of(into))
    if new := [name for name in names if name not in held]:
        into.other_names = "\n".join([*into.aliases, *new])
        into._history_user = by
        into._change_reason = str(_("Samengevoegd"))
        into.save()
    return new


def carry_consents(moved: Iterable[tuple[int, str]], source: Initiative, to: Initiative) -> None:
    """A yes of who keeps both pages goes along, of the introductions that moved."""
    keys = [key for key, _side in moved]
    said_yes = IntroductionConsent.objects.filter(introduction__in=keys, ownership__initiative=source)
    for consent in said_yes.select_related("ownership"):
        if theirs := to.ownerships.filter(user=consent.ownership.user_id).first():
            consent.ownership = theirs
            consent.save()


def give(rows: Iterable[Any], to: Initiative) -> list[int]:
    """Moves these rows to the page ``to``, one by one, with history; returns their keys."""
    keys = []
    for row in rows:
        row.initiative = to
        row.save()
        keys.append(row.pk)
    return keys


def _add_up(duplicate: Initiative, into: Initiative) -> list[list[int]]:
    """[key of a mention, how many were added]; the mention with its words stays where it was."""
    counts, added = {mention.event: mention for mention in into.mentions.all()}, []
    for mention in duplicate.mentions.all():
        if same_event := counts.get(mention.event):
            same_event.count += mention.count
            same_event.save()
            added.append([same_event.pk, mention.count])
    return added


def _move_introductions(duplicate: Initiative, into: Initiative) -> tuple[list[tuple[int, str]], list[int]]:
    """[key, which side] of what moved, and the keys of what ends: what ``into`` has already, or would be with itself."""
    moved: list[tuple[int, str]] = []
    ended: list[int] = []
    for introduction in (
        Introduction.objects.filter(Q(first=duplicate) | Q(second=duplicate))
        .select_for_update()
        .order_by("pk")
    ):
        side = "first" if introduction.first_id == duplicate.pk else "second"
        other = introduction.second_id if side == "first" else introduction.first_id
        both = {into.pk, other}
        if len(both) == 2 and not Introduction.objects.filter(first__in=both, second__in=both).exists():
            setattr(introduction, side, into)
            introduction.save()
            moved.append((introduction.pk, side))
        elif not introduction.is_over:
            introductions.end(
                introduction, why=_("Twee pagina’s zijn samengevoegd. U leest daarover in een andere e-mail.")
            )
            ended.append(introduction.pk)
    return moved, ended


def _note_who_stayed(record: Merge, stayed: Iterable[User]) -> str:
    """Staff who kept the one page do not keep the other: they hear it, and it is written down; returns it in words."""
    note = str(
        _(
            "De medewerker die ‘%s’ beheerde, beheert deze pagina niet: zij is van inwoners. Een eigenaar kan de "
            "medewerker uitnodigen."
        )
        % record.duplicate
    )
    log_decision(record.into, note, by=record.by)
    with budget.free():
        for user in stayed:
            letters.send(
                "eigenaar-af",
                user.email,
                about=record.duplicate,
                initiatief=record.duplicate.name,
                wie=Ours(_("Een medewerker")),
                reden=note,
            )
    return note


def _tell_owners(record: Merge, reason: str) -> None:
    """The owners of both: they keep one page together from now on."""
    with budget.free():
        for email in active_owners(record.into):
            letters.send(
                "samengevoegd",
                email,
                about=record.into,
                initiatief=record.into.name,
                ander=record.duplicate.name,
                reden=reason,
                wanneer=date_format(record.until, "j F Y"),
                adres=address("my-initiative", record.into.slug),
            )
