"""What the register keeps about one person: to download, and to delete."""

from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from post_office.models import Email

from registry import keeping, proofs
from registry.locking import lock_kept_by
from registry.models import (
    ChangeProposal,
    ContactMessage,
    Decision,
    Initiative,
    IntroductionConsent,
    MailTrouble,
    Notice,
    Proof,
    ProposedChange,
    SavedSearch,
    User,
)
from registry.registration import tell_gone

CONTACT = ["contact_name", "contact_email", "contact_phone"]


def kept_about(user):
    """All of it, in plain words and plain types."""
    return {
        "account": {
            "e-mailadres": user.email,
            "naam": user.name,
            "aangemaakt op": _day(user.date_joined),
            "laatst ingelogd": _day(user.last_login),
        },
        "initiatieven": list(user.ownerships.values_list("initiative__name", flat=True)),
        "contactpersoon bij": list(
            Initiative.objects.filter(contact_email__iexact=user.email).values_list("name", flat=True)
        ),
        "voorstellen": list(
            ChangeProposal.objects.filter(by=user).values_list("initiative__name", flat=True)
        ),
        "besluiten": [str(decision) for decision in Decision.objects.filter(by=user)],
        "meldingen": list(Notice.objects.filter(email__iexact=user.email).values_list("text", flat=True)),
        "berichten": list(
            ContactMessage.objects.filter(sender_email__iexact=user.email).values_list("text", flat=True)
        ),
        "ja gezegd op kennismaken": [
            f"{consent.introduction.first} en {consent.introduction.second}"
            for consent in IntroductionConsent.objects.filter(ownership__user=user).select_related(
                "introduction__first", "introduction__second"
            )
        ],
        "gevolgde filters": list(
            SavedSearch.objects.filter(email__iexact=user.email).values_list("label", flat=True)
        ),
        **{
            str(kept.label): list(kept.rows_of(user.email).values_list(kept.words, flat=True))
            for kept in keeping.everything()
        },
        "e-mail komt niet aan": [
            f"{_day(trouble.since)}: {trouble.why}"
            for trouble in MailTrouble.objects.filter(address=user.email)
        ],
        "e-mails aan u": list(Email.objects.filter(to=user.email).values_list("subject", flat=True)),
    }


def _day(moment):
    return date_format(timezone.localtime(moment), "j F Y") if moment else None


@transaction.atomic
def forget(user):
    """Delete the account and what hangs on the address. Pages stay: they are of the neighbourhood.

    Decisions and history stay too, without the name.
    """
    email = user.email
    lock_kept_by(user)
    tell_gone(user)
    proofs.revoke_invitations_by(user)
    ProposedChange.objects.filter(
        field__in=CONTACT, proposal__initiative__in=Initiative.objects.filter(contact_email__iexact=email)
    ).delete()
    ProposedChange.objects.filter(field__in=CONTACT, proposal__by=user).delete()
    Email.objects.filter(to=email).delete()
    MailTrouble.objects.filter(address__in=proofs.addresses_of(user)).delete()
    Initiative.objects.filter(contact_email__iexact=email).update(
        contact_email="", contact_name="", contact_phone="", is_contact_public=False
    )
    Initiative.history.filter(contact_email__iexact=email).update(
        contact_email="", contact_name="", contact_phone=""
    )
    Notice.objects.filter(email__iexact=email).update(email="")
    ContactMessage.objects.filter(sender_email__iexact=email).delete()
    SavedSearch.objects.filter(email__iexact=email).delete()
    for kept in keeping.everything():
        kept.rows_of(email).delete()
    Proof.objects.filter(email__in=proofs.addresses_of(user)).delete()
    User.history.filter(id=user.pk).delete()
    key = user.pk
    # Who did something to this account, and when, stays; what it was called does not.
    LogEntry.objects.filter(content_type__model="user", object_id=str(key)).update(
        object_repr=f"persoon {key}", change_message=""
    )
    user.delete()
    User.history.filter(id=key).delete()
