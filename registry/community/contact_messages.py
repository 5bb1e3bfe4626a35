"""Write to an initiative without seeing its address. Who writes proves their mailbox first: an answer goes there."""

from django.db import transaction
from django.utils import timezone

from registry.mail import letters, verification
from registry.mail.letters import address
from registry.models import ContactMessage, Proof, Status


@transaction.atomic
def receive(message: ContactMessage, *, is_proved: bool) -> bool:
    """Pass the message on when the mailbox of who wrote it is proved; else keep it and ask for that. Returns whether
    it went on."""
    message.save()
    if is_proved:
        pass_on(message)
    else:
        ask(message)
    return is_proved


def ask(message: ContactMessage) -> Proof:
    """Mail a link that proves the mailbox; returns the proof."""
    initiative = message.initiative
    proof, token, _code = verification.issue(
        Proof.Purpose.MESSAGE, message.sender_email, initiative=initiative, subject=message.pk
    )
    letters.send(
        "bericht-bevestigen",
        proof.email,
        about=initiative,
        initiatief=initiative.name,
        adres=address("proof", token),
    )
    return proof


def find(proof: Proof) -> ContactMessage | None:
    """The message that a proof is about, as long as it waits and can go on; or None."""
    waiting = ContactMessage.objects.filter(pk=proof.subject or 0, passed_on_at=None)
    message = waiting.select_related("initiative").first()
    is_reachable = (
        message and message.initiative.status == Status.PUBLISHED and message.initiative.can_be_written_to
    )
    return message if is_reachable else None


@transaction.atomic
def pass_on(message: ContactMessage) -> None:
    """Send it, once, to who keeps the page; an answer goes to who wrote it."""
    waiting = ContactMessage.objects.filter(pk=message.pk, passed_on_at=None)
    if not waiting.update(passed_on_at=timezone.now()):
        return
    for email in sorted(message.initiative.mailboxes):
        letters.send(
            "bericht-aan-initiatief",
            email,
            about=message.initiative,
            reply_to=message.sender_email,
            initiatief=message.initiative.name,
            naam=message.sender_name,
            bericht=message.text,
            adres=address("initiative-detail", message.initiative.slug),
        )
