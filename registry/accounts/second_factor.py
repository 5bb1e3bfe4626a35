"""The second step of logging in: what proves it lies encrypted in the database, so that a copy of that opens nothing."""

import base64
import logging

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# What every Fernet token begins with; a TOTP secret and a seed of recovery codes never do.
MARK = "gAAAA"
# Where allauth keeps a secret of an authenticator, by type.
SECRETS = {"totp": ("secret",), "recovery_codes": ("seed", "migrated_codes")}


class SecondFactorAdapter(DefaultMFAAdapter):
    def encrypt(self, text):
        return encrypt(text)

    def decrypt(self, encrypted_text):
        return decrypt(encrypted_text)


def encrypt(text):
    return _fernet().encrypt(text.encode()).decode()


def decrypt(text):
    """The secret. One that no key of the site opens is answered with a secret that nobody has: no code fits, and
    the person asks a manager for a new second step."""
    if not text.startswith(MARK):
        return text
    try:
        return _fernet().decrypt(text.encode()).decode()
    except InvalidToken:
        logging.getLogger(__name__).error("A second factor does not open with SECRET_KEY or its fallbacks.")
        return generate_totp_secret()


def rotate(authenticator):
    """Encrypt what proves it anew under the key of now; False when no key opens it. What somebody changes meanwhile
    (a recovery code that was used) stays."""
    while True:
        data = dict(authenticator.data)
        try:
            for name in SECRETS.get(authenticator.type, ()):
                match data.get(name):
                    case str(text):
                        data[name] = _rotated(text)
                    case list(texts):
                        data[name] = [_rotated(text) for text in texts]
        except InvalidToken:
            return False
        rows = type(authenticator).objects.filter(pk=authenticator.pk)
        if rows.filter(data=authenticator.data).update(data=data) or not rows.exists():
            return True
        authenticator.refresh_from_db()


def _rotated(text):
    return _fernet().rotate(text.encode()).decode() if text.startswith(MARK) else encrypt(text)


def encrypt_all(authenticators):
    """Encrypt what these rows still hold readable."""
    for authenticator in authenticators:
        data = dict(authenticator.data)
        for name in SECRETS.get(authenticator.type, ()):
            match data.get(name):
                case str(text) if not text.startswith(MARK):
                    data[name] = encrypt(text)
                case list(texts):
                    data[name] = [text if text.startswith(MARK) else encrypt(text) for text in texts]
        if data != authenticator.data:
            authenticator.data = data
            authenticator.save(update_fields=["data"])


def _fernet():
    return MultiFernet([_with(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _with(key):
    derived = HKDF(SHA256(), 32, salt=None, info=b"registry.accounts.second_factor").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
