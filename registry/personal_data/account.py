"""What is kept about somebody, and how they are erased: by person, not by the address of today."""

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from post_office.models import Email

from registry import ownership
from registry.lifecycle import deletion
from registry.mail import verification
from registry.models import (
    ChangeProposal,
    Decision,
    Initiative,
    IntroductionConsent,
    Organisation,
    PartnerKey,
    ProposedChange,
    SavedSearch,
    Status,
    User,
)
from registry.models.fields.mailbox import as_mailed
from registry.moderation.locks import lock_kept_by, lock_rows
from registry.personal_data import mentions
from registry.personal_data.columns import CONTACT, MAILBOXES, kept_elsewhere
from registry.personal_data.person import addresses_of, person_of
from registry.personal_data.spelling import numbers_in
from registry.proposals import proposals
from registry.registration.signup import registered


def kept_about(user):
    """All of it, in plain words and plain types."""
    person = person_of(user)
    about = {
        "account": {
            "e-mailadres": user.email,
            "eerdere e-mailadressen": ", ".join(sorted(addresses_of(user) - {user.email})),
            "naam": user.name,
            "aangemaakt op": _day(user.date_joined),
            "laatst ingelogd": _day(user.last_login),
        },
        "initiatieven": list(user.ownerships.values_list("initiative__name", flat=True)),
        "beheer van pagina’s": [
            f"{_day(change.at)}: {change.initiative} · {change}" for change in ownership.changes_of(user)
        ],
        "voorstellen": list(
            ChangeProposal.objects.filter(by=user).values_list("initiative__name", flat=True)
        ),
        "besluiten": [str(decision) for decision in Decision.objects.filter(by=user)],
        "ja gezegd op kennismaken": [
            f"{consent.introduction.first} en {consent.introduction.second}"
            for consent in IntroductionConsent.objects.filter(ownership__user=user).select_related(
                "introduction__first", "introduction__second"
            )
        ],
    }
    for mailbox in MAILBOXES:
        rows = mailbox.rows_of(person.addresses)
        about[str(mailbox.label)] = list(rows.values_list(mailbox.words, flat=True))
    beside = Initiative.objects.filter(pk__in=person.contacts.now).exclude(contact_email__in=person.addresses)
    about[str(MAILBOXES[0].label)].extend(beside.values_list("name", flat=True))
    for elsewhere, rows in kept_elsewhere(person.addresses):
        about.setdefault(str(elsewhere.label), []).extend(rows.values_list(elsewhere.words, flat=True))
    about[_("u wordt genoemd in")] = mentions.named_in(person)
    return about


def is_in_use(user):
    """Whether somebody who never logs in follows something, or is the contact of something: they use the site by mail."""
    addresses = addresses_of(user)
    used = [
        Initiative.objects.filter(contact_email__in=addresses, status=Status.PUBLISHED),
        *(box.rows_of(addresses) for box in MAILBOXES if box.model in (Organisation, PartnerKey)),
        SavedSearch.objects.filter(email__in=addresses).exclude(confirmed_at=None),
        *(rows for _kept, rows in kept_elsewhere(addresses)),
    ]
    return any(rows.exists() for rows in used)


def _day(moment):
    return date_format(timezone.localtime(moment), "j F Y") if moment else None


@transaction.atomic
def forget(user, *, by=None):
    """Delete the account, and take the person out of every column that can hold one (columns.py).

    Pages stay: they are of the neighbourhood. Decisions and history stay too, without the person.
    """
    person, key = person_of(user), user.pk
    lock_kept_by(user, person.addresses, person.pages)
    # After the pages, as who changes an account does: then nobody saves it while it goes.
    lock_rows(User.objects.filter(pk=key))
    ownership.tell_gone(user, by=by)
    ownership.forget(user)
    verification.revoke_invitations_by(user)
    _drop_drafts(person, user)
    _drop_proposed_contacts(person, user)
    person.contacts.wipe()
    _drop_letters(person)
    for mailbox in MAILBOXES:
        mailbox.wipe(person.addresses)
    for _kept, rows in kept_elsewhere(person.addresses):
        rows.delete()
    # Who did something to this account, and when, stays; what it was called does not.
    LogEntry.objects.filter(content_type__model="user", object_id=str(key)).update(
        object_repr=f"persoon {key}", change_message=""
    )
    _end_sessions(key, person)
    user.delete()
    User.history.filter(id=key).delete()
    mentions.take_out(person)


def _drop_drafts(person, user):
    """What they sent in and never confirmed, or confirmed with an address that they had before."""
    drafts = Initiative.objects.filter(
        status=Status.DRAFT,
        contact_email__in=person.addresses,
        decisions=None,
        pk__in=registered().values("id"),
    )
    mine = drafts.filter(Q(ownerships=None) | Q(ownerships__user=user))
    deletion.erase(Initiative, list(mine.values_list("pk", flat=True)))


def _drop_proposed_contacts(person, user):
    """Of a contact: what they proposed, and what others proposed that is about them. What waits of others goes on with
    what is left of it."""
    changes = ProposedChange.objects.filter(field__in=CONTACT).select_related("proposal")
    changes.filter(proposal__by=user).delete()
    left = set()
    for change in changes:
        old = "" if _is_theirs(person, change, change.old) else change.old
        if _is_theirs(person, change, change.new):
            left.add(change.proposal_id)
            is_open = change.outcome == ProposedChange.Outcome.OPEN
            gone = {"outcome": ProposedChange.Outcome.SUPERSEDED} if is_open else {}
            ProposedChange.objects.filter(pk=change.pk).update(old=old, new="", **gone)
        elif old != change.old:
            ProposedChange.objects.filter(pk=change.pk).update(old=old)
    why = _("Wat er werd voorgesteld, is van iemand die niet meer bij ons staat.")
    proposals.close_empty(left, by=user, why=why)


def _is_theirs(person, change, value):
    if not value:
        return False
    if change.field == "contact_email":
        return as_mailed(str(value)) in person.addresses
    page = change.proposal.initiative_id
    if page not in person.pages:
        return False
    if change.field == "contact_name":
        return value in person.names | person.contacts.names[page]
    return value in person.contacts.phones[page] or bool(numbers_in(value) & person.phones)


def _drop_letters(person):
    """Also what waits to be sent in their name: who answers it would write to them."""
    for email in Email.objects.exclude(headers=None).iterator():
        if str(email.headers.get("Reply-To", "")).lower() in person.addresses:
            email.delete()


def _end_sessions(key, person):
    on_their_pages = person.traits(on_page=True)
    for session in Session.objects.iterator():
        held = session.get_decoded()
        if held.get(SESSION_KEY) == str(key):
            session.delete()
        elif SESSION_KEY not in held and on_their_pages.is_in(str(held)):
            _leave_half_way(session, held)


def _leave_half_way(session, held):
    """Who was logging in reads that it works no more: by the number of the account alone."""
    pending = held.get(LOGIN_SESSION_KEY)
    if not isinstance(pending, dict) or not pending.get("user_pk"):
        session.delete()
        return
    session.session_data = Session.objects.encode({LOGIN_SESSION_KEY: {"user_pk": pending["user_pk"]}})
    session.save()
