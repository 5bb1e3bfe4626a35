"""How many letters visitors can make the site write: one budget for who receives and for who causes them.

Whatever queues a letter while a visitor's request runs passes ``charge``: ours by way of letters.post, those of
allauth by way of its adapter. What staff and the daily work send is theirs to answer for and is not counted, nor is
what a mailed proof leads to: its letter was counted when it went out.

- Who causes them: so many an hour and a day from one place, and for one account.
- Who receives them: so many an hour and a day in one mailbox, whoever causes them, and a part of that from one
  network. Another spelling that is mailed to the same place, dots and what stands behind a + make no other mailbox.
- Codes and links to get in have a purse of their own, so that no other letters can lock somebody out. It has no limit
  per day, and one network (an IPv4 address, an IPv6 /48) can only take a small part of it. When strangers used it up,
  a network that asked for nothing this hour still gets its first letters, until the wide limit for one mailbox: to
  keep an owner out takes dozens of networks, each hour.

Refused is refused in the same words whether the mailbox is known here or not, and whichever limit it was.
"""

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from registry.foundation import ratelimit
from registry.foundation.errors import Refused
from registry.models.fields.mailbox import mailbox

HOUR, DAY = 3600, 24 * 3600
# What of: most, in how many seconds.
PLACE = ((60, HOUR), (200, DAY))
ACCOUNT = ((20, HOUR), (60, DAY))
MAILBOX = ((10, HOUR), (30, DAY))
MAILBOX_FROM_A_NETWORK = ((8, HOUR),)
WAY_IN = ((20, HOUR),)
WAY_IN_FROM_A_NETWORK = 5
# Beyond WAY_IN: only the first letters from each network, and so many in one mailbox.
WAY_IN_FIRST = 2
WAY_IN_BEYOND = 60


class TooManyLetters(Refused):
    def __init__(self):
        super().__init__(
            _(
                "Er zijn van hieruit of naar dit e-mailadres al veel e-mails gestuurd. Wacht een uur en probeer "
                "het opnieuw. Kreeg u al een e-mail? Gebruik dan de code of de link daarin."
            )
        )


@dataclass
class _Visit:
    request: object
    paid: set = field(default_factory=set)


_visit = ContextVar("visit", default=None)


@contextmanager
def visit(request):
    """While this runs, letters are caused by the visitor of ``request``."""
    token = _visit.set(_Visit(request))
    try:
        yield
    finally:
        _visit.reset(token)


@contextmanager
def free():
    """What is sent meanwhile was counted before, or must reach its reader whatever was sent before."""
    token = _visit.set(None)
    try:
        yield
    finally:
        _visit.reset(token)


def charge(email, *, is_way_in=False):
    """Count one letter to this address; raises TooManyLetters when it cannot go.

    A view charges an address that was typed before it looks whether it is known; the letter is then paid for.
    """
    visit = _visit.get()
    if visit is None or _is_staff(visit.request):
        return
    to = mailbox(email)
    if to in visit.paid:
        visit.paid.remove(to)
        return
    place, user = ratelimit.place_of(visit.request), visit.request.user
    purses = [("mail from a place", place, PLACE)]
    if user.is_authenticated:
        purses.append(("mail by an account", str(user.pk), ACCOUNT))
    network = ratelimit.network_of(visit.request)
    if not is_way_in:
        purses.append(("mail to a mailbox from a network", f"{network} {to}", MAILBOX_FROM_A_NETWORK))
        purses.append(("mail to a mailbox", to, MAILBOX))
    fits = all(_takes(*purse) for purse in purses)
    if not fits or (is_way_in and not _lets_in(network, to)):
        raise TooManyLetters


def _takes(action, who, purse):
    return all(ratelimit.take(action, who, most=most, seconds=seconds).allowed for most, seconds in purse)


def _lets_in(network, to):
    own = ratelimit.take("way in from a network", f"{network} {to}", most=WAY_IN_FROM_A_NETWORK, seconds=HOUR)
    if not own.allowed:
        return False
    if _takes("way in to a mailbox", to, WAY_IN):
        return True
    is_first = WAY_IN_FROM_A_NETWORK - own.left <= WAY_IN_FIRST
    return is_first and _takes("way in beyond", to, ((WAY_IN_BEYOND, HOUR),))


def prepay(email, *, is_way_in=False):
    """Charge now for the letter that may follow in this request, so that the answer does not depend on whether it does."""
    charge(email, is_way_in=is_way_in)
    if visit := _visit.get():
        visit.paid.add(mailbox(email))


def _is_staff(request):
    return request.user.is_authenticated and request.user.is_staff
