"""The last door before the mail server: a site that is not the real one writes to nobody by accident."""

from email.utils import parseaddr

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from registry.models.mailbox import as_mailed


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
    """Passes on what may go; what may not counts as handled, or the queue would try it for ever."""

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
        going = [message for message in messages if message.recipients()]
        self.transport.send_messages(going)
        return len(messages)
