"""Hear of the results of a round by e-mail: confirmed first, one tap to stop."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.foundation import other_apps
from registry.mail import letters, unsubscribe
from registry.models.fields.mailbox import as_mailed
from survey.models import FollowedRound, Publication, Round

SALT = "survey.following"


def can_be_followed(round):
    return round.state != Round.State.DRAFT and not round.is_sample


@transaction.atomic
def follow(round, email):
    """Ask whether this mailbox wants to follow. The same answer for who already does: no leak."""
    row, _created = FollowedRound.objects.get_or_create(round=round, email=as_mailed(email))
    if row.confirmed_at is None:
        link = reverse("survey:follow-confirm", args=[round.slug, signing.dumps(row.pk, salt=SALT)])
        letters.send(
            "meting-volgen-bevestigen", row.email, meting=round.name, adres=f"{settings.SITE_URL}{link}"
        )


def find(round, token):
    """Who asked to follow, behind a mailed link; None when it is made up, ran out, or is no longer asked."""
    try:
        key = signing.loads(token, salt=SALT, max_age=timedelta(days=settings.PROOF_DAYS["volgen"]))
    except signing.BadSignature:
        return None
    return FollowedRound.objects.filter(pk=key, round=round).first()


def confirm(row):
    """The mailbox is proven."""
    FollowedRound.objects.filter(pk=row.pk, confirmed_at=None).update(confirmed_at=timezone.now())


def tell_published(publication):
    _tell("meting-gepubliceerd", publication)


def tell_withdrawn(publication):
    _tell("meting-ingetrokken", publication, reden=publication.withdrawal_reason)


def tell_corrected(erratum):
    _tell("meting-verbeterd", erratum.publication, reden=erratum.text)


def _tell(name, publication, **words):
    """Write to who follows the round, when what it is about has a page."""
    if not Publication.objects.with_page().filter(pk=publication.pk).exists():
        return
    round = publication.round
    page = f"{settings.SITE_URL}{round.get_absolute_url()}?uitgave={publication.edition}"
    for row in round.followers.exclude(confirmed_at=None).order_by("email"):
        way_out = unsubscribe.way_out("meting", row)
        letters.send(name, row.email, meting=round.name, adres=page, **words, **way_out)


unsubscribe.add(
    "meting",
    find=lambda key: FollowedRound.objects.filter(pk=key).select_related("round").first(),
    what=lambda row: _("de resultaten van ‘%s’") % row.round,
    stop=lambda row: row.delete(),
)
other_apps.add(
    other_apps.Kept(
        label=gettext_lazy("gevolgde metingen"),
        rows_of=lambda email: FollowedRound.objects.filter(email__iexact=email),
        words="round__name",
        rule=(
            gettext_lazy("Gevolgde metingen die niet zijn bevestigd"),
            "unconfirmed",
            lambda before: FollowedRound.objects.filter(confirmed_at=None, created_at__lt=before),
        ),
    )
)
