"""Letters by e-mail: written from the texts that staff can edit, and put in the queue that they leave through.

A letter is written into the queue in the same transaction as what it tells of, so neither exists without
the other; deliver() delivers, and tries again when the mail server does not answer. What was delivered, or
given up, is not kept: a code or a link is not to be read by whoever reads the queue.
"""

from dataclasses import dataclass

from django.conf import settings
from django.template.defaultfilters import linebreaks
from django.template.loader import render_to_string
from django.utils.html import urlize
from django.utils.safestring import mark_safe
from post_office.mail import send_queued_mail_until_done
from post_office.models import PRIORITY, STATUS, Email, Log

from registry.mail import budget
from registry.mail.blanks import KINDS, fill, one_line
from registry.mail.texts import first_texts, text_of
from registry.models.mailbox import as_mailed


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str

    @property
    def paragraphs(self):
        """The text as HTML: paragraphs, with addresses as links."""
        # urlize has escaped what people typed.
        return mark_safe(linebreaks(urlize(self.text, autoescape=True), autoescape=False))

    @property
    def html(self):
        return render_to_string("registry/letter.html", {"letter": self})


def write(name, **values):
    """The letter ``name`` with its blanks filled in; nothing is sent yet.

    A text that cannot be filled in or cannot do its work, however it came into the database, is not used: the first
    one is.
    """
    subject, text = text_of(name)
    given = {"site": settings.SITE_URL, "organisatie": settings.ORGANISATION_NAME} | values
    # A blank may be empty, and so all that stands above a letter.
    above = one_line(fill(subject, given)) or one_line(fill(first_texts()[name][0], given))
    return Letter(above, fill(text, given))


def post(letter, to, *, urgent=False, headers=None, reply_to=None):
    """Put the letter in the queue for one address; refused when a visitor causes too many (budget.py)."""
    to = as_mailed(to)  # what is counted, and nothing else, is what is mailed
    budget.charge(to)
    headers = dict(headers or {})
    if reply_to:
        headers["Reply-To"] = reply_to
    return Email.objects.create(
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        subject=one_line(letter.subject),
        message=letter.text,
        html_message=letter.html,
        headers=headers or None,
        priority=PRIORITY.high if urgent else PRIORITY.medium,
        status=STATUS.queued,
    )


def post_all(letter, mailboxes):
    """One letter for each address, so that nobody sees the others."""
    for email in mailboxes:
        post(letter, email)


def send(name, to, *, urgent=False, headers=None, reply_to=None, **values):
    """Write the letter ``name`` and put it in the queue."""
    return post(write(name, **values), to, urgent=urgent, headers=headers, reply_to=reply_to)


def deliver():
    """Empty the queue, and forget the words of what left it. It holds a lock: two at a time send nothing twice."""
    try:
        send_queued_mail_until_done(settings.POST_OFFICE["LOCK_FILE_NAME"])
    finally:
        forget_delivered()


def forget_delivered():
    """Blank the words, the headers and the errors of each letter that was delivered or given up; how many."""
    done = Email.objects.filter(status__in=[STATUS.sent, STATUS.failed])
    Log.objects.filter(email__in=done).exclude(message="").update(message="")
    kept = done.exclude(message="", html_message="", headers__isnull=True, context__isnull=True)
    return kept.update(message="", html_message="", headers=None, context=None)


def sample(name, subject, text):
    """The letter with made-up values filled in, to see what it looks like."""
    examples = {blank.name: blank.example for blank in KINDS[name].all_blanks}
    return Letter(one_line(fill(subject, examples)), fill(text, examples))
