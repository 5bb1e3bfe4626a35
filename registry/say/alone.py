"""Of a page that nobody keeps who can be asked, staff decide what waited for its owners."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.locking import lock
from registry.models import ChangeProposal, Initiative, Notice, Status
from registry.say.people import Kind, active_owners, log

# What begins the words on the list of staff; when somebody keeps the page again these are done.
_NOBODY = "Niemand beheert deze pagina nu"


def is_left(initiative, text, *gone):
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


def is_kept_again(initiative):
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
    initiative = lock(key).get(key)
    return (
        initiative is not None and unreachable(before).filter(pk=key).exists() and pass_to_staff(initiative)
    )


def pass_on_unreachable():
    """An owner whom no letter reaches stops nothing for long; of how many pages staff decide now."""
    before = timezone.now() - timedelta(days=settings.STOP_AFTER_DAYS)
    return sum(
        _pass_when_unreachable(key, before) for key in list(unreachable(before).values_list("pk", flat=True))
    )
