"""From five answers to an entry that waits for staff."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.foundation.text import fold
from registry.mail import letters, verification
from registry.mail.letters import address
from registry.models import (
    Bottleneck,
    Delivery,
    Exchange,
    Initiative,
    Link,
    OwnershipChange,
    Proof,
    Status,
    User,
)
from registry.models.address import RESERVED, former_addresses
from registry.moderation.decisions import submit
from registry.moderation.locks import lock_one
from registry.ownership import make_owner, name_in_letter

# In the history of an entry: that it came in through the site.
REGISTERED = "Aangemeld op de site"


def registered() -> QuerySet[Any]:
    """The first line in the history of each entry that came in through the site."""
    return Initiative.history.filter(history_type="+", history_change_reason=REGISTERED)


def free_slug(name: str) -> str:
    """An address that nobody has: the name, with a number behind it when it is taken."""
    base = slugify(fold(name))[:70].strip("-") or "initiatief"
    taken = set(Initiative.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= set(former_addresses(Initiative).filter(slug__startswith=base).values_list("slug", flat=True))
    taken |= RESERVED
    candidates = (base if number == 1 else f"{base}-{number}" for number in range(1, len(taken) + 2))
    return next(slug for slug in candidates if slug not in taken)


def _save_with_free_slug(initiative: Initiative, tries: int = 5) -> None:
    """Somebody else can take the address between looking and saving."""
    for left in reversed(range(tries)):
        initiative.slug = free_slug(initiative.name)
        try:
            with transaction.atomic():
                initiative.save()
            return
        except IntegrityError:
            if not left:
                raise


@transaction.atomic
def register(
    fields: Mapping[str, Any],
    *,
    email: str,
    links: Iterable[tuple[Bottleneck, str]] = (),
    exchanges: Iterable[Exchange] = (),
) -> tuple[Initiative, Proof]:
    """Keep what somebody sent in as a draft and mail a code; returns (initiative, token of the code page).

    ``links``: (bottleneck, role) pairs; ``exchanges``: unsaved Exchange objects. Nothing is public and
    nobody owns it until the mailbox is proven with confirm().
    """
    initiative = Initiative(contact_email=email, **fields)
    initiative._change_reason = REGISTERED
    _save_with_free_slug(initiative)
    for bottleneck, role in links:
        Link.objects.create(
            initiative=initiative, bottleneck=bottleneck, role=role, stated_by="Het initiatief zelf"
        )
    for exchange in exchanges:
        exchange.initiative = initiative
        exchange.save()
    return initiative, send_code(initiative, email)


@transaction.atomic
def send_code(initiative: Initiative, email: str) -> Proof:
    """Mail the code that proves the mailbox of a registration; returns the proof."""
    proof, token, code = verification.issue(Proof.Purpose.REGISTER, email, initiative=initiative)
    letters.send(
        "aanmelding-bevestigen",
        proof.email,
        about=initiative,
        initiatief=name_in_letter(initiative),
        code=f"{code[:4]} {code[4:]}",
        adres=address("proof", token),
    )
    return proof


def refusal_of(proof: Proof) -> str | None:
    """What the mail server said of the code that was mailed for this proof, when it did not take it; else None."""
    mailed = Delivery.objects.filter(email__to=proof.email, kind="aanmelding-bevestigen")
    last = mailed.filter(email__created__gte=proof.created_at).order_by("-pk").first()
    if last is None or last.state not in (Delivery.State.REFUSED, Delivery.State.BOUNCED):
        return None
    return last.said


@transaction.atomic
def correct_address(proof: Proof, email: str) -> Proof:
    """Whoever registered typed an address that no server takes: mail the code to another. Returns the proof.

    Only for a registration that nobody confirmed; the address that was typed first is kept nowhere.
    """
    initiative = lock_one(proof.page.pk)
    if initiative.status != Status.DRAFT or not verification.revoke_one(proof):
        raise Refused(_("Deze aanmelding is al bevestigd."))
    initiative.contact_email = email
    initiative.save()
    Initiative.history.filter(id=initiative.pk, contact_email=proof.email).update(contact_email=email)
    return send_code(initiative, email)


@transaction.atomic
def confirm(proof: Proof) -> User:
    """The mailbox is proven (the proof has been spent): an owner, and a place in the queue of staff."""
    initiative = proof.page
    user = make_owner(initiative, proof.email, kind=OwnershipChange.Kind.REGISTERED)
    if initiative.status != Status.DRAFT:
        raise Refused(_("Deze aanmelding is al bevestigd."))
    submit(initiative, by=user)
    letters.send(
        "aanmelding-ontvangen",
        proof.email,
        about=initiative,
        initiatief=initiative.name,
        adres=address("my-initiative", initiative.slug),
    )
    return user
