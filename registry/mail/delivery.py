"""The queue and how it leaves: what is most urgent first, whatever waits, and each letter by what became of it.

- Each letter is looked for anew, so a code that is queued while digests leave goes next.
- A "not now" (4xx) for one letter is asked again within a minute and then ever slower, for four days. A "no" (5xx)
  stops it at once.
- A letter that was given over and not answered may have arrived: it waits as after a 4xx, or its reader would get it
  each round from a server that takes long.
- What is wrong with the line (nobody there, no login, a sender or a network it refuses, a connection that drops) is no
  fault of a letter: none counts a try, and the next round begins anew. It can also be because of one letter; so that one
  steps aside, and when the others go on, it waits as after a 4xx.
- A try is written down before it is made: where nothing can be written, nothing leaves.
- A letter leaves at least once: of one that was given over while the answer got lost, or was not written down, nobody
  knows, and it goes again, ever slower, under the same Message-ID.
"""

import fcntl
import hashlib
import logging
import re
import secrets
import smtplib
from contextlib import contextmanager, suppress
from datetime import timedelta
from email.charset import QP, Charset
from email.utils import format_datetime, formataddr, parseaddr
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from post_office.models import PRIORITY, STATUS, Email

from registry.mail import troubles
from registry.models import Delivery

logger = logging.getLogger(__name__)
WAITING = (STATUS.queued, STATUS.requeued)
# How long a letter waits after each "not now", and then every REST until it was tried for four days.
WAITS = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
)
REST = timedelta(hours=3)
MOST_TRIES = len(WAITS) + 1 + int((timedelta(days=4) - sum(WAITS, timedelta())) / REST)
LOCK = 0x6D61696C  # of PostgreSQL, for all machines
# In quoted-printable: any server takes it, and no line is long.
TEXT = Charset("utf-8")
TEXT.body_encoding = QP
State = Delivery.State
_DROPPED = gettext_lazy("De verbinding met de mailserver viel weg (%s).")
_ANSWERS = (smtplib.SMTPSenderRefused, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
# A server that closes, or wants a login or TLS.
_OF_LINE = {421, 454, 530, 534, 535, 538}
# "Relay access denied", "Relaying denied", "relay not permitted", "Unable to relay", of qmail: "allowed rcpthosts".
_NO_RELAY = re.compile(
    rb"\brelay(ing)?( access)? (denied|not permitted|prohibited)|\bto relay\b|allowed rcpthosts",
    re.IGNORECASE,
)
# In the queue itself: what left, or waits, or neither.
_STATUS = {State.TAKEN: STATUS.sent, State.WAITS: STATUS.requeued}


class HeldBack(Exception):
    """The settings do not allow this site to write to the reader; no letter was sent."""


class Unanswered(OSError):
    """The letter was given over, and no answer came: nobody knows whether it was taken."""


def follow(sender, instance, created, raw=False, **kwargs):
    """Each row of the queue has a delivery, through whichever door it came in."""
    if created and not raw:
        Delivery.objects.get_or_create(email=instance, defaults={"token": secrets.token_hex(10)})


def run():
    """Send what waits; False when the mail server could not be reached. Who comes second leaves it to the first."""
    with _sole_sender() as is_sole:
        return _send_all() if is_sole else True


def _send_all():  # noqa: C901  one round, and each way in which it can end early
    for email in Email.objects.filter(delivery=None, status__in=WAITING):
        follow(Email, email, created=True)
    _expire()
    line = get_connection(settings.POST_OFFICE["BACKENDS"]["default"])
    taken = 0
    in_doubt = False  # whether the line stopped at the last letter
    try:
        while email := _next():
            try:
                message, message.from_email = _write(email), envelope(email.delivery.token)
            except ImproperlyConfigured:
                raise
            except Exception as error:
                logger.exception("Letter %s cannot be written.", email.pk)
                _record(
                    email, State.REFUSED, _("Deze e-mail kan niet worden gemaakt (%s).") % _kind_of(error)
                )
                continue
            try:
                taken = 0 if line.open() else taken
            except OSError as error:  # those of smtplib and of TLS too
                return _is_away(email, error)
            _begin(email)
            try:
                line.send_messages([message])
            except HeldBack:
                _record(email, State.HELD_BACK)
                continue
            except _ANSWERS as error:
                if _is_of_letter(error):
                    _record_answer(email, *_answer(error))
                    continue
                trouble = error
            except Exception as error:
                if not isinstance(error, OSError):
                    logger.exception("Letter %s stopped the connection.", email.pk)
                trouble = error
            else:
                _record(email, State.TAKEN)
                taken, in_doubt = taken + 1, False
                continue
            # The line stopped. A connection that took others may be used up; a new one tells more.
            hang_up(line)
            if isinstance(trouble, Unanswered):
                _again_later(email, _DROPPED % _kind_of(trouble.__cause__))
                if in_doubt:
                    return False
                in_doubt = not taken
            elif taken:
                _undo(email)
            elif in_doubt:
                return _is_away(email, trouble)
            else:
                _put_aside(email, trouble)
                in_doubt = True
    finally:
        hang_up(line)
    return not in_doubt


def _begin(email):
    """Count the try before it is made: who cannot write it down, sends nothing. A letter whose end is not written down,
    because the process or the disk is gone, goes again, and ever slower."""
    with transaction.atomic():
        wait = _wait_after(email.delivery.tries)
        now = timezone.now()
        Email.objects.filter(pk=email.pk).update(status=STATUS.requeued, scheduled_time=now + wait)
        Delivery.objects.filter(pk=email.pk).update(tries=email.delivery.tries + 1, tried_at=now)


def _undo(email, **changes):
    """As it was before the try."""
    before = {"tries": email.delivery.tries, "tried_at": email.delivery.tried_at}
    with transaction.atomic():
        Email.objects.filter(pk=email.pk).update(status=email.status, scheduled_time=email.scheduled_time)
        Delivery.objects.filter(pk=email.pk).update(**before | changes)


def _put_aside(email, error):
    """The line stopped at this one. When it took others since the last try, it is because of the letter, which waits as
    after a "not now"; else nobody knows, and no try counts."""
    has_dropped = not isinstance(error, _ANSWERS) or _answer(error)[0] == 421
    said = (_DROPPED if has_dropped else _("De mailserver liet niets door (%s).")) % _kind_of(error)
    before = email.delivery.tried_at
    if before and Delivery.objects.filter(state=State.TAKEN, tried_at__gt=before).exists():
        _again_later(email, said)
        return
    now = timezone.now()
    _undo(email, said=said, tried_at=now)
    Email.objects.filter(pk=email.pk).update(status=STATUS.requeued, scheduled_time=now + WAITS[0])


def _is_away(email, error):
    """The line is not there: it counts for no letter. The one that was to go says why it waits."""
    logger.warning("The mail server could not be used: %s.", _kind_of(error))
    _undo(email, said=_("De mailserver is niet bereikbaar (%s).") % _kind_of(error))
    return False


def _kind_of(error):
    """Without what it says: that can name people, or show a password."""
    is_answer = isinstance(error, _ANSWERS)
    code = _answer(error)[0] if is_answer else getattr(error, "smtp_code", None)
    return " ".join(filter(None, [type(error).__name__, str(code or "")]))


def hang_up(line):
    with suppress(OSError):
        line.close()


# What the queue is


def is_due():
    """Whether there is something for run() to do."""
    now = timezone.now()
    return _due(now).exists() or Email.objects.filter(status__in=WAITING, expires_at__lte=now).exists()


def _due(now):
    """No letter waits longer than REST: what says so was written while the clock was wrong."""
    is_now = Q(scheduled_time=None) | Q(scheduled_time__lte=now) | Q(scheduled_time__gt=now + REST)
    return Email.objects.filter(is_now, status__in=WAITING)


def _next():
    """The letter that goes now, looked for anew each time."""
    now = timezone.now()
    return (
        _due(now)
        .exclude(expires_at__lte=now)
        .select_related("delivery", "template")
        .order_by(F("priority").desc(nulls_last=True), "pk")
        .first()
    )


def _expire():
    """A code or a link that works no more is not worth a letter."""
    late = Email.objects.filter(status__in=WAITING, expires_at__lte=timezone.now())
    for email in late.select_related("delivery"):
        _record(email, State.EXPIRED, email.delivery.said)


@contextmanager
def _sole_sender():
    """Whether nobody else is sending: on this machine, and with PostgreSQL on any. It ends with the process."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            is_sole = cursor.fetchone()[0]
        try:
            yield is_sole
        finally:
            if is_sole:
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
        return
    with Path(f"{settings.POST_OFFICE['LOCK_FILE_NAME']}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


# What became of a letter


def _answer(error):
    """Code and words of the server, and whether they are about the mailbox."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return code, said, True
    return error.smtp_code, error.smtp_error, False


def _is_of_letter(error):
    """Or of the line: it closes, it wants a login, or it passes nothing on for us. We write from the same address each
    time; too large is said before the reader is."""
    code, said, _is_mailbox = _answer(error)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return code == 552 or b"5.3.4" in _bytes(said)
    return code not in _OF_LINE and not _NO_RELAY.search(_bytes(said))


def _record_answer(email, code, said, is_mailbox):
    words = without_secrets(said, email.to)
    said = f"{code} {words}"
    if code < 500:
        state = _again_later(email, said)
    else:
        state = State.REFUSED
        _record(email, state, said)
    if is_mailbox and state != State.WAITS:
        troubles.refused(email.to, code, words)


def _again_later(email, said):
    tries = email.delivery.tries
    if tries + 1 >= MOST_TRIES:
        _record(email, State.GIVEN_UP, said)
        return State.GIVEN_UP
    _record(email, State.WAITS, said, again_at=timezone.now() + _wait_after(tries))
    return State.WAITS


def _wait_after(tries):
    return WAITS[tries] if tries < len(WAITS) else REST


@transaction.atomic
def _record(email, state, said="", *, again_at=None):
    now = timezone.now()
    Email.objects.filter(pk=email.pk).update(
        status=_STATUS.get(state, STATUS.failed),
        scheduled_time=again_at,
        number_of_retries=email.delivery.tries,
        last_updated=now,
    )
    tries = email.delivery.tries + (state not in (State.EXPIRED, State.HELD_BACK))
    Delivery.objects.filter(pk=email.pk).update(state=state, said=said[:300], tries=tries, tried_at=now)


def _bytes(said):
    return said if isinstance(said, bytes) else str(said).encode()


def without_secrets(said, readers):
    """What a server said, on one line, without who it was about (the address, or what stands before its @), and
    without a link of ours, that may let somebody in."""
    words = " ".join(_bytes(said).decode(errors="replace").split())
    # Others too: where the reader's mail is passed on to.
    named = {*readers, *re.findall(r"[^\s<>,;:'\"()\[\]]+@", words)}
    words = re.sub(rf"\S*(?:@|{re.escape(_host())})\S*", "…", words)
    for local in {mailbox.partition("@")[0] for mailbox in named}:
        local = re.escape(local)
        words = re.sub(rf"(?<!\w){local}(?!\w)", "…", words, flags=re.IGNORECASE)
    return "".join(sign for sign in words if sign.isprintable())


# How a letter is written


def _write(email):
    message = _headed(email.prepare_email_message(), email.delivery.token)
    if email.priority == PRIORITY.low:
        message.extra_headers["Precedence"] = "bulk"
    if email.expires_at:
        message.extra_headers["Expires"] = format_datetime(email.expires_at)
    # A machine by its number is nobody's mailbox, but a way to make ours knock on doors inside.
    if not message.recipients() or any("@[" in to for to in message.recipients()):
        raise ValueError("A letter without a reader.")
    message.message().as_bytes()
    return message


def written(*, subject, text, html, to, token):
    """A letter past the queue, as one in it is written."""
    message = EmailMultiAlternatives(subject, text, to=to)
    message.attach_alternative(html, "text/html")
    return _headed(message, token)


def _headed(message, token):
    """With what each letter of this site has above it."""
    message.encoding = TEXT
    message.extra_headers |= {
        "From": formataddr(sender()),
        "Message-ID": f"<{hashlib.sha256(token.encode()).hexdigest()[:32]}@{_host()}>",
        # No out-of-office answers: nobody reads them here.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    return message


def sender():
    """Name and address: of now, also for a letter that was written before a setting changed."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    if not address:
        raise ImproperlyConfigured("DEFAULT_FROM_EMAIL is no address.")
    return name or settings.MAIL_FROM_NAME, address


def envelope(token):
    """Where a server sends back what it cannot deliver: an address of its own for each letter."""
    if not settings.BOUNCE_ADDRESS:
        return sender()[1]
    local, at, host = settings.BOUNCE_ADDRESS.partition("@")
    if not (local and at and host):
        raise ImproperlyConfigured("BOUNCE_ADDRESS is no address.")
    return f"{local}+{token}@{host}"


def _host():
    return urlsplit(settings.SITE_URL).hostname or "localhost"
