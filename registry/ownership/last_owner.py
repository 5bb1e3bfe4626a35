"""Of a page that nobody keeps who can be asked, staff decide what waited for its owners."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.models import ChangeProposal, Initiative, Notice, Status, User
from registry.moderation.decisions import log_decision
from registry.moderation.locks import lock
from registry.ownership.owners import Kind, active_owners, log, needs_owners_yes, owners

# What begins the words on the list of staff; when somebody keeps the page again these are done.
_NOBODY = "Niemand beheert deze pagina nu"


def is_left(initiative: Initiative, text: str, *gone: User) -> None:
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


def is_kept_again(initiative: Initiative) -> None:
    left = initiative.notices.open().filter(kind=Notice.Kind.REPORT, text__startswith=_NOBODY, email="")
    left.update(handled_at=timezone.now(), outcome=_("Er is weer een eigenaar."))
    give_back(initiative)


def waits_for_owners(initiative: Initiative) -> QuerySet[ChangeProposal]:
    """What others proposed to a page of residents waits for them as soon as one can be asked; these wait for staff."""
    if not needs_owners_yes(initiative, None):
        return ChangeProposal.objects.none()
    theirs = Q(by__in=owners(initiative).values("user"))
    return initiative.proposals.open().filter(waits_for=ChangeProposal.Waits.STAFF).exclude(theirs)


def give_back(initiative: Initiative) -> bool:
    """The way back of pass_to_staff; returns whether anything did."""
    # By key: the condition reads the table that is written.
    keys = list(waits_for_owners(initiative).values_list("pk", flat=True))
    if not ChangeProposal.objects.filter(pk__in=keys).update(waits_for=ChangeProposal.Waits.OWNERS):
        return False
    log_decision(initiative, _("Wat op een medewerker wachtte, wacht nu weer op de eigenaren."), by=None)
    return True


def pass_to_staff(initiative: Initiative) -> bool:
    """Let staff decide what waits for owners that nobody can ask; returns whether anything did."""
    waiting = initiative.proposals.open().filter(waits_for=ChangeProposal.Waits.OWNERS)
    if not waiting.update(waits_for=ChangeProposal.Waits.STAFF):
        return False
    log(initiative, Kind.PASSED_ON)
    return True


def unreachable(before: datetime) -> QuerySet[Initiative]:
    """Pages with something that waits for their owners since before this moment, while mail arrives at none of them."""
    waits = ChangeProposal.objects.open().filter(
        initiative=OuterRef("pk"), waits_for=ChangeProposal.Waits.OWNERS, proposed_at__lte=before
    )
    return Initiative.objects.unreachable().filter(Exists(waits))


@transaction.atomic
def _pass_when_unreachable(key: int, before: datetime) -> bool:
    initiative = lock(key).get(key)
    return (
        initiative is not None and unreachable(before).filter(pk=key).exists() and pass_to_staff(initiative)
    )


def pass_on_unreachable() -> int:
    """An owner whom no letter reaches stops nothing for long; of how many pages staff decide now."""
    before = timezone.now() - timedelta(days=settings.STOP_AFTER_DAYS)
    return sum(
        _pass_when_unreachable(key, before) for key in list(unreachable(before).values_list("pk", flat=True))
    )


@transaction.atomic
def _give_back_when_reachable(key: int) -> bool:
    initiative = lock(key).get(key)
    is_reached = not Initiative.objects.unreachable().filter(pk=key).exists()
    return initiative is not None and is_reached and give_back(initiative)


def give_back_reachable() -> int:
    """Mail arrives again: of how many pages the owners decide again."""
    waiting = ChangeProposal.objects.open().filter(
        waits_for=ChangeProposal.Waits.STAFF, initiative__run_by=Initiative.RunBy.RESIDENTS
    )
    keys = set(waiting.values_list("initiative", flat=True))
    return sum(_give_back_when_reachable(key) for key in sorted(keys))
