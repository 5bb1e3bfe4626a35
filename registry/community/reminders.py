"""Once a year: is this page still true? One tap is enough; silence is shown.

That it exists no more, one owner says for all: the others are asked first, by a proposal that waits for them. A yes of
one of them stops the page, a no keeps it, and so does "klopt nog"; silence stops it after a while.
"""

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from registry.foundation.errors import Refused
from registry.mail import budget, letters, troubles, unsubscribe, verification
from registry.mail.letters import address
from registry.models import (
    ChangeProposal,
    Decision,
    Initiative,
    Ownership,
    Proof,
    ProposedChange,
    Status,
    User,
)
from registry.moderation.locks import lock, lock_one
from registry.ownership import active_owners, keeps
from registry.proposals.proposals import close_one, close_open, decide_proposal, propose
from registry.proposals.values import mark_of, to_json

Activity = Initiative.Activity
# In the log, when the others are asked.
SAYS_STOPPED = gettext_noop("Bestaat niet meer, zegt een eigenaar. Wij vragen het de andere eigenaren.")


def due(day: date) -> QuerySet[Initiative]:
    """Entries in the yearly round that nobody confirmed, published or was asked about for a year."""
    year_ago = day - timedelta(days=settings.REMIND_AFTER_DAYS)
    return (
        Initiative.objects.in_yearly_round()
        .filter(
            Q(confirmed_on__lte=year_ago) | Q(confirmed_on__isnull=True, published_at__date__lte=year_ago)
        )
        .filter(Q(reminded_on__isnull=True) | Q(reminded_on__lte=year_ago))
        .order_by(F("reminded_on").asc(nulls_first=True), "pk")
    )


def send(*, limit: int, day: date | None = None) -> list[Initiative]:
    """Ask at most ``limit`` entries; returns those asked. A second run on the day asks nobody twice."""
    day = day or timezone.localdate()
    _begin_anew()
    reminded = []
    for key in due(day).values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            initiative = lock(key).get(key)
            if initiative is None or not due(day).filter(pk=key).exists():
                continue
            owners = list(_willing().filter(initiative=initiative).select_related("user"))
            emails = [ownership.user.email for ownership in owners]
            dead = troubles.among([*emails, initiative.contact_email])
            reached = [ownership for ownership in owners if ownership.user.email not in dead]
            if not reached:
                _ask_another_way(initiative, emails, dead)
            since = initiative.asked_since or day
            for ownership in reached:
                _ask_owner(ownership, since, day)
            # Not a change of content: "changed at" stays, and so does the history.
            Initiative.objects.filter(pk=key).update(reminded_on=day, asked_since=since)
        reminded.append(initiative)
    return reminded


def ask_anew(ownership: Ownership) -> None:
    """The link went to an address that this owner no longer has."""
    entry = ownership.initiative
    if Initiative.objects.in_yearly_round().filter(pk=entry.pk).exists():
        today = timezone.localdate()
        _ask_owner(ownership, entry.asked_since or today, today)


def _ask_owner(ownership: Ownership, since: date, day: date) -> None:
    """``since``: when they were first asked; once the page shows that nobody answered, the letter says so."""
    proof, token, _code = verification.issue(
        Proof.Purpose.STILL_TRUE, ownership.user.email, initiative=ownership.initiative
    )
    shows_on = since + timedelta(days=settings.UNCONFIRMED_AFTER_DAYS + 1)
    is_shown = shows_on <= day
    letters.send(
        "klopt-het-nog-weer" if is_shown else "klopt-het-nog",
        proof.email,
        about=ownership.initiative,
        initiatief=ownership.initiative.name,
        wanneer=date_format(since if is_shown else shows_on, "j F Y"),
        adres=address("proof", token),
        **unsubscribe.way_out("jaar", ownership),
    )


def _begin_anew() -> None:
    """Who left the round (stopped, without owners, off the site) waits for no answer when they come back."""
    waiting = Initiative.objects.filter(asked_since__isnull=False)
    gone = waiting.exclude(pk__in=Initiative.objects.in_yearly_round().values("pk"))
    gone.update(asked_since=None)


def _willing() -> QuerySet[Ownership]:
    """Who is asked."""
    return Ownership.objects.filter(wants_yearly=True, user__is_active=True)


def unasked() -> QuerySet[Any]:
    """The keys of the entries with owners, none of whom wants to be asked."""
    owned = Ownership.objects.filter(user__is_active=True)
    return owned.exclude(initiative__in=_willing().values("initiative")).values("initiative")


@transaction.atomic
def ask_yearly(ownership: Ownership, wants: bool) -> None:
    """Whether this owner is asked. Of a page that nobody is asked about any more, nobody was asked."""
    lock(ownership.initiative_id)
    Ownership.objects.filter(pk=ownership.pk).update(wants_yearly=wants)
    if not _willing().filter(initiative=ownership.initiative_id).exists():
        Initiative.objects.filter(pk=ownership.initiative_id).update(reminded_on=None, asked_since=None)


