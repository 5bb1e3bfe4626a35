"""Once a year: is this page still true? One tap is enough; silence is shown.

That it exists no more, one owner says for all: the others are asked first, by a proposal that waits for them. A yes of
one of them stops the page, a no keeps it, and so does "klopt nog"; silence stops it after a while.
"""

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registry import proofs, stopping
from registry.locking import lock, lock_one
from registry.mail import letters, troubles
from registry.models import ChangeProposal, Decision, Initiative, Ownership, Proof, ProposedChange, Status
from registry.moderation import NotAllowed
from registry.proposals import decide_proposal, mark_of, propose, to_json
from registry.registration import active_owners, address

Activity = Initiative.Activity


def due(day):
    """Published entries with an owner that nobody confirmed, published or was asked about for a year."""
    year_ago = day - timedelta(days=settings.REMIND_AFTER_DAYS)
    return (
        Initiative.objects.published()
        .filter(ownerships__in=_willing(), is_sample=False)
        .exclude(activity=Initiative.Activity.STOPPED)
        .filter(
            Q(confirmed_on__lte=year_ago) | Q(confirmed_on__isnull=True, published_at__date__lte=year_ago)
        )
        .filter(Q(reminded_on__isnull=True) | Q(reminded_on__lte=year_ago))
        .distinct()
        .order_by(F("reminded_on").asc(nulls_first=True), "pk")
    )


def send(*, limit, day=None):
    """Ask at most ``limit`` entries; returns those asked. A second run on the day asks nobody twice."""
    day = day or timezone.localdate()
    asked = []
    for key in due(day).values_list("pk", flat=True)[:limit]:
        with transaction.atomic():
            initiative = lock_one(key)
            if not due(day).filter(pk=key).exists():
                continue
            owners = list(_willing().filter(initiative=initiative).select_related("user"))
            emails = [ownership.user.email for ownership in owners]
            dead = troubles.among([*emails, initiative.contact_email])
            reached = [ownership for ownership in owners if ownership.user.email not in dead]
            if not reached:
                _ask_another_way(initiative, emails, dead)
            for ownership in reached:
                proof, token, _code = proofs.issue(
                    Proof.Purpose.STILL_TRUE, ownership.user.email, initiative=initiative
                )
                letters.send(
                    "klopt-het-nog",
                    proof.email,
                    initiatief=initiative.name,
                    wanneer=date_format(day + timedelta(days=settings.UNCONFIRMED_AFTER_DAYS + 1), "j F Y"),
                    adres=address("proof", token),
                    **stopping.way_out("jaar", ownership),
                )
            # Not a change of content: "changed at" stays, and so does the history.
            Initiative.objects.filter(pk=key).update(reminded_on=day)
        asked.append(initiative)
    return asked


def _willing():
    """Who is asked."""
    return Ownership.objects.filter(wants_yearly=True, user__is_active=True)


def unasked():
    """The keys of the entries with owners, none of whom wants to be asked."""
    owned = Ownership.objects.filter(user__is_active=True)
    return owned.exclude(initiative__in=_willing().values("initiative")).values("initiative")


@transaction.atomic
def ask_yearly(ownership, wants):
    """Whether this owner is asked. Of a page that nobody is asked about any more, nobody was asked."""
    lock(ownership.initiative_id)
    Ownership.objects.filter(pk=ownership.pk).update(wants_yearly=wants)
    if not _willing().filter(initiative=ownership.initiative_id).exists():
        Initiative.objects.filter(pk=ownership.initiative_id).update(reminded_on=None)


stopping.add(
    "jaar",
    find=lambda key: Ownership.objects.filter(pk=key, wants_yearly=True).select_related("initiative").first(),
    what=lambda ownership: (
        _("de vraag, één keer per jaar, of de pagina van %s nog klopt") % ownership.initiative
    ),
    stop=lambda ownership: ask_yearly(ownership, wants=False),
)


def _ask_another_way(initiative, owners, dead):
    """No owner can be reached: tell the address that the page itself gives, when that is another. It gets no proof, for
    nobody showed that an owner reads there: only where to write to us. Staff see the page on their worklist."""
    to = initiative.contact_email
    if to and to not in dead and to not in owners:
        about = urlencode({"pagina": initiative.get_absolute_url()})
        letters.send(
            "eigenaar-onbereikbaar", to, initiatief=initiative.name, adres=f"{address('tell')}?{about}"
        )


