"""What staff change of somebody's way in: told at the old and the present address, and logged, for every door."""

import logging
from dataclasses import dataclass, fields

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from registry.mail import budget, letters
from registry.models import Role, User
from registry.ownership import tell_back, tell_gone
from registry.personal_data import forget

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class WayIn:
    """E-mail address, password, second factor and groups of one account at one moment, to compare with later."""

    email: str
    password: str
    is_active: bool
    is_staff: bool
    is_superuser: bool
    municipality: str
    roles: frozenset
    second_steps: frozenset

    @property
    def has_rights(self):
        return self.is_staff or self.is_superuser or bool(self.roles)


def way_in(user):
    """As the database has it, whatever a form did to ``user``."""
    stored = User.objects.select_related("municipality").get(pk=user.pk)
    return WayIn(
        email=stored.email,
        password=stored.password,
        is_active=stored.is_active,
        is_staff=stored.is_staff,
        is_superuser=stored.is_superuser,
        municipality=str(stored.municipality or ""),
        roles=frozenset(stored.groups.values_list("name", flat=True)),
        second_steps=frozenset(Authenticator.objects.filter(user=stored).values_list("pk", flat=True)),
    )


@transaction.atomic
def changed(user, was, *, by):
    """Finish what ``by`` changed since ``was``; returns it in sentences, as the person reads them.

    Who gets rights gets in anew: a password that they chose themselves, with a mailbox, works no more.
    """
    now = way_in(user)
    if (now.is_staff and not was.is_staff) or (now.has_rights and not was.has_rights):
        _let_in_anew(user)
        now = way_in(user)
    if now.has_rights != was.has_rights or not now.is_active:
        # A link to confirm another address, asked for before.
        EmailAddress.objects.filter(user=user, verified=False).exclude(email=now.email).delete()
    sentences = list(_sentences(was, now))
    if was.is_active and not now.is_active:
        tell_gone(user, by=by)
    if now.is_active and not was.is_active:
        tell_back(user, by=by)
    differ = [field.name for field in fields(WayIn) if getattr(was, field.name) != getattr(now, field.name)]
    _tell(user, {was.email, now.email}, sentences, differ, by=by)
    return sentences


@transaction.atomic
def delete(user, *, by):
    """Erase the account of somebody else, and tell them: that letter is the last, and goes with the letters.
    What they decided stays, of somebody who is gone."""
    email, key, sentences = user.email, user.pk, [_("Uw account is verwijderd.")]
    forget(user, by=by)
    # After it: the line says what happened, to a number.
    gone = User(pk=key, name=_("persoon %s") % key)
    _log(gone, sentences, ["account"], by=by)
    _mail({email}, sentences)


def may_close(user, *, by):
    """Not one's own account, nor that of the last who can let others in."""
    managers = User.objects.filter(
        Q(is_superuser=True) | Q(groups__name=Role.MANAGER), is_active=True, is_staff=True
    )
    return user != by and managers.exclude(pk=user.pk).exists()


def _let_in_anew(user):
    stored = User.objects.select_for_update().get(pk=user.pk)
    if not stored.is_password_given:
        stored.set_unusable_password()
        stored.save(update_fields=["password"])
        user.password = stored.password
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        if session.get_decoded().get(SESSION_KEY) == str(user.pk):
            session.delete()


def _sentences(was, now):
    if was.email != now.email:
        yield _("Uw e-mailadres is gewijzigd van %(old)s in %(new)s.") % {"old": was.email, "new": now.email}
    if was.password != now.password:
        yield (
            _("Er is een nieuw wachtwoord ingesteld.")
            if User(password=now.password).has_usable_password()
            else _("U hebt geen wachtwoord dat werkt. Een beheerder geeft u een nieuw wachtwoord.")
        )
    if was.second_steps - now.second_steps:
        yield _("De tweede stap van het inloggen is gewist.")
    for before, after, gained, taken in (
        (was.is_active, now.is_active, _("Uw account is aangezet."), _("Uw account is uitgezet.")),
        (was.is_staff, now.is_staff, _("U mag nu in het beheer."), _("U mag niet meer in het beheer.")),
        (
            was.is_superuser,
            now.is_superuser,
            _("U mag nu alles in het beheer."),
            _("U mag niet meer alles in het beheer."),
        ),
    ):
        if before != after:
            yield gained if after else taken
    for role in sorted(now.roles - was.roles):
        yield _("U hebt deze rol gekregen: %s.") % role
    for role in sorted(was.roles - now.roles):
        yield _("U hebt deze rol niet meer: %s.") % role
    if was.municipality != now.municipality:
        yield (
            _("Uw gemeente is nu: %s.") % now.municipality
            if now.municipality
            else _("U hoort niet meer bij één gemeente.")
        )


def _tell(user, mailboxes, sentences, differ, *, by):
    if sentences:
        _log(user, sentences, differ, by=by)
        _mail(mailboxes, sentences)


def _log(user, sentences, differ, *, by):
    LogEntry.objects.log_actions(
        by.pk, [user], CHANGE, change_message=" ".join(sentences), single_object=True
    )
    # In words without a name or an address: nobody erases a line of the server's log.
    logger.warning("Person %s changed the access of person %s: %s", by.pk, user.pk, ", ".join(differ))


def _mail(mailboxes, sentences):
    with budget.free():
        for email in sorted(mailboxes):
            letters.send(
                "toegang-gewijzigd",
                email,
                wie=_("Een beheerder"),
                wanneer=date_format(timezone.localtime(), "j F Y H:i"),
                wijzigingen="\n".join(f"- {sentence}" for sentence in sentences),
            )
