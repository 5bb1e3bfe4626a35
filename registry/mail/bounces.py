"""Letters that come back. A report counts for the letter whose token stands in the address it came to; without one it
is worth nothing, for anybody can write a report. An automatic answer is no report and goes to nobody.
"""

import logging
import re
from base64 import b64decode
from email import message_from_bytes
from email.utils import getaddresses

from django.conf import settings
from django.db import transaction
from post_office.models import STATUS, Email

from registry.mail import troubles
from registry.mail.delivery import WAITING, without_secrets
from registry.models import Delivery, MailTrouble

logger = logging.getLogger(__name__)
LARGEST = 1_000_000  # bytes that are read: a report begins with what matters
# What it was: a letter came back; something automatic that asks nothing of anybody; none of these.
RETURNED, AUTOMATIC, UNKNOWN = "teruggekomen", "automatisch", "onbekend"
_ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Original-Recipient", "To")
_PLAIN_CODE = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")


def take(raw, envelope=""):
    """Read one mail; what it was. ``envelope``: the address that it came to, when the mail server tells."""
    try:
        message = message_from_bytes(raw[:LARGEST])
        report = _report(message)
        if report is None:
            return AUTOMATIC if _is_automatic(message) else UNKNOWN
        tokens = _tokens(message, envelope)
    except Exception:  # noqa: BLE001  whatever a stranger made of it
        logger.info("A mail to the return path cannot be read.")
        return UNKNOWN
    if report == ():
        return AUTOMATIC  # late, or delivered after all
    return RETURNED if _write_down(tokens, *report) else UNKNOWN


@transaction.atomic
def _write_down(tokens, status, words):
    deliveries = (
        Delivery.objects.select_for_update(of=("self",)).select_related("email").filter(token__in=tokens)
    )
    delivery = deliveries.first()
    if delivery is None:
        return False
    if delivery.state == Delivery.State.BOUNCED or delivery.tried_at is None:
        return delivery.tried_at is not None
    why = without_secrets(f"{status} {words}", delivery.email.to)
    Delivery.objects.filter(pk=delivery.pk).update(state=Delivery.State.BOUNCED, said=why[:300])
    # Given over while the answer got lost: then it waits here still.
    Email.objects.filter(pk=delivery.pk, status__in=WAITING).update(status=STATUS.failed)
    for address in delivery.email.to:
        troubles.note(address, status, why, source=MailTrouble.Source.BOUNCED)
    return True


def _tokens(message, envelope):
    """What stands behind the + in each address it came to, when that is our return path."""
    local, _at, host = settings.BOUNCE_ADDRESS.lower().partition("@")
    if not host:
        return set()
    written = [envelope, *(str(value) for name in _ADDRESSED for value in message.get_all(name, []))]
    # "rfc822; address" in some.
    addresses = [address for _name, address in getaddresses([line.rpartition(";")[2] for line in written])]
    ours = re.compile(rf"{re.escape(local)}\+([0-9a-f]{{20}})@{re.escape(host)}")
    return {match[1] for address in addresses if (match := ours.fullmatch(address.lower()))}


def _is_automatic(message):
    """An answer that no person wrote; not one of a mail server, which may say in its own way that a letter came back."""
    writers = {
        writer.partition("@")[0].lower() for _name, writer in getaddresses([str(message.get("From", ""))])
    }
    if writers & {"mailer-daemon", "postmaster"} or message.get_content_type() == "multipart/report":
        return False
    said = str(message.get("Auto-Submitted", "no")).lower().strip()
    return (
        not said.startswith("no")
        or str(message.get("Precedence", "")).lower().strip() in ("auto_reply", "bulk", "junk")
        or any(message.get(name) for name in ("X-Autoreply", "X-Autorespond"))
    )


def _report(message):
    """(status, words) of a letter that did not arrive; () of a report that tells no such thing; None of no report."""
    if message.get_content_type() == "multipart/report":
        kind = str(message.get_param("report-type", "delivery-status")).lower()
        if kind != "delivery-status":
            return ()  # that it was read, or that somebody complained
        for part in message.walk():
            if (
                part.get_content_type().endswith("delivery-status")
                and (report := _of_blocks(_blocks(part))) is not None
            ):
                return report
    if message.get("X-Failed-Recipients"):
        return _of_words(_first_text(message))
    if _first_text(message).startswith("Hi. This is the qmail-send program"):
        return _of_words(_first_text(message))
    return None


def _blocks(part):
    """The blocks of fields of a delivery-status, each as a dict with names in small letters."""
    payload = part.get_payload()
    if isinstance(payload, list):
        parsed = payload
        if part.get("Content-Transfer-Encoding", "").lower().strip() == "base64":
            # What the standard forbids, and what the parser took for fields as it was.
            text = b64decode("".join(piece.as_string() for piece in payload))
            parsed = _blocks_in(text)
    else:
        parsed = _blocks_in(part.get_payload(decode=True) or b"")
    return [{name.lower(): " ".join(str(value).split()) for name, value in block.items()} for block in parsed]


def _blocks_in(text):
    return [message_from_bytes(block) for block in re.split(rb"\r?\n\r?\n", text.strip())]


def _of_blocks(blocks):
    for block in blocks:
        # A comment may stand behind it.
        if re.match(r"failed\b", block.get("action", ""), re.IGNORECASE):
            words = block.get("diagnostic-code", "").partition(";")[2].strip()
            status = troubles.status_in(block.get("status", ""))
            # "5.0.0" tells nothing; Exim says it of everything, and what the other server said stands in its words.
            return status if status and not status.endswith(".0.0") else _status_of(words), words
    return () if any("action" in block for block in blocks) else None


def _of_words(text):
    line = next((line for line in text.splitlines() if _PLAIN_CODE.search(line)), "")
    return _status_of(line or text[:2000]), line.strip()


def _status_of(words):
    """By the words alone: the enhanced status, else the class of the code."""
    if status := troubles.status_in(words):
        return status
    code = _PLAIN_CODE.search(words)
    return f"{code[1] if code else 5}.0.0"


def _first_text(message):
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            return (part.get_payload(decode=True) or b"").decode(errors="replace").lstrip()
    return ""
