"""Letters by e-mail: the texts staff can edit, and the queue they leave through.

A letter is written into the queue in the same transaction as what it tells of, so neither exists without
the other; deliver() delivers (delivery.py says how). What was delivered, or given up, is not kept: a code or a link is
not to be read by whoever reads the queue.
"""

import json
import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import linebreaks
from django.template.loader import render_to_string
from django.utils.html import urlize
from django.utils.safestring import mark_safe
from post_office.models import STATUS, Email, EmailTemplate, Log

from registry.mail import budget, delivery
from registry.mail.blanks import KINDS, fill, mistakes_in_subject, mistakes_in_text, one_line
from registry.models import Delivery
from registry.models.mailbox import as_mailed

logger = logging.getLogger(__name__)
PACES = {"nieuw-voor-u": delivery.DIGEST, "wat-er-wacht": delivery.DIGEST}
FIRST_TEXTS = Path(__file__).parents[1] / "seed" / "brieven.json"


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


@cache
def first_texts():
    """Subject, text and occasion of each letter, as the site comes with them."""
    return {
        name: (first["onderwerp"], "\n".join(first["tekst"]), first["wanneer"])
        for name, first in json.loads(FIRST_TEXTS.read_text(encoding="utf-8")).items()
    }


def install(**kwargs):
    """Put the first text of each letter in the database; what staff made of it stays."""
    if EmailTemplate._meta.db_table not in connection.introspection.table_names():
        return
    for name, (subject, text, occasion) in first_texts().items():
        EmailTemplate.objects.get_or_create(
            name=name,
            language="",
            default_template=None,
            defaults={"subject": subject, "content": text, "description": occasion},
        )


def exists(name):
    return EmailTemplate.objects.filter(name=name, language="").exists()


def write(name, **values):
    """The letter ``name`` with its blanks filled in; nothing is sent yet.

    A text that cannot be filled in or cannot do its work, however it came into the database, is not used: the first
    one is.
    """
    subject, text = _text_of(name)
    given = {"site": settings.SITE_URL, "organisatie": settings.ORGANISATION_NAME} | values
    # A blank may be empty, and so all that stands above a letter.
    above = one_line(fill(subject, given)) or one_line(fill(first_texts()[name][0], given))
    return Letter(above, fill(text, given))


def _text_of(name):
    subject, text = EmailTemplate.objects.values_list("subject", "content").get(name=name, language="")
    if not (subject_mistakes(name, subject) or text_mistakes(name, text)):
        return subject, text
    logger.warning("Letter %s cannot go as it stands; its first text is sent instead.", name)
    return first_texts()[name][:2]


def subject_mistakes(name, subject):
    """What keeps it from being used, in words; empty when it can be."""
    return mistakes_in_subject(KINDS[name], subject)


def text_mistakes(name, text):
    return mistakes_in_text(KINDS[name], text)


def post(letter, to, *, urgent=False, headers=None, reply_to=None, kind="", pace=None, expires_at=None):
    """Put the letter in the queue for one address; refused when a visitor causes too many (budget.py).

    ``pace``: AT_ONCE, SOON or DIGEST of delivery.py. After ``expires_at`` it is worth nothing and is not sent.
    """
    to = as_mailed(to)  # what is counted, and nothing else, is what is mailed
    budget.charge(to)
    headers = dict(headers or {})
    if reply_to:
        headers["Reply-To"] = reply_to
    if pace is None:
        pace = delivery.AT_ONCE if urgent else PACES.get(kind, delivery.SOON)
    email = Email.objects.create(
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        subject=one_line(letter.subject),
        message=letter.text,
        html_message=letter.html,
        headers=headers or None,
        priority=pace,
        status=STATUS.queued,
        expires_at=expires_at,
    )
    Delivery.objects.filter(email=email).update(kind=kind)
    return email


def post_all(letter, mailboxes):
    """One letter for each address, so that nobody sees the others."""
    for email in mailboxes:
        post(letter, email)


def send(name, to, *, urgent=False, headers=None, reply_to=None, **values):
    """Write the letter ``name`` and put it in the queue."""
    return post(write(name, **values), to, urgent=urgent, headers=headers, reply_to=reply_to, kind=name)


def deliver():
    """Empty the queue, and forget the words of what left it; False when the mail server could not be reached."""
    try:
        return delivery.run()
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
