"""Once a year: is this page still true? One tap is enough; silence is shown."""

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from registry import proofs
from registry.mail import letters, troubles
from registry.models import Decision, Initiative, Proof, Status
from registry.proposals import propose
from registry.registration import address


def due(day):
    """Published entries with an owner that nobody confirmed, published or was asked about for a year."""
    year_ago = day - timedelta(days=settings.REMIND_AFTER_DAYS)
    return (
        Initiative.objects.published()
        .filter(ownerships__isnull=False, is_sample=False)
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
            initiative = Initiative.objects.select_for_update().get(pk=key)
            if not due(day).filter(pk=key).exists():
                continue
            owners = list(initiative.ownerships.values_list("user__email", flat=True))
            dead = troubles.among([*owners, initiative.contact_email])
            reached = [email for email in owners if email not in dead]
            if not reached:
                _ask_another_way(initiative, owners, dead)
            for email in reached:
                proof, token, _code = proofs.issue(Proof.Purpose.STILL_TRUE, email, initiative=initiative)
                letters.send(
                    "klopt-het-nog", proof.email, initiatief=initiative.name, adres=address("proof", token)
                )
            # Not a change of content: "changed at" stays, and so does the history.
            Initiative.objects.filter(pk=key).update(reminded_on=day)
        asked.append(initiative)
    return asked


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
    """It is still true. Does not touch when the entry was last changed."""
    Initiative.objects.filter(pk=initiative.pk).update(confirmed_on=timezone.localdate())
    _log(initiative, by, "Klopt nog")


@transaction.atomic
def stop(initiative, *, lessons, by):
    """It exists no more: the page stays. What others may learn from it is new text, so on a public page
    it waits for staff."""
    initiative = Initiative.objects.select_for_update().get(pk=initiative.pk)
    if lessons.strip() and initiative.status == Status.PUBLISHED:
        propose(initiative, {"lessons": lessons.strip()}, by=by)
    else:
        initiative.lessons = lessons.strip() or initiative.lessons
    initiative.activity = Initiative.Activity.STOPPED
    initiative.ends_on = initiative.ends_on or timezone.localdate()
    initiative.confirmed_on = timezone.localdate()
    initiative._history_user = by
    initiative._change_reason = "Gestopt"
    initiative.save()
    _log(initiative, by, "Bestaat niet meer")


def _log(initiative, by, what):
    Decision.objects.create(
        initiative=initiative,
        from_status=initiative.status,
        to_status=initiative.status,
        reason=what,
        by=by,
    )
