"""How somebody comes to keep a page: asked by who keeps it, or by staff after a look; with a proved mailbox."""

from collections.abc import Collection, Iterable

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.mail import letters, verification
from registry.mail.letters import address
from registry.models import Initiative, Notice, Ownership, Proof, Status, User
from registry.models.fields.mailbox import as_mailed
from registry.ownership.last_owner import is_kept_again
from registry.ownership.owners import (
    Kind,
    keeps,
    lock,
    log,
    name_in_letter,
    needs_owners_yes,
    owners,
    tell_others,
)

Purpose = Proof.Purpose
# Letters that let somebody in.
LETS_IN = [Purpose.INVITE, Purpose.CLAIM]


@transaction.atomic
def invite(initiative: Initiative, email: str, *, by: User) -> Proof:
    """Ask somebody to keep the page too; nothing changes before they say yes. Returns the proof.

    ``by`` is not named in the letter: what somebody calls themselves is their own words.
    """
    lock(initiative)
    if initiative.status == Status.MERGED:
        raise Refused(_("Deze pagina is samengevoegd met een andere. Nodig iemand uit op die pagina."))
    _refuse_own_hand(initiative, email, by)
    proof, token, _code = verification.issue(Purpose.INVITE, email, initiative=initiative, subject=by.pk)
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
def claim(notice: Notice) -> None:
    """A visitor says that a page is theirs: staff look first, and the owners can read that it was asked."""
    notice.save()
    if notice.initiative is not None:
        log(notice.initiative, Kind.CLAIMED)


