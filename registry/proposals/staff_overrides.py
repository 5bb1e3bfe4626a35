"""What staff change of a page that residents keep without waiting for their yes: told to the owners, and logged."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from registry.mail import budget, letters
from registry.mail.letters import address
from registry.models import Decision, Initiative, User
from registry.ownership import active_owners

MOST_IN_LETTER = 500  # characters of a value; the whole stands on the page
MOST_OF_ROWS = 3000  # characters of all rows together


def was_and_becomes(changes: Iterable[tuple[str, str, str]]) -> str:
    """(label, was, becomes) of each field, in words, as a letter says it."""
    return "\n\n".join(
        _("%(what)s\nWas: %(was)s\nWordt: %(becomes)s")
        % {
            "what": capfirst(label),
            "was": Truncator(was).chars(MOST_IN_LETTER),
            "becomes": Truncator(becomes).chars(MOST_IN_LETTER),
        }
        for label, was, becomes in changes
    )


@transaction.atomic
def of_fields(initiative: Initiative, changes: str, *, by: User | None, reason: str) -> None:
    """``changes``: what changes, as was_and_becomes() says it."""
    if changes:
        _log(initiative, _("Gewijzigd zonder het ja van de eigenaren."), by=by, reason=reason)
        _tell(initiative, changes, by=by, reason=reason)


@transaction.atomic
def of_rows(
    initiative: Initiative, changed: Mapping[str, Sequence[str]], *, by: User | None, reason: str
) -> None:
    """``changed``: what sort of thing, and in words what became of each."""
    what = _("Gewijzigd zonder het ja van de eigenaren: %s.") % ", ".join(changed)
    _log(initiative, what, by=by, reason=reason)
    text = "\n\n".join("\n".join([capfirst(name), *lines]) for name, lines in changed.items())
    _tell(initiative, Truncator(text).chars(MOST_OF_ROWS), by=by, reason=reason)


def _log(initiative: Initiative, what: str, *, by: User | None, reason: str) -> None:
    Decision.objects.create(
        initiative=initiative,
        from_status=initiative.status,
        to_status=initiative.status,
        reason=f"{what} {reason.strip()}".strip(),
        by=by,
    )


def _tell(initiative: Initiative, text: str, *, by: User | None, reason: str) -> None:
    with budget.free():
        for email in active_owners(initiative, by):
            letters.send(
                "gewijzigd-zonder-ja",
                email,
                about=initiative,
                initiatief=initiative.name,
                verschil=text,
                reden=reason.strip(),
                adres=address("my-initiative", initiative.slug),
            )
