"""A real SMTP server for the tests, and the delivery of what waits in the queue."""

from email import message_from_bytes, policy

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


def deliver(rounds=1):
    """Some rounds of the queue, each as if the time between two tries had passed."""
    for _round in range(rounds):
        Email.objects.filter(status=STATUS.requeued).update(scheduled_time=None)
        delivery.run()
