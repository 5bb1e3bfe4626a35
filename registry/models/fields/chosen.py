"""What an entry points at can be gone by the time that it is checked: in words that a reader understands."""

from contextlib import contextmanager

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _


@contextmanager
def in_words(entry):
    """Errors of a row that is no more say so, in Dutch; the other errors stay."""
    try:
        yield
    except ValidationError as error:
        for name, messages in error.error_dict.items():
            field = entry._meta.get_field(name)
            if isinstance(field, models.ForeignKey):
                error.error_dict[name] = [_of(field, message) for message in messages]
        raise


def _of(field, error):
    if error.code != "invalid":
        return error
    message = _("wat bij ‘%(label)s’ is gekozen, bestaat niet meer. Kies iets anders.")
    return ValidationError(message % {"label": field.verbose_name}, code=error.code)
