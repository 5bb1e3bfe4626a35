"""Who has a say in a page: how somebody comes to keep it and how that ends.

The only code that writes who keeps what. Each step is told to who keeps the page too, and leaves a line that the owners
and staff read. What waits for owners never waits for nobody: it passes to staff.
"""

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from registry import proofs
from registry.mail import budget, letters
from registry.mail.blanks import Ours, quoted
from registry.mail.letters import address
from registry.models import (
    ChangeProposal,
    Initiative,
    Notice,
    Ownership,
    OwnershipChange,
    Proof,
    Status,
    User,
)
from registry.models.mailbox import as_mailed
from registry.moderation import NotAllowed, decide

Kind = OwnershipChange.Kind
Purpose = Proof.Purpose
# Letters that let somebody in.
LETS_IN = [Purpose.INVITE, Purpose.CLAIM]


def owners(initiative):
    """Who keeps the page and can log in: the others have no say."""
    return initiative.ownerships.filter(user__is_active=True)


def keeps(initiative, user):
    return user is not None and owners(initiative).filter(user=user).exists()


def active_owners(initiative, *besides):
    """The addresses of who keeps the page, but for these people; in one order, whichever the page: two who write to the
    same people then wait for each other."""
    others = owners(initiative).exclude(user__in=[user.pk for user in besides if user is not None])
    return sorted(others.values_list("user__email", flat=True))


def needs_owners_yes(initiative, by):
    """Whether what this person changes of this entry waits for its owners."""
    # As it is stored: a form may have put something else in the object.
    if not Initiative.objects.filter(pk=initiative.pk, run_by=Initiative.RunBy.RESIDENTS).exists():
        return False
    people = set(owners(initiative).values_list("user_id", flat=True))
    return bool(people) and (by is None or by.pk not in people)


def name_in_letter(initiative):
    """What an initiative is called in a letter to a mailbox that nobody proved: its own words only once staff
    have read them."""
    return initiative.name if initiative.status == Status.PUBLISHED else _("een initiatief")


def log(initiative, kind, *, whom=None, by=None, why=""):
    return OwnershipChange.objects.create(initiative=initiative, kind=kind, whom=whom, by=by, why=why.strip())


# Coming


@transaction.atomic
def invite(initiative, email, *, by):
    """Ask somebody to keep the page too; nothing changes before they say yes. Returns the proof.

    ``by`` is not named in the letter: what somebody calls themselves is their own words.
    """
    _refuse_own_hand(initiative, email, by)
    proof, token, _code = proofs.issue(Purpose.INVITE, email, initiative=initiative, subject=by.pk)
    # Not whom: that would tell who has an account.
    log(initiative, Kind.INVITED, by=by)
    letters.send(
        "uitnodiging",
        proof.email,
        about=initiative,
        initiatief=name_in_letter(initiative),
        wie=_("Een medewerker") if by.is_staff else _("Iemand die deze pagina beheert"),
        adres=address("proof", token),
    )
    return proof


@transaction.atomic
def claim(notice):
    """A visitor says that a page is theirs: staff look first, and the owners can read that it was asked."""
    notice.save()
    log(notice.initiative, Kind.CLAIMED)


@transaction.atomic
def hand_over(initiative, email, *, by=None):
    """Mail who says that a page is theirs a link that makes it so; returns the proof."""
    _refuse_own_hand(initiative, email, by)
    proof, token, _code = proofs.issue(
        Purpose.CLAIM, email, initiative=initiative, subject=by.pk if by else ""
    )
    log(initiative, Kind.CLAIM_ALLOWED, by=by)
    letters.send(
        "overnemen-mag",
        proof.email,
        about=initiative,
        initiatief=initiative.name,
        adres=address("proof", token),
    )
    return proof


@transaction.atomic
def refuse_claim(initiative, email, *, by, reason):
    """To an address that nobody proved: in words of staff, and none of who wrote."""
    log(initiative, Kind.CLAIM_REFUSED, by=by, why=reason)
    about = name_in_letter(initiative)
    letters.send("overnemen-niet", email, about=initiative, initiatief=about, reden=reason)


@transaction.atomic
def take_back(proof, *, by):
    """End an invitation, or a link to keep the page, that nobody used yet."""
    if proof.purpose not in LETS_IN or not proofs.revoke_one(proof):
        raise NotAllowed(_("Deze uitnodiging is al gebruikt of ingetrokken."))
    kind = Kind.INVITATION_WITHDRAWN if proof.purpose == Purpose.INVITE else Kind.LINK_WITHDRAWN
    log(proof.initiative, kind, by=by)