@transaction.atomic
def confirm(initiative, *, by):
    """It is still true, whoever said that it exists no more. Does not touch when the entry was last changed."""
    initiative = lock_one(initiative.pk)
    Initiative.objects.filter(pk=initiative.pk).update(confirmed_on=timezone.localdate())
    if asked := stop_asked(initiative):
        _answer(asked, by=by, is_yes=False, reason=_("De pagina klopt nog."))
    _log(initiative, by, "Klopt nog")


@transaction.atomic
def stop(initiative, *, lessons, by):
    """It exists no more: the page stays and says so. Returns whether it does now: of a public page the other owners
    are asked first. What others may learn from it is new text, so on a public page it waits for staff."""
    initiative = lock_one(initiative.pk)
    is_public, asked = initiative.status == Status.PUBLISHED, stop_asked(initiative)
    if lessons.strip() and is_public:
        propose(initiative, {"lessons": lessons.strip()}, by=by)
    else:
        initiative.lessons = lessons.strip() or initiative.lessons
    is_second = asked is not None and asked.by != by
    asks_first = by is not None and is_public and not is_second and initiative.activity != Activity.STOPPED
    if asks_first and (others := active_owners(initiative, by)):
        if asked is None:
            _ask(initiative, others, by)
        return False
    if asked:
        _answer(asked, by=by, is_yes=True)
        initiative.refresh_from_db()
    initiative.activity = Activity.STOPPED
    initiative.ends_on = initiative.ends_on or timezone.localdate()
    initiative.confirmed_on = timezone.localdate()
    initiative._history_user = by
    initiative._change_reason = "Gestopt"
    initiative.save()
    _log(initiative, by, "Bestaat niet meer")
    return True


def stop_asked(initiative):
    """The proposal to stop that waits for the owners, or None."""
    return _asked().filter(initiative=initiative).first()


def answer_by():
    """The day by which another owner answers when they are asked today."""
    return timezone.localdate() + timedelta(days=settings.STOP_AFTER_DAYS)


def stop_silent():
    """Stop each page of which an owner said that it exists no more and nobody answered in time; how many."""
    before = timezone.now() - timedelta(days=settings.STOP_AFTER_DAYS)
    # What staff proposed waits for a yes, however long.
    due = _asked().filter(proposed_at__lte=before, by__ownerships__initiative=F("initiative"))
    return sum(_stop_silent(key, due) for key in list(due.values_list("pk", flat=True)))


@transaction.atomic
def _stop_silent(key, due):
    found = ChangeProposal.objects.get(pk=key)
    lock_one(found.initiative_id)
    # Somebody may have answered, or left, since.
    if not due.filter(pk=key).exists():
        return False
    reason = _("Er kwam op tijd geen antwoord. Bij de pagina staat nu dat het initiatief is gestopt.")
    try:
        _answer(found, by=None, is_yes=True, reason=reason)
    except NotAllowed:  # it would no longer be a valid page: staff see it among what waits
        return False
    Initiative.objects.filter(pk=found.initiative_id).update(confirmed_on=timezone.localdate())
    return True


def _asked():
    return ChangeProposal.objects.open().filter(
        waits_for=ChangeProposal.Waits.OWNERS,
        changes__field="activity",
        changes__new=Activity.STOPPED.value,
        changes__outcome=ProposedChange.Outcome.OPEN,
    )


def _ask(initiative, others, by):
    changes = {"activity": Activity.STOPPED.value, "ends_on": initiative.ends_on or timezone.localdate()}
    propose(initiative, changes, by=by, waits_for=ChangeProposal.Waits.OWNERS)
    _log(initiative, by, _("Bestaat niet meer, zegt een eigenaar. Wij vragen het de andere eigenaren."))
    for email in others:
        proof, token, _code = proofs.issue(Proof.Purpose.STILL_TRUE, email, initiative=initiative)
        letters.send(
            "bestaat-het-nog",
            proof.email,
            initiatief=initiative.name,
            wanneer=date_format(answer_by(), "j F Y"),
            adres=address("proof", token),
        )


def _answer(asked, *, by, is_yes, reason=""):
    changes = asked.changes.filter(outcome=ProposedChange.Outcome.OPEN)
    fields = list(changes.values_list("field", flat=True))
    seen = [mark_of(to_json(asked.initiative, field)) for field in fields]
    decide_proposal(asked, fields if is_yes else [], by=by, reason=reason, seen=seen)


def _log(initiative, by, what):
    Decision.objects.create(
        initiative=initiative,
        from_status=initiative.status,
        to_status=initiative.status,
        reason=what,
        by=by,
    )
