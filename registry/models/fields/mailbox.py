"""An e-mail address in the one form in which it is stored, compared, counted and mailed."""

import re
import unicodedata

from django.db import models
from django.utils.encoding import punycode

_COMMENT = re.compile(r"\([^()]*\)")
_INVISIBLE = {"Cc", "Cf", "Zl", "Zp", "Zs"}


def as_mailed(email):
    """The address as it goes on the wire, in lower case: the host as IDNA, without quotes, comments or blanks.

    Two spellings that a mail server takes for the same give the same. It is not checked: what is no address stays none.
    """
    text = unicodedata.normalize("NFKC", email)
    text = "".join(sign for sign in text if unicodedata.category(sign) not in _INVISIBLE)
    local, at, host = text.rpartition("@")
    if len(local) > 1 and local[0] == local[-1] == '"':
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    elif "(" in text:
        local, host = _COMMENT.sub("", local), _COMMENT.sub("", host)
    return f"{_plain(local)}{at}{_host(host)}"


class MailField(models.EmailField):
    """Stores, and looks for, an address as it is mailed: two spellings of one are the same value."""

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        # What is no address may be a part that somebody looks for.
        return as_mailed(value) if value and "@" in value else value

    def deconstruct(self):
        """For the database it is any other address."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.EmailField", args, kwargs


def mailbox(email):
    """What many providers deliver in one mailbox, as one word: dots and what stands behind a + make no other one."""
    local, _at, host = as_mailed(email).rpartition("@")
    local = local.partition("+")[0].replace(".", "")
    return f"{local}@{'gmail.com' if host == 'googlemail.com' else host}"


def _plain(text):
    return unicodedata.normalize("NFKC", text.casefold())


def _host(host):
    """As Django writes it in the envelope."""
    host = host.rstrip(".。")
    try:
        return punycode(host).lower().rstrip(".")
    except UnicodeError:
        return _plain(host)
