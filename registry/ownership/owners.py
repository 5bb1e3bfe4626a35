"""Who keeps a page and can log in, and the log of who came and went."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from registry.mail import budget, letters
from registry.mail.letters import address
from registry.models import Initiative, Ownership, OwnershipChange, Status, User
from registry.moderation import locks

Kind = OwnershipChange.Kind


def owners(initiative: Initiative) -> QuerySet[Ownership]:
    """Who keeps the page and can log in: the others have no say."""
    return initiative.ownerships.filter(user__is_active=True)


def keeps(initiative: Initiative, user: User | None) -> bool:
    return user is not None and owners(initiative).filter(user=user).exists()


def active_owners(initiative: Initiative, *besides: User | None) -> list[str]:
    """The addresses of who keeps the page, but for these people; in one order, whichever the page: two who write to the
    same people then wait for each other."""
    others = owners(initiative).exclude(user__in=[user.pk for user in besides if user is not None])
    return sorted(others.values_list("user__email", flat=True))


def needs_owners_yes(initiative: Initiative, by: User | None) -> bool:
    """Whether what this person changes of this entry waits for its owners."""
    # As it is stored: a form may have put something else in the object.
    if not Initiative.objects.filter(pk=initiative.pk, run_by=Initiative.RunBy.RESIDENTS).exists():
        return False
    people = set(owners(initiative).values_list("user_id", flat=True))
    return bool(people) and (by is None or by.pk not in people)


def name_in_letter(initiative: Initiative) -> str:
    """What an initiative is called in a letter to a mailbox that nobody proved: its own words only once staff
    have read them."""
    return initiative.name if initiative.status == Status.PUBLISHED else _("een initiatief")


def lock(initiative: Initiative) -> None:
    """Before anything of the page is written, so that two who change it wait for each other; Gone when it was deleted."""
    locks.lock_one(initiative.pk)


def lock_pages_of(user: User) -> list[Initiative]:
    """Those that ``user`` keeps, as they are now, in one order."""
    mine = Initiative.objects.filter(ownerships__user=user).exclude(status=Status.MERGED)
    return list(locks.lock(*mine.values_list("pk", flat=True)).values())


def log(
    initiative: Initiative, kind: str, *, whom: User | None = None, by: User | None = None, why: str = ""
) -> OwnershipChange:
    return OwnershipChange.objects.create(initiative=initiative, kind=kind, whom=whom, by=by, why=why.strip())


def changes_of(user: User) -> QuerySet[OwnershipChange]:
    """What happened with the say of this person, wherever."""
    return OwnershipChange.objects.filter(whom=user).select_related("initiative")


def tell_others(name: str, initiative: Initiative, user: User, *besides: User | None, who: str = "") -> None:
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
