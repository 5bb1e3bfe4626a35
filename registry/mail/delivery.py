"""The queue and how it leaves: what is most urgent first, whatever waits, and each letter by what became of it.

- Each letter is looked for anew, so a code that is queued while digests leave goes next.
- A "not now" (4xx) for one letter is asked again within a minute and then ever slower, for four days. A "no" (5xx)
  stops it at once.
- What is wrong with the line (nobody there, no login, a connection that drops) is no fault of a letter: none counts a
  try, and the next round begins anew. A connection can also drop because of one letter; so a new one is made, and when
  that was its first letter, it waits as after a 4xx and the others go on.
- A letter leaves at least once: of one that was given over while the answer got lost, or was not written down, nobody
  knows, and it goes again, under the same Message-ID.
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
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from post_office.models import PRIORITY, STATUS, Email

from registry.mail import troubles
from registry.models import Delivery

logger = logging.getLogger(__name__)
AT_ONCE, SOON, DIGEST = PRIORITY.high, PRIORITY.medium, PRIORITY.low
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
# In the queue itself: what left, or waits, or neither.
_STATUS = {State.TAKEN: STATUS.sent, State.WAITS: STATUS.requeued}


class HeldBack(Exception):
    """This site may not write to the reader: nothing left."""


def follow(sender, instance, created, raw=False, **kwargs):
    """Each row of the queue has a delivery, through whichever door it came in."""
    if created and not raw:
        Delivery.objects.get_or_create(email=instance, defaults={"token": secrets.token_hex(10)})


def run():
    """Send what waits; False when the mail server could not be reached. Who comes second leaves it to the first."""
    with _sole_sender() as is_sole:
        return _send_all() if is_sole else True


def _send_all():
    for email in Email.objects.filter(delivery=None, status__in=WAITING):
        follow(Email, email, created=True)
    _expire()
    line = get_connection(settings.POST_OFFICE["BACKENDS"]["default"])
    taken = has_dropped = 0
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
            try:
                line.send_messages([message])
            except HeldBack:
                _record(email, State.HELD_BACK)
            except smtplib.SMTPSenderRefused as error:
                # It writes from the same address each time.
                if not _is_of_letter(error):
                    return _is_away(email, error)
                _record_answer(email, error.smtp_code, error.smtp_error)
            except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
                code, said, is_mailbox = _answer(error)
                if code != 421:
                    _record_answer(email, code, said, is_mailbox=is_mailbox)
                elif not _goes_on(line, email, error, taken, has_dropped):
                    return False
                else:
                    has_dropped, taken = has_dropped or not taken, 0
            except Exception as error:
                if not isinstance(error, OSError):
                    logger.exception("Letter %s stopped the connection.", email.pk)
                if not _goes_on(line, email, error, taken, has_dropped):
                    return False
                has_dropped, taken = has_dropped or not taken, 0
            else:
                _record(email, State.TAKEN)
                taken += 1
    finally:
        hang_up(line)
    return True


def _goes_on(line, email, error, taken, has_dropped):
    """The connection dropped; whether another one can be made. When it was the first letter of its connection, that
    may be because of the letter; when it happens twice it is the line."""
    hang_up(line)
    try:
        line.open()
    except OSError as another:
        return _is_away(email, another)
    if taken:
        return True
    if has_dropped:
        return _is_away(email, error)
    _again_later(email, _("De verbinding met de mailserver viel weg (%s).") % _kind_of(error))
    return True


def _is_away(email, error):
    """The line is not there: it counts for no letter. The one that was to go says why it waits."""
    logger.warning("The mail server could not be used: %s.", _kind_of(error))
    said = _("De mailserver is niet bereikbaar (%s).") % _kind_of(error)
    Delivery.objects.filter(pk=email.pk).update(said=said)
    return False


def _kind_of(error):
    """Without what it says: that can name people, or show a password."""
    code = getattr(error, "smtp_code", None)
    return " ".join(filter(None, [type(error).__name__, str(code or "")]))


def hang_up(line):
    with suppress(OSError):
        line.close()


# What the queue is


def _next():
    """The letter that goes now, looked for anew each time."""
    now = timezone.now()
    return (
        Email.objects.filter(Q(scheduled_time=None) | Q(scheduled_time__lte=now), status__in=WAITING)
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
    with open(f"{settings.POST_OFFICE['LOCK_FILE_NAME']}.lock", "w") as file:
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
    """Too large is said before its reader is."""
    return error.smtp_code == 552 or b"5.3.4" in _bytes(error.smtp_error)


def _record_answer(email, code, said, *, is_mailbox=False):
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
    wait = WAITS[tries] if tries < len(WAITS) else REST
    _record(email, State.WAITS, said, again_at=timezone.now() + wait)
    return State.WAITS


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
    words = re.sub(rf"\S*(?:@|{re.escape(_host())})\S*", "…", words)
    for reader in readers:
        local = re.escape(reader.partition("@")[0])
        words = re.sub(rf"(?<!\w){local}(?!\w)", "…", words, flags=re.IGNORECASE)
    return "".join(sign for sign in words if sign.isprintable())


# How a letter is written


def _write(email):
    message = _headed(email.prepare_email_message(), email.delivery.token)
    if email.priority == DIGEST:
        message.extra_headers["Precedence"] = "bulk"
    if email.expires_at:
        message.extra_headers["Expires"] = format_datetime(email.expires_at)
    if not message.recipients():
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
