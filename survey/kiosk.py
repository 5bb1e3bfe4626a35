"""The PIN with which staff leave a kiosk; only its hash is kept."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


def set_pin(round, pin):
    """An empty ``pin`` takes it away."""
    hasher = PBKDF2PasswordHasher()
    round.kiosk_pin = hasher.encode(pin, hasher.salt()) if pin else ""
    round.save(update_fields=["kiosk_pin"])
