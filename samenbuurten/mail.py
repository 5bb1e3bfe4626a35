"""The last doors before the mail server: a site that is not the real one writes to nobody by accident, and what does
leave is named after this site and is plain enough for any server."""

import smtplib
from contextlib import suppress
from email.generator import BytesGenerator
from email.policy import SMTPUTF8
from email.utils import parseaddr
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends import smtp
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address

from registry.mail.delivery import HeldBack, Unanswered
from registry.models.fields.mailbox import as_mailed


def is_allowed(address):
    """Whether this site may write to the address: everyone, or who is on the list."""
    if settings.MAIL_TO_EVERYONE:
        return True
    address = as_mailed(parseaddr(address)[1])
    return any(
        address.endswith(entry) if entry.startswith("@") else address == entry
        for entry in map(as_mailed, settings.MAIL_ALLOW_LIST)
    )


class GuardedBackend(BaseEmailBackend):
    """Passes on what may go; raises HeldBack for a letter that may go to nobody."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.transport = get_connection(settings.MAIL_TRANSPORT, *args, **kwargs)

    def open(self):
        return self.transport.open()

    def close(self):
        self.transport.close()

    def send_messages(self, messages):
        for message in messages:
            for field in ("to", "cc", "bcc"):
                setattr(message, field, [to for to in getattr(message, field) if is_allowed(to)])
            if not message.recipients():
                raise HeldBack
        return self.transport.send_messages(messages)


# Seconds that a server may look at a letter before it answers: who hangs up sooner sends the same letter again.
FILTERS = 60


class _GivesOver:
    """A connection that tells a letter that was given over without an answer from one that never left."""

    def data(self, message):
        patience = self.sock.gettimeout()
        self.sock.settimeout(FILTERS)
        try:
            return super().data(message)
        except smtplib.SMTPResponseException:
            raise
        except OSError as error:
            raise Unanswered from error
        finally:
            if self.sock is not None:
                self.sock.settimeout(patience)


class SmtpBackend(smtp.EmailBackend):
    """Says the name of the site, writes to addresses beyond ASCII where the server can, and is ready for the next letter
    after one that was refused."""

    @property
    def connection_class(self):
        kind = type("Connection", (_GivesOver, super().connection_class), {})
        return lambda host, port, **options: kind(host, port, **options | {"local_hostname": ehlo_name()})

    def _send(self, message):
        readers = [to if not to.isascii() else sanitize_address(to, "utf-8") for to in message.recipients()]
        options = [] if all(map(str.isascii, readers)) else ["SMTPUTF8", "BODY=8BITMIME"]
        server = self.connection
        server.ehlo_or_helo_if_needed()
        if options and not server.has_extn("smtputf8"):
            said = b"5.6.7 The mail server of this site takes no address beyond ASCII"
            raise smtplib.SMTPRecipientsRefused(dict.fromkeys(readers, (553, said)))
        sender = sanitize_address(message.from_email, "utf-8")
        try:
            server.sendmail(sender, readers, as_bytes(message), mail_options=options)
        except smtplib.SMTPDataError as error:
            # smtplib leaves a letter that is refused at its first line half open.
            if error.smtp_code != 421:
                with suppress(smtplib.SMTPServerDisconnected):  # a no, and then it hung up: still a no
                    server.rset()
            raise
        finally:
            if server.sock is None:
                self.close()  # the next letter begins a connection of its own
        return True


def ehlo_name():
    """The host of this site, as a mail server is greeted with it."""
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    if ":" in host:
        return f"[IPv6:{host}]"
    return f"[{host}]" if host.replace(".", "").isdecimal() else host


def as_bytes(message):
    """The letter as it goes on the wire: ASCII, but for its readers where those are not."""
    mime = message.message()
    readers = ", ".join(message.to)
    if readers.isascii():
        return mime.as_bytes(linesep="\r\n")
    # Past Django, which would make another address of it.
    del mime["To"]
    mime._headers.append(("To", readers))
    written = BytesIO()
    BytesGenerator(written, mangle_from_=False, policy=SMTPUTF8.clone(refold_source="none")).flatten(mime)
    return written.getvalue()
