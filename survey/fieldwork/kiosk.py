"""The PIN that lets staff out of the kiosk.

The device checks it, so that it works without a network: the page carries the salt and the hash (PBKDF2 with
SHA-256, as Django hashes passwords). That keeps visitors of a stand inside; it guards nothing else, so it must
not be a PIN that also opens something of value.
"""

import re

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

PIN = re.compile(r"[0-9]{4,8}")


def set_pin(round, pin):
    """Keep the hash of ``pin`` (four to eight digits) with the round; "" takes the PIN away."""
    if pin and not PIN.fullmatch(pin):
        raise ValidationError(_("Een pincode heeft vier tot acht cijfers, zoals 2580."))
    hasher = PBKDF2PasswordHasher()
    round.kiosk_pin = hasher.encode(pin, hasher.salt()) if pin else ""
    round.save(update_fields=["kiosk_pin"])


def opens(round, pin):
    """Whether this is the PIN; the page checks the same on the device."""
    return bool(round.kiosk_pin) and PBKDF2PasswordHasher().verify(pin, round.kiosk_pin)
