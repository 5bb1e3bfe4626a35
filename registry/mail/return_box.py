"""The mailbox of the return path, read by IMAP: what is understood is taken out, the rest stays for a person to read."""

import imaplib
import logging
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from registry.mail import bounces

logger = logging.getLogger(__name__)
PATIENCE = 20  # seconds
MOST = 200  # letters a time
ON_THIS_MACHINE = {"127.0.0.1", "::1", "localhost"}


def read():
    """Read what is new; how many letters came back."""
    address = urlsplit(settings.BOUNCE_IMAP_URL)
    box = _connect(address)
    returned = 0
    try:
        box.login(unquote(address.username or ""), unquote(address.password or ""))
        _ok(box.select(_quoted(unquote(address.path.strip("/")) or "INBOX")))
        # Nothing at all from some servers, when nothing is new.
        for number in (_ok(box.uid("SEARCH", "UNSEEN"))[0] or b"").split()[:MOST]:
            returned += _take(box, number.decode())
        _ok(box.expunge())
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()
    return returned


def _connect(address):
    if address.scheme == "imaps" and address.hostname:
        return imaplib.IMAP4_SSL(address.hostname, address.port or 993, timeout=PATIENCE)
    if address.scheme != "imap" or not address.hostname:
        raise ImproperlyConfigured("BOUNCE_IMAP_URL must look like imaps://name:password@host/INBOX.")
    box = imaplib.IMAP4(address.hostname, address.port or 143, timeout=PATIENCE)
    if address.hostname not in ON_THIS_MACHINE:
        box.starttls()
    return box


def _take(box, number):
    """Whether this one says that a letter came back. One that cannot be read stops no others."""
    try:
        fetched = _ok(box.uid("FETCH", number, f"(BODY.PEEK[]<0.{bounces.LARGEST}>)"))
    except imaplib.IMAP4.abort:
        raise  # the line
    except imaplib.IMAP4.error as error:
        logger.warning("A mail in the mailbox of the return path cannot be had: %s", error)
        return False
    raw = next((part[1] for part in fetched if isinstance(part, tuple)), b"")
    what = bounces.take(raw)
    flags = r"(\Seen)" if what == bounces.UNKNOWN else r"(\Seen \Deleted)"
    _ok(box.uid("STORE", number, "+FLAGS.SILENT", flags))
    return what == bounces.RETURNED


def _ok(answer):
    kind, data = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(f"The mailbox of the return path answered {kind}.")
    return data


def _quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