unsubscribe.add(
    "jaar",
    find=lambda key: Ownership.objects.filter(pk=key, wants_yearly=True).select_related("initiative").first(),
    what=lambda ownership: (
        _("de vraag, één keer per jaar, of de pagina van %s nog klopt") % ownership.initiative
    ),
    stop=lambda ownership: ask_yearly(ownership, wants=False),
)


def _ask_another_way(initiative: Initiative, owners: Iterable[str], dead: Collection[str]) -> None:
    """No owner can be reached: tell the address that the page itself gives, when that is another. It gets no proof, for
    nobody showed that an owner reads there: only where to write to us. Staff see the page on their worklist."""
    to = initiative.contact_email
    if to and to not in dead and to not in owners:
        page = urlencode({"pagina": initiative.get_absolute_url()})
        letters.send(
            "eigenaar-onbereikbaar",
            to,
            about=initiative,
            initiatief=initiative.name,
            adres=f"{address('tell')}?{page}",
        )


@transaction.atomic
def confirm(initiative: Initiative, *, by: User | None) -> None:
    """It is still true, whoever said that it exists no more. Does not touch when the entry was last changed."""
    initiative = lock_one(initiative.pk)
    if initiative.activity == Activity.STOPPED:
        raise Refused(
            _("Er staat dat het initiatief is gestopt. Gaat het door? Kies dan ‘Wij gaan weer verder’.")
        )
    _answered(initiative)
    if proposal := stop_asked(initiative):
        _answer(proposal, by=by, is_yes=False, reason=_("De pagina klopt nog."))
    _log(initiative, by, "Klopt nog")


@transaction.atomic
def confirm_for_owners(initiative: Initiative, *, by: User | None, note: str) -> None:
    """Staff asked around and it is still true; what they were told stands in the log, which the owners read."""
    initiative = lock_one(initiative.pk)
    if initiative.status != Status.PUBLISHED or initiative.activity == Activity.STOPPED:
        raise Refused(_("Dit kan alleen bij een pagina die op de site staat en niet is gestopt."))
    proposal = stop_asked(initiative)
    if proposal and _has_lost_asker(proposal):
        _close_question(proposal)
    elif proposal:
        raise Refused(
            _(
                "Een eigenaar zegt dat dit niet meer bestaat. Wij vroegen het de andere eigenaren: wacht dat af."
            )
        )
    _answered(initiative)
    _log(initiative, by, _("Nagevraagd: klopt nog. %s") % note.strip())


@transaction.atomic
def restart(initiative: Initiative, *, by: User | None) -> None:
    """It goes on after all. As the stop was, this is shown at once; the other owners hear of it."""
    initiative = lock_one(initiative.pk)
    if initiative.activity != Activity.STOPPED:
        raise Refused(_("Er staat al niet meer dat het initiatief is gestopt."))
    initiative.activity, initiative.ends_on = Activity.ACTIVE, None
    initiative._history_user = by
    initiative._change_reason = "Gaat weer verder"
    initiative.save()
    _answered(initiative)
    _log(initiative, by, _("Gaat weer verder"))
    with budget.free():
        for email in active_owners(initiative, by):
            letters.send(
                "gaat-weer-verder",
                email,
                initiatief=initiative.name,
                adres=address("my-initiative", initiative.slug),
            )


def looked_at(initiative: Initiative, *, by: User | None) -> None:
    """An owner sent a change: that answers the yearly question too. Of a stopped page nobody waits for one."""
    if initiative.activity == Activity.STOPPED:
        return
    _answered(initiative)
    if initiative.asked_since:
        _log(initiative, by, _("Wijziging verstuurd. De rest klopt nog."))


def _answered(initiative: Initiative) -> None:
    Initiative.objects.filter(pk=initiative.pk).answered(timezone.localdate())


@transaction.atomic
def stop(initiative: Initiative, *, lessons: str, by: User, ends_on: date | None = None) -> bool:
    """It exists no more: the page stays and says so. Returns whether it does now: of a public page the other owners
    are asked first. What others may learn from it is new text, so on a public page it waits for staff."""
    initiative = lock_one(initiative.pk)
    is_public, proposal = initiative.status == Status.PUBLISHED, stop_asked(initiative)
    if lessons.strip() and is_public:
        propose(initiative, {"lessons": lessons.strip()}, by=by)
    else:
        initiative.lessons = lessons.strip() or initiative.lessons
    is_second = proposal is not None and proposal.by != by
    asks_first = by is not None and is_public and not is_second and initiative.activity != Activity.STOPPED
    if asks_first and (others := active_owners(initiative, by)):
        if proposal is None:
            _ask(initiative, others, by, ends_on)
        return False
    if proposal:
        _answer(proposal, by=by, is_yes=True)
        initiative.refresh_from_db()
    initiative.activity = Activity.STOPPED
    initiative.ends_on = ends_on or initiative.ends_on or timezone.localdate()
    initiative._history_user = by
    initiative._change_reason = "Gestopt"
    initiative.save()
    _answered(initiative)
    _log(initiative, by, "Bestaat niet meer")
    return True


