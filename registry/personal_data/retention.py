"""Retention: per rule a period in days (a setting), after which rows are deleted. /privacy/ shows this table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from post_office.models import Email

from registry import ownership, personal_data
from registry.foundation import other_apps
from registry.lifecycle import deletion
from registry.mail import letters, troubles
from registry.models import (
    ChangeProposal,
    ContactMessage,
    Export,
    Initiative,
    MailTrouble,
    Notice,
    Proof,
    SavedSearch,
    SearchMiss,
    SentForm,
    Status,
    User,
    WebhookDelivery,
)
from registry.moderation.locks import lock
from registry.registration.signup import registered

# On the way to the site, or off it again: not for people to read.
OFF_THE_SITE = [Status.NEEDS_MORE, Status.REJECTED, Status.WITHDRAWN]


def _registrations(before):
    """Sent in, never confirmed: a draft that only a mailed code knows of."""
    return Initiative.objects.filter(
        status=Status.DRAFT,
        created_at__lt=before,
        ownerships=None,
        decisions=None,
        cases=None,
        # Not by its proof, which another rule here takes away first.
        pk__in=registered().values("id"),
    )


def _refused(before):
    return _never_public(before, status__in=[Status.REJECTED, Status.WITHDRAWN])


def _unanswered(before):
    return _never_public(before, status=Status.NEEDS_MORE)


def _never_public(before, **which):
    # What something else leans on stays: a case, or an old address that leads here.
    return Initiative.objects.filter(
        published_at=None, changed_at__lt=before, cases=None, merged_from=None, **which
    )


def _contacts_off_the_site(before):
    """Pages that are gone from the site or were merged, with whom to write to, now or in the history, or an owner who
    has not been here either."""
    is_known = Q(contact_name__gt="") | Q(contact_email__gt="") | Q(contact_phone__gt="")
    was_known = Initiative.history.filter(is_known, id=OuterRef("pk"))
    gone = Q(status__in=OFF_THE_SITE) | Q(status=Status.MERGED)
    is_kept = Exists(ownership.kept_by_absent(_last_seen(before)).filter(initiative=OuterRef("pk")))
    return Initiative.objects.filter(gone, is_known | Exists(was_known) | is_kept, changed_at__lt=before)


def _erase(model, keys, _before):
    deletion.erase(model, keys)


def _last_seen(before):
    """Since when an owner of such a page must have been here to keep it: as long as an account without a page stays."""
    days = settings.RETENTION_DAYS
    return before + timedelta(days=days["contacts"] - days["accounts"])


def _let_go(model, keys, before):
    """Who kept such a page and does not come here is told, and asks for it anew; their account goes when they keep no
    other."""
    deletion.wipe_contacts(model, keys)
    for initiative in Initiative.objects.filter(pk__in=keys).order_by("pk"):
        ownership.let_go(initiative, _last_seen(before))


def _idle_accounts(before):
    """Who keeps no page, is no staff, sent no proposal that waits, has not been here, and is nobody's contact and
    follows nothing: that was asked for, or is in use."""
    idle = User.objects.annotate(last=Coalesce("last_login", F("date_joined"))).filter(
        ~Exists(ChangeProposal.objects.open().filter(by=OuterRef("pk"))),
        is_staff=False,
        is_superuser=False,
        ownerships=None,
        last__lt=before,
        date_joined__lt=before,
    )
    return User.objects.filter(pk__in=[user.pk for user in idle if not personal_data.is_in_use(user)])


def _forget_accounts(_model, keys, _before):
    for user in User.objects.filter(pk__in=keys):
        personal_data.forget(user)


@dataclass(frozen=True)
class Rule:
    """``label``: what, in words for the privacy page; ``period``: the setting with the number of days; ``rows(before)``:
    what is due; ``end(model, keys, before)``: how it goes."""

    label: str
    period: str
    rows: Callable[[Any], Any]
    end: Callable[[Any, Any, Any], None] = _erase


_RULES = [
    (_("Aanmeldingen die niet zijn bevestigd"), "unconfirmed", _registrations),
    (_("Aanmeldingen die niet op de site zijn gekomen"), "refused", _refused),
    (_("Aanmeldingen waarbij wij iets vroegen en niets hoorden"), "unanswered", _unanswered),
    (
        _(
            "Contactpersoon van pagina’s die van de site zijn of zijn samengevoegd, en beheerders daarvan die een jaar niet "
            "inlogden"
        ),
        "contacts",
        _contacts_off_the_site,
        _let_go,
    ),
    (
        _(
            "Accounts zonder pagina, die niets volgen en nergens contactpersoon zijn, vanaf de laatste keer inloggen"
        ),
        "accounts",
        _idle_accounts,
        _forget_accounts,
    ),
    (
        _("Berichten aan initiatieven"),
        "messages",
        lambda before: ContactMessage.objects.filter(sent_at__lt=before),
    ),
    (
        _("Meldingen en verbeteringen die zijn afgehandeld"),
        "notices",
        lambda before: Notice.objects.filter(handled_at__lt=before),
    ),
    (
        _("Codes en links die zijn verlopen"),
        "proofs",
        lambda before: Proof.objects.filter(expires_at__lt=before),
    ),
    (
        _("Gevolgde filters die niet zijn bevestigd"),
        "unconfirmed",
        lambda before: SavedSearch.objects.filter(confirmed_at=None, created_at__lt=before),
    ),
    (
        _("Verstuurde e-mails"),
        "letters",
        lambda before: Email.objects.filter(created__lt=before),
    ),
    (
        _("E-mailadressen waar e-mail niet aankomt"),
        "mail_troubles",
        lambda before: MailTrouble.objects.filter(last_at__lt=before),
    ),
    (
        _("Berichten aan webhooks van partners"),
        "webhooks",
        lambda before: WebhookDelivery.objects.filter(created_at__lt=before).exclude(
            state=WebhookDelivery.State.WAITING
        ),
    ),
    (
        _("Kenmerken van formulieren, tegen dubbel versturen"),
        "forms",
        lambda before: SentForm.objects.filter(sent_at__lt=before),
    ),
    (
        _("Wie welk bestand meenam"),
        "exports",
        lambda before: Export.objects.filter(exported_at__lt=before),
    ),
    (
        _("Zoekvragen zonder resultaat"),
        "search_misses",
        lambda before: SearchMiss.objects.filter(last_on__lte=timezone.localdate(before)),
    ),
]


def rules():
    return [Rule(*rule) for rule in [*_RULES, *(other.rule for other in other_apps.everything())]]


def periods():
    """(what, days) for each rule, as the privacy page shows them."""
    return [(rule.label, settings.RETENTION_DAYS[rule.period]) for rule in rules()]


@transaction.atomic
def apply(*, dry_run=False, now=None):
    """Delete what is due; returns (what, how many) for each rule. A dry run only counts."""
    now = now or timezone.now()
    due = []
    if not dry_run:
        # Before anything is deleted; what was sent in again since is not due.
        rows_due = [rule.rows(now - timedelta(days=settings.RETENTION_DAYS[rule.period])) for rule in rules()]
        lock(
            *(
                key
                for rows in rows_due
                if rows.model is Initiative
                for key in rows.values_list("pk", flat=True)
            )
        )
    for rule in rules():
        before = now - timedelta(days=settings.RETENTION_DAYS[rule.period])
        rows_due = rule.rows(before)
        due.append((rule, rows_due.model, list(rows_due.values_list("pk", flat=True).distinct()), before))
    if not dry_run:
        letters.forget_delivered()
        troubles.sweep(now)
        for rule, model, keys, before in due:
            rule.end(model, keys, before)
    return [(rule.label, len(keys)) for rule, _model, keys, _before in due]
