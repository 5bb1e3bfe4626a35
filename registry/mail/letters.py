"""Letters by e-mail: written from the texts that staff can edit, and put in the queue that they leave through.

A letter is written into the queue in the same transaction as what it tells of, so neither exists without
the other; deliver() delivers (delivery.py says how). What was delivered, or given up, is not kept: a code or a link is
not to be read by whoever reads the queue.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from post_office.models import PRIORITY, STATUS, Email, Log

from registry.mail import budget, delivery
from registry.mail.wording import frame
from registry.mail.wording.blanks import Blank, fill, one_line
from registry.mail.wording.kinds import KINDS, OPEN_PAGE, Pace, Reply
from registry.mail.wording.texts import first_texts, text_of
from registry.models import Delivery
from registry.models.fields.mailbox import as_mailed

PRIORITIES = {Pace.AT_ONCE: PRIORITY.high, Pace.SOON: PRIORITY.medium, Pace.DIGEST: PRIORITY.low}


@dataclass(frozen=True)
class Letter:
    """``text``: filled in, and perhaps changed by staff. ``name``: its kind. ``until``: when its code or link ends."""

    subject: str
    text: str
    name: str = ""
    until: datetime | None = field(default=None, compare=False)

    @property
    def kind(self):
        return KINDS.get(self.name)

    @property
    def parts(self):
        until = moment(self.until)
        parts = frame.parts_of(self.text)
        return frame.with_until(parts, until) if until and until not in self.text else parts

    @property
    def foot(self):
        return list(frame.foot_of(self.kind))

    @property
    def plain(self):
        """The whole letter as text, at 72 columns."""
        below = "\n".join(frame.wrapped(sentence) for sentence in self.foot)
        return f"{frame.as_text(self.parts)}\n\n{'-' * 40}\n{below}\n"

    @property
    def html(self):
        return self._render("registry/letter.html", frame.STYLES)

    @property
    def paragraphs(self):
        """The parts as HTML, to show on a page that has its own style sheet."""
        return self._render("registry/letter_parts.html", dict.fromkeys(frame.STYLES, ""))

    def _render(self, template, styles):
        context = {
            "letter": self,
            "style": styles,
            "preview": frame.preview_of(self.text),
            "button": self.kind.button if self.kind else OPEN_PAGE,
            "organisation": settings.ORGANISATION_NAME,
        }
        lines = render_to_string(template, context).splitlines()
        # Safe: put together again from what a template made.
        return mark_safe("\n".join(line.rstrip() for line in lines if line.strip()))


def address(name, *args):
    """The full address of a page, for in a letter."""
    return f"{settings.SITE_URL}{reverse(f'registry:{name}', args=args)}"


def moment(until):
    """A moment in words, as it stands in a letter."""
    return date_format(timezone.localtime(until), _("j F Y, G.i")) + _(" uur") if until else ""


def write(name, *, until=None, **values):
    """The letter ``name`` with its blanks filled in; nothing is sent yet. ``until``: when its code or link ends, when
    that is another moment than its kind says.

    A text that cannot be filled in or cannot do its work, however it came into the database, is not used: the first
    one is.
    """
    until = until or _ends(name)
    return _filled(name, *text_of(name), _ours(until) | values, until)


def _ends(name):
    lifetime = KINDS[name].lifetime
    return timezone.now() + lifetime() if lifetime else None


def _ours(until):
    """What nobody need give."""
    return {
        "site": settings.SITE_URL,
        "organisatie": settings.ORGANISATION_NAME,
        "contact": frame.contact(),
        "bezwaar": frame.contact(),
        "tot": moment(until),
    }


def _filled(name, subject, text, values, until=None):
    # A blank may be empty, and so all that stands above a letter.
    above = one_line(fill(subject, values)) or one_line(fill(first_texts()[name][0], values))
    filled = fill(text, values, strangers=KINDS[name].strangers, site=values["site"])
    return Letter(above, filled, name, until)


def post(letter, to, *, about=None, headers=None, reply_to=None):
    """Put the letter in the queue for one address; refused when a visitor causes too many (budget.py).

    ``about``: the initiative of whose page it tells. ``reply_to``: the proved mailbox of who wrote it, for a letter of which the sender reads the answer.
    """
    to = as_mailed(to)  # what is counted, and nothing else, is what is mailed
    kind = letter.kind
    budget.charge(to, is_way_in=bool(kind and kind.is_way_in))
    headers = dict(headers or {})
    if answers_go_to := reply_to if kind and kind.reply is Reply.SENDER else settings.CONTACT_EMAIL:
        headers["Reply-To"] = answers_go_to
    email = Email.objects.create(
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[to],
        subject=one_line(letter.subject),
        message=letter.plain,
        html_message=letter.html,
        headers=headers or None,
        priority=PRIORITIES[kind.pace if kind else Pace.SOON],
        expires_at=letter.until,
        status=STATUS.queued,
    )
    Delivery.objects.filter(email=email).update(kind=letter.name, initiative=about)
    return email


def post_all(letter, mailboxes, *, about=None):
    """One letter for each address, so that nobody sees the others."""
    for email in mailboxes:
        post(letter, email, about=about)


def send(name, to, *, about=None, headers=None, reply_to=None, **values):
    """Write the letter ``name`` and put it in the queue."""
    return post(write(name, **values), to, about=about, headers=headers, reply_to=reply_to)


def are_due():
    """Whether there is something for deliver() to do."""
    return delivery.is_due()


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
    with_words = done.exclude(message="", html_message="", headers__isnull=True, context__isnull=True)
    return with_words.update(message="", html_message="", headers=None, context=None)


def examples(name):
    """A made-up value for each blank of the letter, but what nobody need make up."""
    made_up = Blank.SITE, settings.SITE_URL
    blanks = {blank.name: blank.example.replace(*made_up) for blank in KINDS[name].all_blanks}
    return blanks | _ours(_ends(name))


def sample(name, subject, text):
    """The letter with made-up values filled in, to see what it looks like."""
    return _filled(name, subject, text, examples(name), _ends(name))
