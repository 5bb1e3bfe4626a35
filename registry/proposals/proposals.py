"""Changes to a published entry that somebody still has to agree to; the live text stays until a yes.

What residents run changes only with their own: an edit by staff waits for an owner, unless staff say why not (logged).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from copy import copy
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.foundation.fields import field_of, label_of
from registry.mail import budget, letters
from registry.mail.wording.blanks import Ours
from registry.models import ChangeProposal, Initiative, Notice, ProposedChange, Status, User
from registry.models.person import WHOLE_PROVINCE
from registry.models.public import INITIATIVE
from registry.moderation.decisions import log_decision
from registry.moderation.locks import lock_one, lock_row
from registry.ownership import active_owners, keeps, needs_owners_yes
from registry.proposals import staff_overrides
from registry.proposals.staff_overrides import was_and_becomes
from registry.proposals.values import mark_of, show, to_json

# What an owner, a visitor or a colleague may propose to change; the rest is decided, not edited.
FIELDS = tuple(field.attribute for field in INITIATIVE.editable)
Outcome = ProposedChange.Outcome


def differences(proposal: ChangeProposal) -> list[tuple[ProposedChange, str, str, str]]:
    """(change, label, was, becomes) for each field of a proposal, in words. A change that is open and of which another
    made something else meanwhile has ``now``, what it is now in words, and ``mark``, a word for that."""
    rows = []
    for change in proposal.changes.all():
        live = to_json(proposal.initiative, change.field)
        change.mark = mark_of(live)
        is_other = change.outcome == Outcome.OPEN and live not in (change.old, change.new)
        change.now = show(change.field, live) if is_other else ""
        was, becomes = show(change.field, change.old), show(change.field, change.new)
        rows.append((change, label_of(Initiative, change.field), was, becomes))
    return rows


@transaction.atomic
def propose(
    initiative: Initiative,
    changes: Mapping[str, Any],
    *,
    by: User | None,
    note: str = "",
    waits_for: str = ChangeProposal.Waits.STAFF,
) -> ChangeProposal | None:
    """Ask for ``changes`` (field name to value); returns the proposal, or None when nothing differs.

    Raises ValidationError when the result would not be a valid entry. A field that an older open
    proposal also changes is taken over by this one.
    """
    lock_one(initiative.pk)
    draft = _with(initiative, changes)
    before = {name: to_json(initiative, name) for name in changes}
    after = {name: to_json(draft, name) for name in changes}
    changed = [name for name in changes if before[name] != after[name]]
    if not changed:
        return None
    _replace(initiative, changed, by)
    proposal = ChangeProposal.objects.create(initiative=initiative, by=by, note=note, waits_for=waits_for)
    ProposedChange.objects.bulk_create(
        ProposedChange(proposal=proposal, field=name, old=before[name], new=after[name]) for name in changed
    )
    return proposal


def _replace(initiative: Initiative, fields: Iterable[str], by: User | None) -> None:
    """Close what older open proposals ask of these fields, and tell it of each that nothing is left of. The day on
    which it stopped goes with that it stopped."""
    open_changes = ProposedChange.objects.filter(proposal__initiative=initiative, outcome=Outcome.OPEN)
    older = open_changes.filter(field__in=fields)
    touched = set(older.values_list("proposal", flat=True))
    if "activity" in fields:
        stops = set(older.filter(field="activity").values_list("proposal", flat=True))
        open_changes.filter(proposal__in=stops, field="ends_on").update(outcome=Outcome.SUPERSEDED)
    older.update(outcome=Outcome.SUPERSEDED)
    close_empty(touched, by=by, why=_("Vervangen door een nieuwer voorstel."))


def close_empty(keys: Iterable[int], *, by: User | None, why: str) -> None:
    """Close which of these proposals have nothing left to decide."""
    for proposal in ChangeProposal.objects.open().filter(pk__in=keys).exclude(changes__outcome=Outcome.OPEN):
        _close(proposal, why, by)


def close_open(
    initiative: Initiative, *, by: User | None, why: str, among: QuerySet[ChangeProposal] | None = None
) -> None:
    """Close all that waits for a yes about a page that is no more, or those ``among`` it, and tell who proposed it, in the
    words of ``why``."""
    waiting = initiative.proposals.open().order_by("pk")
    waiting = list(waiting if among is None else waiting.filter(pk__in=among.values("pk")))
    ProposedChange.objects.filter(proposal__in=waiting, outcome=Outcome.OPEN).update(
        outcome=Outcome.SUPERSEDED
    )
    for proposal in waiting:
        proposal.decided_by = by
        _close(proposal, why, by)


def close_one(proposal: ChangeProposal, *, why: str, by: User | None = None) -> None:
    """Close one that nobody is asked any more, and tell who proposed it and who was asked."""
    proposal.changes.filter(outcome=Outcome.OPEN).update(outcome=Outcome.SUPERSEDED)
    _close(proposal, why, by)


def _close(proposal: ChangeProposal, why: str, by: User | None) -> None:
    proposal.decided_at, proposal.reason = timezone.now(), why
    proposal.save()
    closed = proposal.changes.filter(outcome=Outcome.SUPERSEDED)
    outcome = _("Niet overgenomen: %s.") % _labels(closed.values_list("field", flat=True))
    _tell(proposal, by, outcome=outcome, reason=Ours(why), to_owners=outcome)


@transaction.atomic
def decide_proposal(
    proposal: ChangeProposal,
    accepted: Iterable[str],
    *,
    by: User | None,
    reason: str = "",
    seen: Collection[str] = (),
    check: Callable[[ChangeProposal], object] | None = None,
) -> ChangeProposal:
    """Take over the fields in ``accepted``, and no others; the proposal is closed either way. ``seen``: the marks of what
    was there when it was read (``differences``); what was changed since it was proposed is not taken over unseen.
    ``check`` is called with the proposal and its entry as they are now, and raises when that is not what was read.

    The result is validated against the entry as it is now. Raises Refused (in Dutch) when somebody
    was first, when it would no longer be valid, when it waits for an owner and ``by`` is not one and
    gives no reason for going round them, or when something is refused without a reason.
    """
    initiative = lock_one(proposal.initiative_id)
    proposal = lock_row(proposal)
    if proposal.decided_at:
        raise Refused(_already_decided(proposal, by))
    if check:
        check(proposal)
    if needs_owners_yes(initiative, by) and not keeps(initiative, proposal.by):
        # It was passed on to staff, and somebody can be asked again.
        proposal.waits_for = ChangeProposal.Waits.OWNERS
    changes = list(proposal.changes.filter(outcome=Outcome.OPEN))
    if accepted and by is not None and _is_own_question(proposal, by):
        raise Refused(_("Een andere eigenaar beslist hierover."))
    accepted = {change.field for change in changes} & set(accepted)
    moves_to = next(
        (change.new for change in changes if change.field == "municipality" and change.field in accepted),
        None,
    )
    _refuse_giving_away(initiative, moves_to, by)
    _refuse_unseen(initiative, [change for change in changes if change.field in accepted], seen)
    overrides = proposal.waits_for_owners and not keeps(initiative, by)
    if overrides and accepted and not reason.strip():
        raise Refused(_("Dit wacht op het ja van de eigenaren. Schrijf op waarom u niet wacht."))
    if len(accepted) < len(changes) and not reason.strip():
        raise Refused(_("Schrijf op waarom u niet alles overneemt."))
    try:
        _apply(initiative, {change.field: change.new for change in changes if change.field in accepted}, by)
    except ValidationError as error:
        raise Refused(_("Zo klopt het niet meer: %s") % " ".join(error.messages)) from error
    if moves_to and moves_to != initiative.municipality_id:
        _tell_new_municipality(initiative)
    for change in changes:
        change.outcome = Outcome.ACCEPTED if change.field in accepted else Outcome.REJECTED
    ProposedChange.objects.bulk_update(changes, ["outcome"])
    proposal.decided_at, proposal.decided_by, proposal.reason = timezone.now(), by, reason.strip()
    proposal.save()
    if accepted and initiative.ownerships.filter(user=proposal.by_id).exists():
        # An owner's own word about the page is an answer to the yearly question, of the day it was given.
        Initiative.objects.filter(pk=initiative.pk).answered(timezone.localdate(proposal.proposed_at))
    what = f"{_describe(accepted, changes, overrides)} {reason.strip()}"
    log_decision(initiative, what.strip(), by=by)
    _tell_decided(proposal, by)
    return proposal


def _refuse_giving_away(initiative: Initiative, moves_to: str | None, by: User | None) -> None:
    """A page goes to another municipality by who works there, or for the whole province; never unseen by them."""
    if not moves_to or by is None or not by.is_staff or moves_to == initiative.municipality_id:
        return
    if not by.has_perm(WHOLE_PROVINCE) and by.municipality_id != moves_to:
        where = show("municipality", moves_to)
        raise Refused(
            _(
                "Dit initiatief zou naar %s gaan. Daarover beslist iemand van die gemeente of van de provincie."
            )
            % where
        )


def _tell_new_municipality(initiative: Initiative) -> None:
    """On the list of what waits for who works there."""
    Notice.objects.create(
        initiative=initiative,
        kind=Notice.Kind.REPORT,
        page=initiative.get_absolute_url(),
        text=_("Dit initiatief hoort nu bij uw gemeente. Tot nu toe was het: %s.")
        % show("municipality", initiative.municipality_id),
    )


def may_accept(proposal: ChangeProposal, owner: User) -> bool:
    """Whether it waits for a yes of this owner."""
    return proposal.waits_for_owners and not _is_own_question(proposal, owner)


def _is_own_question(proposal: ChangeProposal, by: User) -> bool:
    """Whether ``by`` asked the other owners: a yes of their own is none."""
    is_own = proposal.waits_for_owners and proposal.by_id == by.pk
    return is_own and keeps(proposal.initiative, by) and bool(active_owners(proposal.initiative, by))


def _already_decided(proposal: ChangeProposal, reader: User | None) -> str:
    """What came of it and who said so, for who comes later with another answer."""
    who = _("een medewerker")
    if keeps(proposal.initiative, proposal.decided_by):
        who = _("een andere eigenaar")
    if proposal.decided_by is None:
        who = _("iemand van wie het account weg is")
    elif proposal.decided_by == reader:
        who = _("u")
    who_and_when = _("Hierover is op %(day)s al besloten, door %(who)s. Uw antwoord telt niet mee.") % {
        "who": who,
        "day": date_format(timezone.localtime(proposal.decided_at), "j F Y"),
    }
    return " ".join(filter(None, [who_and_when, *outcome_of(proposal.changes.all()).splitlines()]))


def outcome_of(changes: Iterable[ProposedChange]) -> str:
    """What was taken over and what was not, in sentences."""
    sentences = []
    for outcome, text in (
        (Outcome.ACCEPTED, _("Overgenomen: %s.")),
        (Outcome.REJECTED, _("Niet overgenomen: %s.")),
        (Outcome.SUPERSEDED, _("Vervangen door een nieuwer voorstel: %s.")),
    ):
        if names := [change.field for change in changes if change.outcome == outcome]:
            sentences.append(text % _labels(names))
    return "\n".join(sentences)


def _tell_decided(proposal: ChangeProposal, by: User | None) -> None:
    # Also what a newer proposal took the place of before.
    changes = proposal.changes.all()
    outcome = outcome_of(changes)
    # Nobody decided when time did: those words are ours.
    reason = Ours(proposal.reason) if by is None else proposal.reason
    who = _("Een andere eigenaar besloot.")
    if not keeps(proposal.initiative, by):
        is_taken_over = any(change.outcome == Outcome.ACCEPTED for change in changes)
        who = _("Een medewerker besloot.")
        if is_taken_over and proposal.waits_for_owners:
            who = _("Een medewerker besloot, zonder op uw ja te wachten.")
    _tell(
        proposal, by, outcome=outcome, reason=reason, to_owners=outcome if by is None else f"{who}\n{outcome}"
    )


def _tell(proposal: ChangeProposal, by: User | None, *, outcome: str, reason: str, to_owners: str) -> None:
    """Who proposed it, and the owners, in the words of ``to_owners``, when it was theirs to decide; not ``by``."""
    initiative = proposal.initiative
    about = {"about": initiative, "initiatief": initiative.name, "reden": reason}
    own_page = letters.address("my-initiative", initiative.slug)
    with budget.free():
        if proposal.by and proposal.by.is_active and proposal.by != by:
            where, page = _where(initiative, proposal.by)
            letters.send(
                "voorstel-besloten", proposal.by.email, uitkomst=outcome, waar=where, adres=page, **about
            )
        if not proposal.waits_for_owners and (proposal.by == by or not keeps(initiative, proposal.by)):
            return
        for email in active_owners(initiative, by, proposal.by):
            letters.send("voorstel-beantwoord", email, uitkomst=to_owners, adres=own_page, **about)


def _where(initiative: Initiative, reader: User) -> tuple[str, str]:
    """Where the reader finds it, called what it is; and the address alone."""
    if keeps(initiative, reader):
        page = letters.address("my-initiative", initiative.slug)
        return _("Uw eigen pagina: %s") % page, page
    if initiative.status == Status.PUBLISHED:
        page = letters.address("initiative-detail", initiative.slug)
        return _("De pagina: %s") % page, page
    return "", ""


@transaction.atomic
def edit(
    initiative: Initiative, changes: Mapping[str, Any], *, by: User | None, override: str = ""
) -> ChangeProposal | None:
    """An edit by somebody who may change the entry at once; returns a proposal when it has to wait.

    ``override``: why a member of staff does not wait for the owners.
    """
    # As it is now: a colleague may have decided about it since it was read.
    initiative = lock_one(initiative.pk)
    if needs_owners_yes(initiative, by):
        if not override.strip():
            return ask_owners(initiative, changes, by=by)
        staff_overrides.of_fields(initiative, _changes_in_letter(initiative, changes), by=by, reason=override)
    _apply(initiative, changes, by)
    return None


def ask_owners(
    initiative: Initiative, changes: Mapping[str, Any], *, by: User | None
) -> ChangeProposal | None:
    """Propose what waits for the owners, and write to them what changes; None when nothing differs."""
    proposal = propose(initiative, changes, by=by, waits_for=ChangeProposal.Waits.OWNERS)
    if proposal:
        for email in active_owners(initiative, by):
            letters.send(
                "voorstel-wacht-op-u",
                email,
                about=initiative,
                initiatief=initiative.name,
                wie=(by and by.name) or _("Iemand van de provincie of gemeente"),
                verschil=in_letter(proposal),
                adres=letters.address("my-initiative", initiative.slug),
            )
    return proposal


def in_letter(proposal: ChangeProposal) -> str:
    """What changes, field by field: what it was and what it becomes."""
    return was_and_becomes((label, was, becomes) for _change, label, was, becomes in differences(proposal))


def _changes_in_letter(initiative: Initiative, changes: Mapping[str, Any]) -> str:
    """The same of changes that wait for nobody; "" when nothing differs."""
    draft = _with(initiative, changes)
    return was_and_becomes(
        (label_of(Initiative, name), show(name, was), show(name, becomes))
        for name in changes
        if (was := to_json(initiative, name)) != (becomes := to_json(draft, name))
    )


def _with(initiative: Initiative, changes: Mapping[str, Any]) -> Initiative:
    """A valid copy of the entry with the changes in it; unsaved."""
    wrong = set(changes) - set(FIELDS)
    if wrong:
        raise ValidationError(_("Deze velden kunt u niet wijzigen: %s.") % ", ".join(sorted(wrong)))
    draft = copy(initiative)
    draft._state = copy(initiative._state)
    draft._state.fields_cache = dict(initiative._state.fields_cache)
    for name, value in changes.items():
        field = field_of(Initiative, name)
        setattr(draft, name if isinstance(value, models.Model) else field.attname, value)
    # First by themselves: what a field points at may be gone, and the rest of the check looks it up.
    draft.clean_fields()
    draft.full_clean()
    return draft


def _apply(initiative: Initiative, changes: Mapping[str, Any], by: User | None) -> None:
    if not changes:
        return
    draft = _with(initiative, changes)
    draft._history_user = by
    draft.save()


def _refuse_unseen(initiative: Initiative, changes: Iterable[ProposedChange], seen: Collection[str]) -> None:
    for change in changes:
        live = to_json(initiative, change.field)
        if live not in (change.old, change.new) and mark_of(live) not in seen:
            label = label_of(Initiative, change.field)
            raise Refused(
                _(
                    "‘%s’ is gewijzigd sinds dit is voorgesteld. Hieronder staat hoe het nu is: beslis opnieuw."
                )
                % label
            )


def _labels(names: Iterable[str]) -> str:
    return ", ".join(label_of(Initiative, name) for name in names)


def _describe(accepted: Collection[str], changes: Iterable[ProposedChange], overrides: bool) -> str:
    refused = {change.field for change in changes} - set(accepted)
    parts = [
        _("Overgenomen: %s.") % _labels(sorted(accepted)) if accepted else "",
        _("Niet overgenomen: %s.") % _labels(sorted(refused)) if refused else "",
        _("Zonder het ja van de eigenaren.") if overrides and accepted else "",
    ]
    return " ".join(part for part in parts if part)
