"""Changes the e-mail address of an account, and of the rows that are stored under the old one."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from registry.community import introductions, reminders
from registry.mail import budget, verification
from registry.models import Initiative, Introduction, MailTrouble, Notice, Proof, SavedSearch
from registry.moderation.locks import lock
from registry.personal_data.columns import kept_elsewhere


def address_changed(*, user=None, from_email_address=None, to_email_address=None, **kwargs):
    """Receiver of allauth's signal, sent after the new mailbox was proved at /account/email/."""
    if from_email_address and to_email_address:
        move(to_email_address.user, from_email_address.email, to_email_address.email)


@transaction.atomic
def move(user, old, new):
    """Carry along what ``user`` had at ``old``. Links that were mailed there open nothing any more: who reads that
    mailbox now may be another; what they asked is asked anew."""
    if old == new:
        return
    lock(*user.ownerships.values_list("initiative", flat=True))
    proofs = list(Proof.objects.usable().filter(email=old).select_related("initiative"))
    verification.revoke([old])
    MailTrouble.objects.filter(address=old).delete()
    for entry in Initiative.objects.filter(ownerships__user=user, contact_email=old):
        entry.contact_email = new
        entry._history_user = user
        entry._change_reason = str(_("Nieuw e-mailadres"))
        entry.save()
    Notice.objects.filter(email=old).update(email=new)
    followed = [SavedSearch.objects.filter(email=old), *(rows for _kept, rows in kept_elsewhere([old]))]
    for rows in followed:
        _carry(rows, new)
    with budget.free():
        for proof in proofs:
            _ask_anew(proof, user)


def _carry(rows, new):
    for row in rows:
        try:
            with transaction.atomic():
                type(row).objects.filter(pk=row.pk).update(email=new)
        except IntegrityError:  # they follow that with the new address already
            row.delete()


def _ask_anew(proof, user):
    ownership = proof.initiative and proof.initiative.ownerships.filter(user=user).first()
    if ownership is None or not user.is_active:
        return
    if proof.purpose == Proof.Purpose.STILL_TRUE:
        reminders.ask_anew(ownership)
    if proof.purpose == Proof.Purpose.INTRODUCE:
        introduction = Introduction.objects.filter(pk=proof.subject).first()
        if introduction and not introduction.is_over:
            introductions.ask_owner(introduction, proof.initiative, user.email)
