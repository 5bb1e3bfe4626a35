"""What is kept of an answer, told from the tables themselves: a new column shows up by itself."""

from dataclasses import dataclass

from survey.models import OpenAnswer, Response


@dataclass(frozen=True)
class Stored:
    label: str
    explanation: str


def stored_of_answers():
    """Everything that is kept per response."""
    return _columns(Response)


def stored_of_words():
    """Everything that is kept per open answer, beside the response it belongs to."""
    return _columns(OpenAnswer)


def _columns(model):
    return [Stored(str(field.verbose_name), str(field.help_text)) for field in model._meta.concrete_fields]
