"""What is kept only for a while. Periods are settings; the privacy page shows the same table."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from post_office.models import Email

from registry import keeping
from registry.locking import lock
from registry.mail import letters, troubles
from registry.models import (
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
    WebhookDelivery,
)
from registry.registration import REGISTERED


def _registrations(before):
    """Sent in, never confirmed: a draft that only a mailed code knows of."""
    return Initiative.objects.filter(
        status=Status.DRAFT,
        created_at__lt=before,
        ownerships=None,
        decisions=None,
        cases=None,
        # Not by its proof, which another rule here takes away first.
        pk__in=Initiative.history.filter(history_type="+", history_change_reason=REGISTERED).values("id"),
    )


def _refused(before):
    # What something else leans on stays: a case, or an old address that leads here.
    return Initiative.objects.filter(
        status__in=[Status.REJECTED, Status.WITHDRAWN],
        published_at=None,
        changed_at__lt=before,
        cases=None,
        merged_from=None,
    )


# What, in words for the privacy page; the setting with the number of days; the rows that are due.
RULES = [
    (_("Aanmeldingen die niet zijn bevestigd"), "unconfirmed", _registrations),
    (_("Aanmeldingen die niet op de site zijn gekomen"), "refused", _refused),
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
    return [*RULES, *(kept.rule for kept in keeping.everything())]


def periods():
    """(what, days) for each rule, as the privacy page shows them."""
    return [(label, settings.RETENTION_DAYS[name]) for label, name, _rows in rules()]


@transaction.atomic
def apply(*, dry_run=False, now=None):
    """Delete what is due; returns (what, how many) for each rule. A dry run only counts."""
    now = now or timezone.now()
    due = []
    if not dry_run:
        # Before anything is deleted; what was sent in again since is not due.
        found = [rows(now - timedelta(days=settings.RETENTION_DAYS[name])) for _label, name, rows in rules()]
        lock(*(key for one in found if one.model is Initiative for key in one.values_list("pk", flat=True)))
    for label, name, rows in rules():
        found = rows(now - timedelta(days=settings.RETENTION_DAYS[name]))
        due.append((label, found.model, list(found.values_list("pk", flat=True).distinct())))
    if not dry_run:
        letters.forget_delivered()
        troubles.sweep(now)
        for _label, model, keys in due:
            erase(model, keys)
    return [(label, len(keys)) for label, _model, keys in due]


def erase(model, keys):
    """Delete rows and what the history still knows of them and of what hung on them."""
    model.objects.filter(pk__in=keys).delete()
    if hasattr(model, "history"):
        model.history.filter(**{f"{model._meta.pk.attname}__in": keys}).delete()
    for relation in model._meta.related_objects:
        child = relation.related_model
        if hasattr(child, "history") and relation.on_delete is models.CASCADE:
            child.history.filter(**{f"{relation.field.name}__in": keys}).delete()
