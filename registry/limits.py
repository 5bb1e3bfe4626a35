"""How often one place may do something. Whoever it was is forgotten with the window."""

import hashlib
import time

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied


def allow(request, action, *, most, seconds):
    """Count this request; False when the same place did ``action`` more than ``most`` times in the window.

    The address is hashed together with the window, so that what is kept says nothing afterwards.
    """
    window = int(time.time() // seconds)
    key = f"limit:{action}:{place_of(request, window)}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # ran out between the two lines: a new window
        return True


def place_of(request, window):
    """Where a request came from, as a word that says nothing once the window is over."""
    try:
        address = get_adapter().get_client_ip(request)
    except PermissionDenied:  # no address, as over a socket of this machine: all of those count as one
        address = ""
    place = f"{settings.SECRET_KEY}:{window}:{address}"
    return hashlib.sha256(place.encode()).hexdigest()[:32]
