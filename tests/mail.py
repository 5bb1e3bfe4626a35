"""A real SMTP server for the tests, and the delivery of what waits in the queue."""

from email import message_from_bytes, policy

from aiosmtpd.smtp import AuthResult
from post_office.models import STATUS, Email

from registry.mail import delivery


class MailServer:
    """Keeps what it took in. ``refuse(n)`` tells whether the n-th message is turned away for now."""

    def __init__(self, refuse=lambda number: False):
        self.refuse, self.seen, self.taken = refuse, 0, []

    async def handle_DATA(self, server, session, envelope):
        self.seen += 1
        if self.refuse(self.seen):
            return "451 4.3.0 Try again later"
        self.taken.append((tuple(envelope.rcpt_tos), envelope.content))
        return "250 OK"

    def last_letter(self, to):
        """The text of the letter that came last for this address."""
        contents = [content for recipients, content in self.taken if recipients == (to,)]
        message = message_from_bytes(contents[-1], policy=policy.default)
        return message.get_body(("plain",)).get_content()


class Outbox:
    """The letters in the queue, the oldest first, as a list that is read anew each time."""

    def __getitem__(self, place):
        return self._letters()[place]

    def __iter__(self):
        return iter(self._letters())

    def __len__(self):
        return len(self._letters())

    def __eq__(self, other):
        return self._letters() == other

    def _letters(self):
        return list(Email.objects.order_by("pk"))


def words(letter):
    """What somebody reads in it, without how its lines are broken."""
    return " ".join(letter.message.split())


class OddServer(MailServer):
    """Says to each reader, by what the address begins with, what ``says`` has; and keeps what it was told.

    ``at_end``: the same after the text. "drop" ends the connection.
    """

    def __init__(self, says=None, at_end=None):
        super().__init__()
        self.says, self.at_end = says or {}, at_end or {}
        self.asked, self.senders, self.greeted, self.options = [], [], [], []
        self.connections = 0

    def _answer(self, said, address):
        return next((answer for start, answer in said.items() if address.startswith(start)), "")

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        self.connections += 1
        self.greeted.append(hostname)
        return responses

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        self.senders.append(address)
        self.options.append(mail_options)
        if answer := self._answer(self.says, f"sender:{address}"):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        self.asked.append(address)
        if answer := self._answer(self.says, address):
            return self._say(answer, server)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if answer := self._answer(self.at_end, envelope.rcpt_tos[0]):
            if answer.startswith("taken, then "):
                await super().handle_DATA(server, session, envelope)
            return self._say(answer.removeprefix("taken, then "), server)
        return await super().handle_DATA(server, session, envelope)

    def _say(self, answer, server):
        if answer == "drop":
            server.transport.abort()
        return "250 OK" if answer == "drop" else answer


def nobody_gets_in(server, session, envelope, mechanism, auth_data):
    return AuthResult(success=False, handled=False)


def deliver(rounds=1):
    """Some rounds of the queue, each as if the time between two tries had passed."""
    for _round in range(rounds):
        Email.objects.filter(status=STATUS.requeued).update(scheduled_time=None)
        delivery.run()


def pass_time(time):
    """As if so much time went by: each moment of the queue lies that much earlier."""
    for email in Email.objects.select_related("delivery"):
        moved = {
            name: getattr(email, name) and getattr(email, name) - time
            for name in ("created", "scheduled_time", "expires_at")
        }
        Email.objects.filter(pk=email.pk).update(**moved)
        if tried_at := email.delivery.tried_at:
            type(email.delivery).objects.filter(pk=email.pk).update(tried_at=tried_at - time)


def waits(email):
    """Seconds from the last try until the letter is tried again."""
    email.refresh_from_db()
    return round((email.scheduled_time - email.delivery.tried_at).total_seconds())