def stop_asked(initiative: Initiative) -> ChangeProposal | None:
    """The proposal to stop that waits for the owners, or None."""
    return _asked().filter(initiative=initiative).first()


def answer_by() -> date:
    """The day by which another owner answers when they are asked today."""
    return timezone.localdate() + timedelta(days=settings.STOP_AFTER_DAYS)


def stop_silent() -> int:
    """Stop each page of which an owner said that it exists no more and nobody answered in time; how many."""
    for proposal in _asked().select_related("by", "initiative"):
        if _has_lost_asker(proposal):
            _close_lost(proposal.pk)
    before = timezone.now() - timedelta(days=settings.STOP_AFTER_DAYS)
    # What staff proposed waits for a yes, however long.
    due = _asked().filter(proposed_at__lte=before, by__ownerships__initiative=F("initiative"))
    return sum(_stop_silent(key, due) for key in list(due.values_list("pk", flat=True)))


def _has_lost_asker(proposal: ChangeProposal) -> bool:
    """Whether the owner who said so keeps the page no more. What staff proposed has none to lose."""
    said = proposal.initiative.decisions.filter(
        by=proposal.by, reason=_(SAYS_STOPPED), decided_at__gte=proposal.proposed_at
    )
    return not keeps(proposal.initiative, proposal.by) and said.exists()


@transaction.atomic
def _close_lost(key: int) -> None:
    lock_one(ChangeProposal.objects.get(pk=key).initiative_id)
    proposal = _asked().filter(pk=key).first()
    if proposal and _has_lost_asker(proposal):
        _close_question(proposal)


def _close_question(proposal: ChangeProposal) -> None:
    """Told to the others, who may say it anew."""
    close_one(
        proposal, why=_("Wie dit zei, beheert de pagina niet meer. Bestaat het niet meer? Zeg het dan zelf.")
    )


@transaction.atomic
def _stop_silent(key: int, due: QuerySet[ChangeProposal]) -> bool:
    proposal = ChangeProposal.objects.filter(pk=key).first()
    lock(proposal.initiative_id if proposal else None)
    # Somebody may have answered, left or deleted it since.
    if proposal is None or not due.filter(pk=key).exists():
        return False
    reason = _("Er kwam op tijd geen antwoord. Bij de pagina staat nu dat het initiatief is gestopt.")
    try:
        _answer(proposal, by=None, is_yes=True, reason=reason)
    except Refused:  # it would no longer be a valid page: staff see it among what waits
        return False
    _answered(proposal.initiative)
    return True


def close_stop(
    initiative: Initiative, *, by: User | None, why: str, keepers_of: Initiative | None = None
) -> None:
    """Ask no more whether it stopped, when an owner said so (one of ``keepers_of``, else of the page itself)."""
    stop_proposals = _asked().filter(
        initiative=initiative, by__ownerships__initiative=keepers_of or initiative
    )
    close_open(initiative, by=by, why=why, among=stop_proposals)


def _asked() -> QuerySet[ChangeProposal]:
    return ChangeProposal.objects.open().filter(
        waits_for=ChangeProposal.Waits.OWNERS,
        changes__field="activity",
        changes__new=Activity.STOPPED.value,
        changes__outcome=ProposedChange.Outcome.OPEN,
    )


def _ask(initiative: Initiative, others: Iterable[str], by: User, ends_on: date | None) -> None:
    ends_on = ends_on or initiative.ends_on or timezone.localdate()
    changes = {"activity": Activity.STOPPED.value, "ends_on": ends_on}
    propose(initiative, changes, by=by, waits_for=ChangeProposal.Waits.OWNERS)
    _log(initiative, by, _(SAYS_STOPPED))
    for email in others:
        proof, token, _code = verification.issue(Proof.Purpose.STILL_TRUE, email, initiative=initiative)
        letters.send(
            "bestaat-het-nog",
            proof.email,
            about=initiative,
            initiatief=initiative.name,
            wanneer=date_format(answer_by(), "j F Y"),
            adres=address("proof", token),
        )


def _answer(proposal: ChangeProposal, *, by: User | None, is_yes: bool, reason: str = "") -> None:
    changes = proposal.changes.filter(outcome=ProposedChange.Outcome.OPEN)
    fields = list(changes.values_list("field", flat=True))
    seen = [mark_of(to_json(proposal.initiative, field)) for field in fields]
    decide_proposal(proposal, fields if is_yes else [], by=by, reason=reason, seen=seen)


def _log(initiative: Initiative, by: User | None, what: str) -> None:
    Decision.objects.create(
        initiative=initiative,
        from_status=initiative.status,
        to_status=initiative.status,
        reason=what,
        by=by,
    )