@transaction.atomic
def hand_over(initiative: Initiative, email: str, *, by: User | None = None) -> Proof:
    """Mail who says that a page is theirs a link that makes it so; returns the proof."""
    lock(initiative)
    _refuse_own_hand(initiative, email, by)
    proof, token, _code = verification.issue(
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
def refuse_claim(initiative: Initiative, email: str, *, by: User | None, reason: str) -> None:
    """To an address that nobody proved: in words of staff, and none of who wrote."""
    lock(initiative)
    log(initiative, Kind.CLAIM_REFUSED, by=by, why=reason)
    about = name_in_letter(initiative)
    letters.send("overnemen-niet", email, about=initiative, initiatief=about, reden=reason)


@transaction.atomic
def take_back(proof: Proof, *, by: User | None, as_staff: bool = False) -> None:
    """End an invitation, or a link to keep the page, that nobody used yet. What staff sent, only staff take back."""
    if not as_staff and is_of_staff(proof):
        raise Refused(_("Deze link stuurde een medewerker. Klopt dat niet? Laat het ons weten."))
    if proof.purpose not in LETS_IN or not verification.revoke_one(proof):
        raise Refused(_("Deze uitnodiging is al gebruikt of ingetrokken."))
    kind = Kind.INVITATION_WITHDRAWN if proof.purpose == Purpose.INVITE else Kind.LINK_WITHDRAWN
    log(proof.page.survivor, kind, by=by)


def open_invitations(initiative: Initiative) -> list[Proof]:
    """The letters that would still let somebody in, each with ``asker``: who sent it, or None."""
    proofs = list(
        Proof.objects.usable().filter(
            initiative__in=verification.with_merged(initiative), purpose__in=LETS_IN
        )
    )
    keepers = set(owners(initiative).values_list("user_id", flat=True))
    askers = User.objects.in_bulk({int(proof.subject) for proof in proofs if proof.subject.isdecimal()})
    for proof in proofs:
        proof.asker = askers.get(int(proof.subject)) if proof.subject.isdecimal() else None
        proof.is_of_staff = proof.purpose == Purpose.CLAIM or bool(
            proof.asker and proof.asker.is_staff and proof.asker.pk not in keepers
        )
    return proofs


def open_claims(initiative: Initiative) -> QuerySet[Notice]:
    return initiative.notices.open().filter(kind=Notice.Kind.CLAIM)


def asker_of(proof: Proof) -> User | None:
    """Who sent the letter that lets somebody in, or None."""
    return User.objects.filter(pk=proof.subject).first() if proof.subject.isdecimal() else None


def may_still_ask(proof: Proof) -> bool:
    """Whether who sent the letter that lets somebody in could send it now: as an owner, or as staff."""
    if not proof.subject:
        return True
    asker = asker_of(proof)
    return bool(asker and asker.is_active and (asker.is_staff or keeps(proof.page.survivor, asker)))


def is_of_staff(proof: Proof) -> bool:
    """Whether staff sent it who do not keep the page: then it is theirs to take back."""
    asker = asker_of(proof)
    of_staff = asker is not None and asker.is_staff and not keeps(proof.page.survivor, asker)
    return proof.purpose == Purpose.CLAIM or of_staff


@transaction.atomic
def make_owner(
    initiative: Initiative, email: str, *, by: User | None = None, kind: str = Kind.JOINED
) -> User:
    """Let the person behind this proven address keep the page; makes the account when there is none. ``by``: who asked
    them to."""
    lock(initiative)
    user = User.objects.filter(email=as_mailed(email)).first() or User.objects.create_user(email)
    if not user.is_active:
        raise Refused(_("Dit account is uitgezet. Laat het ons weten als dat niet klopt."))
    _refuse_own_hand(initiative, email, by)
    # So that a change of address knows that this one is theirs, and writes to it.
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    _ownership, is_new = Ownership.objects.get_or_create(initiative=initiative, user=user)
    if is_new:
        log(initiative, kind, whom=user, by=by)
        tell_others("eigenaar-erbij", initiative, user)
        is_kept_again(initiative)
    # One yes is enough: another invitation would let them in again after they left.
    verification.revoke(
        verification.addresses_of(user), initiative=initiative, purposes=[*LETS_IN, Purpose.REGISTER]
    )
    return user


def _refuse_own_hand(initiative: Initiative, email: str, by: User | None) -> None:
    """Nobody of staff gives a page to themselves; and what residents keep, staff keep only when an owner asks them."""
    if by is None or not by.is_staff or keeps(initiative, by):
        return
    if as_mailed(email) in {as_mailed(address) for address in verification.addresses_of(by)}:
        raise Refused(_("U kunt uzelf geen eigenaar maken. Vraag het een eigenaar van de pagina."))
    is_colleague = User.objects.filter(email=as_mailed(email), is_staff=True).exists()
    if is_colleague and needs_owners_yes(initiative, by):
        raise Refused(
            _(
                "Deze pagina is van inwoners. Een medewerker beheert haar alleen als een eigenaar die uitnodigt."
            )
        )


def take_over(duplicate: Initiative, into: Initiative, *, by: User | None) -> tuple[list[int], list[User]]:
    """Who kept a page keeps the one that it was merged into; (the keys of what moved, who stayed behind).

    Staff do not come to keep what residents keep: that takes an owner who asks them.
    """
    kept_by_staff = owners(into).exists() and not owners(into).filter(user__is_staff=False).exists()
    if kept_by_staff and _kept_by_residents(duplicate):
        raise Refused(
            _("‘%(one)s’ is van inwoners, ‘%(other)s’ is van een medewerker. Houd de pagina van de inwoners.")
            % {"one": duplicate, "other": into}
        )
    moved = duplicate.ownerships.exclude(user__in=into.ownerships.values("user")).select_related("user")
    stays = [ownership for ownership in moved if ownership.user.is_staff] if _kept_by_residents(into) else []
    return [_move(ownership, into, by).pk for ownership in moved if ownership not in stays], [
        ownership.user for ownership in stays
    ]


def _kept_by_residents(initiative: Initiative) -> bool:
    """Whether residents run it, and one of them keeps the page."""
    return needs_owners_yes(initiative, None) and owners(initiative).filter(user__is_staff=False).exists()


def hand_back(
    keys: Iterable[int],
    into: Initiative,
    duplicate: Initiative,
    *,
    by: User | None,
    still: Collection[int] = (),
) -> list[tuple[int, int]]:
    """The other way, when a merge is taken back: who left since, or keeps the page again already, stays as they are.

    ``still``: what is part of ``into`` as before. Who kept one of those too keeps ``into`` by that one; returns these
    ownerships as (key, the page that it came from).
    """
    held = set(duplicate.ownerships.values_list("user_id", flat=True))
    stood_in = []
    for ownership in into.ownerships.filter(pk__in=keys).exclude(user__in=held).select_related("user"):
        _move(ownership, duplicate, by, Kind.RETURNED)
        other = Ownership.objects.filter(initiative__in=still, user=ownership.user).first()
        if other is None:
            log(into, Kind.SPLIT, whom=ownership.user, by=by)
        else:
            stood_in.append((other.pk, other.initiative_id))
            Ownership.objects.filter(pk=other.pk).update(initiative=into)
    return stood_in


def _move(ownership: Ownership, to: Initiative, by: User | None, kind: str = Kind.MERGED) -> Ownership:
    ownership.initiative = to
    ownership.save()
    log(to, kind, whom=ownership.user, by=by)
    return ownership
