"""How somebody stops to keep a page, with all that would let them in again."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.mail import budget, letters, verification
from registry.mail.letters import address
from registry.mail.wording.blanks import Ours, quoted
from registry.mail.wording.frame import contact
from registry.models import Initiative, Ownership, OwnershipChange, Status, User
from registry.moderation import locks
from registry.moderation.decisions import decide
from registry.ownership.last_owner import is_kept_again, is_left
from registry.ownership.owners import Kind, active_owners, lock, lock_pages_of, log, tell_others


@transaction.atomic
def leave(
    initiative: Initiative, user: User, *, by: User | None = None, reason: str = "", as_staff: bool = False
) -> None:
    """Take an owner away, with all that would let them in again; the last one cannot go unless staff say so, for
    nobody would be asked whether it is still true. Who is taken away by another hears of it, and where to object.
    ``as_staff``: from the page of staff; on their own page staff who keep it are an owner as the others."""
    pages = locks.lock_all(*verification.with_merged(initiative))
    ownerships = Ownership.objects.filter(initiative=initiative)
    is_by_other = by is not None and by != user
    is_by_staff = is_by_other and as_staff
    if is_by_other and not is_by_staff:
        _refuse_after_merge(initiative)
    if not is_by_staff and not any(
        owner.user_id != user.pk and owner.user.is_active for owner in ownerships.select_related("user")
    ):
        raise Refused(_("Er moet één eigenaar blijven. Nodig eerst iemand anders uit."))
    # Also of what was merged into it: else they were back when that is taken back.
    theirs = Ownership.objects.filter(initiative__in=pages, user=user)
    ended = set(theirs.values_list("initiative_id", flat=True))
    theirs.delete()
    for key in ended:
        kind = Kind.REMOVED if is_by_other else Kind.LEFT
        log(pages[key], kind, whom=user, by=by or user, why=reason)
    if initiative.pk in ended:
        tell_others("eigenaar-weg", initiative, user, by)
    verification.revoke(verification.addresses_of(user), initiative=initiative)
    verification.revoke_invitations_by(user, initiative=initiative)
    if is_by_other:
        _tell_removed(initiative, user, Ours(_("Een medewerker")) if is_by_staff else str(by), reason)
    is_left(initiative, _("Niemand beheert deze pagina nu: de laatste eigenaar is weggehaald."))


def kept_by_absent(before: datetime) -> QuerySet[Ownership]:
    """The ownerships of who has not logged in since, nor came to keep the page."""
    seen = Coalesce("user__last_login", "user__date_joined")
    return Ownership.objects.annotate(seen=seen).filter(seen__lt=before, since__lt=before)


@transaction.atomic
def let_go(initiative: Initiative, before: datetime) -> None:
    """Of a page that is long off the site: who has not been here since stops keeping it, and hears why."""
    lock(initiative)
    why = _("De pagina staat al lang niet meer op de site, en u logde lang niet in.")
    for ownership in kept_by_absent(before).filter(initiative=initiative).select_related("user"):
        user = ownership.user
        ownership.delete()
        log(initiative, Kind.REMOVED, whom=user, why=why)
        tell_others("eigenaar-weg", initiative, user)
        verification.revoke(verification.addresses_of(user), initiative=initiative)
        verification.revoke_invitations_by(user, initiative=initiative)
        if user.is_active:
            _tell_removed(initiative, user, Ours(_("De site")), Ours(why))
    is_left(initiative, _("Niemand beheert deze pagina nu: de laatste eigenaar is weggehaald."))


def _tell_removed(initiative: Initiative, user: User, who: str, reason: str) -> None:
    """Whoever takes somebody away cannot keep this from them by first filling their mailbox."""
    with budget.free():
        letters.send(
            "eigenaar-af", user.email, about=initiative, initiatief=initiative.name, wie=who, reden=reason
        )


def _refuse_after_merge(initiative: Initiative) -> None:
    """Who came to a page by a merge is not put out of it by who was there, as long as it can be taken back."""
    if merge := initiative.merges_in.open().first():
        raise Refused(
            _(
                "Deze pagina is kortgeleden samengevoegd met een andere. Tot en met %(day)s kan alleen een medewerker "
                "een andere eigenaar weghalen of de pagina van de site halen. Schrijf naar %(contact)s."
            )
            % {"day": date_format(merge.until, "j F Y"), "contact": contact()}
        )


@transaction.atomic
def withdraw(initiative: Initiative, *, by: User, reason: str = "") -> None:
    """Take the page off the site, as one of its owners; the others hear of it, with the reason as that owner's words."""
    lock(initiative)
    if active_owners(initiative, by):
        _refuse_after_merge(initiative)
    decide(initiative, Status.WITHDRAWN, by=by, reason=reason or _("Ingetrokken door de eigenaar"))
    paragraphs = [_("Iemand die de pagina ook beheert, haalde die van de site."), quoted(reason)]
    with budget.free():
        for email in active_owners(initiative, by):
            letters.send(
                "besluit-ingetrokken",
                email,
                about=initiative,
                initiatief=initiative.name,
                reden="\n\n".join(filter(None, paragraphs)),
                verder=f"{_('Bekijk uw eigen pagina:')}\n{address('my-initiative', initiative.slug)}",
            )


@transaction.atomic
def tell_gone(user: User, *, by: User | None = None) -> None:
    """That the account of ``user`` can do nothing any more: to who keeps a page too, without a name; a page that nobody
    is left of goes on the list of what waits for staff, with what waited for its owners."""
    who = _("iemand van wie het account is verwijderd of uitgezet")
    pages = lock_pages_of(user)
    verification.revoke_invitations_by(user)
    for initiative in pages:
        log(initiative, Kind.GONE, whom=user, by=by)
        tell_others("eigenaar-weg", initiative, user, who=who)
        is_left(
            initiative, _("Niemand beheert deze pagina nu: het account van de laatste eigenaar is weg."), user
        )


@transaction.atomic
def tell_back(user: User, *, by: User | None = None) -> None:
    """That the account of ``user`` was switched on again, with the say that it had."""
    for initiative in lock_pages_of(user):
        log(initiative, Kind.BACK, whom=user, by=by)
        tell_others("eigenaar-erbij", initiative, user)
        is_kept_again(initiative)


def forget(user: User) -> None:
    """What was written about somebody who is erased; that something happened, and when, stays."""
    OwnershipChange.objects.filter(Q(whom=user) | Q(by=user)).update(why="")