def open_invitations(initiative):
    """The letters that would still let somebody in, each with ``asker``: who sent it, or None."""
    found = list(Proof.objects.usable().filter(initiative=initiative, purpose__in=LETS_IN))
    askers = User.objects.in_bulk({int(proof.subject) for proof in found if proof.subject.isdecimal()})
    for proof in found:
        proof.asker = askers.get(int(proof.subject)) if proof.subject.isdecimal() else None
    return found


def open_claims(initiative):
    return initiative.notices.open().filter(kind=Notice.Kind.CLAIM)


def asker_of(proof):
    """Who sent the letter that lets somebody in, or None."""
    return User.objects.filter(pk=proof.subject).first() if proof.subject.isdecimal() else None


@transaction.atomic
def make_owner(initiative, email, *, by=None, kind=Kind.JOINED):
    """Let the person behind this proven address keep the page; makes the account when there is none. ``by``: who asked
    them to."""
    user = User.objects.filter(email=as_mailed(email)).first() or User.objects.create_user(email)
    if not user.is_active:
        raise NotAllowed(_("Dit account is uitgezet. Laat het ons weten als dat niet klopt."))
    _refuse_own_hand(initiative, email, by)
    # So that a change of address knows that this one is theirs, and writes to it.
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    _ownership, is_new = Ownership.objects.get_or_create(initiative=initiative, user=user)
    if is_new:
        log(initiative, kind, whom=user, by=by)
        _tell_others("eigenaar-erbij", initiative, user)
        _is_kept_again(initiative)
    # One yes is enough: another invitation would let them in again after they left.
    proofs.revoke(proofs.addresses_of(user), initiative=initiative, purposes=[*LETS_IN, Purpose.REGISTER])
    return user


def _refuse_own_hand(initiative, email, by):
    """Nobody of staff gives a page to themselves; and what residents keep, staff keep only when an owner asks them."""
    if by is None or not by.is_staff or keeps(initiative, by):
        return
    if as_mailed(email) in {as_mailed(one) for one in proofs.addresses_of(by)}:
        raise NotAllowed(_("U kunt uzelf geen eigenaar maken. Vraag het een eigenaar van de pagina."))
    is_colleague = User.objects.filter(email=as_mailed(email), is_staff=True).exists()
    if is_colleague and needs_owners_yes(initiative, by):
        raise NotAllowed(
            _(
                "Deze pagina is van inwoners. Een medewerker beheert haar alleen als een eigenaar die uitnodigt."
            )
        )


def take_over(duplicate, into, *, by):
    """Who kept a page keeps the one that it was merged into."""
    held = set(into.ownerships.values_list("user_id", flat=True))
    for ownership in duplicate.ownerships.exclude(user__in=held).select_related("user"):
        ownership.initiative = into
        ownership.save()
        log(into, Kind.MERGED, whom=ownership.user, by=by)


# Going


@transaction.atomic
def leave(initiative, user, *, by=None, reason=""):
    """Take an owner away, with all that would let them in again; the last one cannot go unless staff say so, for
    nobody would be asked whether it is still true. Who is taken away by another hears of it, and where to object."""
    kept = Ownership.objects.select_for_update().filter(initiative=initiative)
    is_by_other = by is not None and by != user
    is_by_staff = is_by_other and by.is_staff
    if not is_by_staff and not any(
        owner.user_id != user.pk and owner.user.is_active for owner in kept.select_related("user")
    ):
        raise NotAllowed(_("Er moet één eigenaar blijven. Nodig eerst iemand anders uit."))
    was_owner, _rows = kept.filter(user=user).delete()
    if was_owner:
        log(initiative, Kind.REMOVED if is_by_other else Kind.LEFT, whom=user, by=by or user, why=reason)
        _tell_others("eigenaar-weg", initiative, user, by)
    proofs.revoke(proofs.addresses_of(user), initiative=initiative)
    proofs.revoke_invitations_by(user, initiative=initiative)
    if is_by_other:
        # Whoever takes somebody away cannot keep this from them by first filling their mailbox.
        with budget.free():
            letters.send(
                "eigenaar-af",
                user.email,
                about=initiative,
                initiatief=initiative.name,
                wie=Ours(_("Een medewerker")) if is_by_staff else str(by),
                reden=reason,
            )
    _is_left(initiative, _("Niemand beheert deze pagina nu: de laatste eigenaar is weggehaald."))


