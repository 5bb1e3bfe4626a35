"""Codes and links by e-mail that show who reads a mailbox. Made here, checked here, used once."""

import hashlib
import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from registry.mail import troubles
from registry.models import Initiative, Proof, User
from registry.models.fields.mailbox import as_mailed
from registry.models.ownership import MOST_ATTEMPTS
from registry.moderation.locks import lock

# Without letters and digits that look alike on paper or a small screen.
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ2345679"
CODE_LENGTH = 8


def issue(purpose, email, *, initiative=None, subject=""):
    """A new proof; returns (proof, token, code). Token and code exist only here and in the mail."""
    token = secrets.token_urlsafe(32)
    code = "".join(secrets.choice(ALPHABET) for _position in range(CODE_LENGTH))
    proof = Proof(
        purpose=purpose,
        email=as_mailed(email),
        initiative=initiative,
        subject=str(subject),
        token_hash=_hash_token(token),
        expires_at=timezone.now() + timedelta(days=settings.PROOF_DAYS[purpose]),
    )
    proof.code_hash = _hash_code(proof, code)
    proof.save()
    return proof, token, code


def find(token, *purposes):
    """The usable proof behind a link, or None. Looking changes nothing: mail scanners look too."""
    proof = Proof.objects.usable().filter(token_hash=_hash_token(token)).select_related("initiative")
    return proof.filter(purpose__in=purposes).first()


def find_any(token):
    """The proof behind a link, also when it was used or ran out; or None."""
    return Proof.objects.filter(token_hash=_hash_token(token)).select_related("initiative").first()


@transaction.atomic
def use(proof):
    """Spend the proof. False when it was spent or ran out in the meantime."""
    is_used = revoke_one(proof)
    if is_used:
        troubles.works(proof.email)
    return is_used


@transaction.atomic
def revoke_one(proof):
    """End a proof that nobody used: no sign that somebody reads there. False when it was used meanwhile."""
    # The page first: whoever changes who keeps it ends the proofs about it after that.
    lock(proof.initiative_id)
    return bool(Proof.objects.usable().filter(pk=proof.pk).update(used_at=timezone.now()))


def addresses_of(user):
    """Every address at which letters reached this person, also those that are not proven."""
    return {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}


def revoke(emails, *, initiative=None, purposes=Proof.Purpose.values):
    """End all open proofs that went to these addresses: about one initiative and what was merged into it, or
    about any. A link or a code that was mailed gives nothing any more."""
    proofs = Proof.objects.usable().filter(
        email__in=[as_mailed(email) for email in emails], purpose__in=purposes
    )
    if initiative is not None:
        proofs = proofs.filter(initiative__in=with_merged(initiative))
    return proofs.update(used_at=timezone.now())


def revoke_invitations_by(user, *, initiative=None):
    """End what this person, who keeps the page (or any page) no longer, sent to let others in."""
    lets_in = [Proof.Purpose.INVITE, Proof.Purpose.CLAIM]
    invitations = Proof.objects.usable().filter(purpose__in=lets_in, subject=str(user.pk))
    if initiative is not None:
        invitations = invitations.filter(initiative__in=with_merged(initiative))
    return invitations.update(used_at=timezone.now())


def went_to_former_address(proof):
    """Whether it was mailed to an address that an owner of the page has changed since: they log in with the new one."""
    if proof.initiative is None:
        return False
    owners = User.objects.filter(ownerships__initiative=proof.initiative, is_active=True)
    had = User.history.filter(email=proof.email).values("id")
    return owners.filter(pk__in=had).exclude(email=proof.email).exists()


def with_merged(initiative):
    """The keys of an initiative and of what was merged into it."""
    keys, more = {initiative.pk}, {initiative.pk}
    while more:
        more = set(Initiative.objects.filter(merged_into__in=more).values_list("pk", flat=True)) - keys
        keys |= more
    return keys


def again(proof):
    """The proof and what it is about as they are now; None when they are gone."""
    return Proof.objects.select_related("initiative").filter(pk=proof.pk).first()


def use_code(proof, code):
    """Spend the proof by its code. After five wrong ones only the link in the mail still works."""
    with transaction.atomic():
        tried = Proof.objects.filter(pk=proof.pk, attempts__lt=MOST_ATTEMPTS)
        if not tried.update(attempts=F("attempts") + 1):
            return False
    typed = "".join(code.upper().split()).replace("-", "")
    hashes = [_hash_code(proof, typed, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return any(constant_time_compare(proof.code_hash, of_code) for of_code in hashes) and use(proof)


def _hash_token(token):
    return hashlib.sha256(token.encode()).hexdigest()


def _hash_code(proof, code, key=None):
    salt = f"registry.proof.{proof.token_hash}"
    return salted_hmac(salt, code, secret=key, algorithm="sha256").hexdigest()
