"""Letters by e-mail: the texts staff can edit, and the queue they leave through.

A letter is written into the queue in the same transaction as what it tells of, so neither exists without
the other; `manage.py send_queued_mail` delivers, and tries again when the mail server does not answer.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.template import Context, Template
from django.template.defaultfilters import linebreaks
from django.template.loader import render_to_string
from django.utils.html import urlize
from django.utils.safestring import mark_safe
from post_office.models import PRIORITY, STATUS, Email, EmailTemplate

from registry import mail_budget

# For a preview: every word that a letter of ours may ask for.
SAMPLE_WORDS = {
    "aantal": 2,
    "adres": "https://voorbeeld.nl/adres-van-de-pagina/",
    "ander": "Buurtkeuken (voorbeeld)",
    "bericht": "Hier staat het bericht.",
    "code": "ABC-DEF",
    "hun_adres": "iemand@voorbeeld.nl",
    "initiatief": "Buurttuin (voorbeeld)",
    "naam": "Voorbeeldnaam",
    "niet_overgenomen": "Website",
    "organisatie": "Provincie Flevoland",
    "overgenomen": "Samenvatting",
    "reden": "Hier staat de reden.",
    "regels": ["2 initiatieven", "1 melding"],
    "rijen": [{"naam": "Buurttuin (voorbeeld)", "adres": "https://voorbeeld.nl/initiatieven/buurttuin/"}],
    "site": "https://voorbeeld.nl",
    "stop": "https://voorbeeld.nl/stoppen/",
    "waarom": "U pakt aan wat zij ervaren.",
    "wat": "een verbetering",
    "wie": "Voorbeeldnaam",
}
FIRST_TEXTS = Path(__file__).parent / "seed" / "brieven.json"


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


def install(**kwargs):
    """Put the first text of each letter in the database; what staff made of it stays."""
    if EmailTemplate._meta.db_table not in connection.introspection.table_names():
        return
    for name, first in json.loads(FIRST_TEXTS.read_text(encoding="utf-8")).items():
        EmailTemplate.objects.get_or_create(
            name=name,
            language="",
            default_template=None,
            defaults={
                "subject": first["onderwerp"],
                "content": "\n".join(first["tekst"]),
                "description": first["wanneer"],
            },
        )


def exists(name):
    return EmailTemplate.objects.filter(name=name, language="").exists()


def write(name, **context):
    """The letter ``name`` with its words filled in; nothing is sent yet."""
    template = EmailTemplate.objects.get(name=name, language="")
    filled = Context(
        {"site": settings.SITE_URL, "organisatie": settings.ORGANISATION_NAME} | context, autoescape=False
    )
    subject = " ".join(Template(template.subject).render(filled).split())
    return Letter(subject, Template(template.content).render(filled).strip())


def post(letter, to, *, urgent=False, headers=None, reply_to=None):
    """Put the letter in the queue for one address; refused when a visitor causes too many (mail_budget.py)."""
    mail_budget.charge(to)
    headers = dict(headers or {})
    if reply_to:
        headers["Reply-To"] = reply_to
    return Email.objects.create(
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        subject=letter.subject,
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


def send(name, to, *, urgent=False, headers=None, reply_to=None, **context):
    """Write the letter ``name`` and put it in the queue."""
    return post(write(name, **context), to, urgent=urgent, headers=headers, reply_to=reply_to)


def sample(subject, text):
    """The letter with made-up words filled in, to see what it looks like."""
    filled = Context(SAMPLE_WORDS, autoescape=False)
    return Letter(Template(subject).render(filled), Template(text).render(filled).strip())


def mistake_in(subject, text):
    """What is wrong with an edited text, or "" when it can be filled in."""
    try:
        for part in (subject, text):
            Template(part).render(Context({}, autoescape=False))
    except Exception as error:
        # A tag raises whatever it likes; for who edits the text it is all the same.
        return str(error) or type(error).__name__
    return ""