@transaction.atomic
def withdraw(initiative, *, by, reason=""):
    """Take the page off the site, as one of its owners; the others hear of it, with the reason as that owner's words."""
    decide(initiative, Status.WITHDRAWN, by=by, reason=reason or _("Ingetrokken door de eigenaar"))
    told = [_("Iemand die de pagina ook beheert, haalde die van de site."), quoted(reason)]
    with budget.free():
        for email in active_owners(initiative, by):
            letters.send(
                "besluit-ingetrokken",
                email,
                about=initiative,
                initiatief=initiative.name,
                reden="\n\n".join(filter(None, told)),
                verder=f"{_('Bekijk uw eigen pagina:')}\n{address('my-initiative', initiative.slug)}",
            )


@transaction.atomic
def tell_gone(user, *, by=None):
    """That the account of ``user`` can do nothing any more: to who keeps a page too, without a name; a page that nobody
    is left of goes on the list of what waits for staff, with what waited for its owners."""
    who = _("iemand van wie het account is verwijderd of uitgezet")
    for initiative in _kept_by(user):
        log(initiative, Kind.GONE, whom=user, by=by)
        _tell_others("eigenaar-weg", initiative, user, who=who)
        _is_left(
            initiative, _("Niemand beheert deze pagina nu: het account van de laatste eigenaar is weg."), user
        )


@transaction.atomic
def tell_back(user, *, by=None):
    """That the account of ``user`` was switched on again, with the say that it had."""
    for initiative in _kept_by(user):
        log(initiative, Kind.BACK, whom=user, by=by)
        _tell_others("eigenaar-erbij", initiative, user)
        _is_kept_again(initiative)


def forget(user):
    """What was written about somebody who is erased; that something happened, and when, stays."""
    OwnershipChange.objects.filter(Q(whom=user) | Q(by=user)).update(why="")


def changes_of(user):
    """What happened with the say of this person, wherever."""
    return OwnershipChange.objects.filter(whom=user).select_related("initiative")


def _kept_by(user):
    return Initiative.objects.filter(ownerships__user=user).exclude(status=Status.MERGED).order_by("pk")


def _tell_others(name, initiative, user, *besides, who=""):
    """That ``user`` came or went. Their address stands on the page of the owners too."""
    with budget.free():
        for email in active_owners(initiative, user, *besides):
            letters.send(
                name,
                email,
                about=initiative,
                initiatief=initiative.name,
                wie=who or user.email,
                adres=address("my-initiative", initiative.slug),
            )


# Nobody left


# What begins the words on the list of staff; when somebody keeps the page again these are done.
_NOBODY = "Niemand beheert deze pagina nu"


def _is_left(initiative, text, *gone):
    """When nobody who can log in is left: staff see it, and decide what waited for owners."""
    if active_owners(initiative, *gone):
        return
    pass_to_staff(initiative)
    if initiative.status not in (Status.MERGED, Status.WITHDRAWN, Status.REJECTED):
        Notice.objects.get_or_create(
            initiative=initiative,
            kind=Notice.Kind.REPORT,
            handled_at=None,
            text=text,
            defaults={"page": initiative.get_absolute_url()},
        )


def _is_kept_again(initiative):
    left = initiative.notices.open().filter(kind=Notice.Kind.REPORT, text__startswith=_NOBODY, email="")
    left.update(handled_at=timezone.now(), outcome=_("Er is weer een eigenaar."))


def pass_to_staff(initiative):
    """Let staff decide what waits for owners that nobody can ask; returns whether anything did."""
    waiting = initiative.proposals.open().filter(waits_for=ChangeProposal.Waits.OWNERS)
    if not waiting.update(waits_for=ChangeProposal.Waits.STAFF):
        return False
    log(initiative, Kind.PASSED_ON)
    return True


def unreachable(before):
    """Pages with something that waits for their owners since before this moment, while mail arrives at none of them."""
    waits = ChangeProposal.objects.open().filter(
        initiative=OuterRef("pk"), waits_for=ChangeProposal.Waits.OWNERS, proposed_at__lte=before
    )
    return Initiative.objects.unreachable().filter(Exists(waits))


@transaction.atomic
def _pass_when_unreachable(key, before):
    initiative = Initiative.objects.select_for_update().get(pk=key)
    return unreachable(before).filter(pk=key).exists() and pass_to_staff(initiative)


def pass_on_unreachable(before):
    """An owner whom no letter reaches stops nothing; how many pages."""
    return sum(
        _pass_when_unreachable(key, before) for key in list(unreachable(before).values_list("pk", flat=True))
    )
