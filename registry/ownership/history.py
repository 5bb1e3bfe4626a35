"""What happened with a page and who did it, in the words of who reads it: its owners, or staff."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from registry.mail.wording.texts import first_texts
from registry.models import Decision, Delivery, Initiative, Introduction, OwnershipChange, Status, User
from registry.ownership import owners

MOST = 30
Kind = OwnershipChange.Kind
# Here somebody is the subject; of the others the line itself tells what was done, and ``by`` who did it.
OF_SOMEBODY = {
    *(Kind.REGISTERED, Kind.JOINED, Kind.MERGED, Kind.RETURNED, Kind.SPLIT),
    *(Kind.LEFT, Kind.REMOVED, Kind.GONE, Kind.BACK),
}

# Of these a line without who did it would have no subject.
DONE_BY_SOMEBODY = {
    Kind.INVITED,
    Kind.INVITATION_WITHDRAWN,
    Kind.CLAIM_ALLOWED,
    Kind.CLAIM_REFUSED,
    Kind.LINK_WITHDRAWN,
}


@dataclass(frozen=True)
class Line:
    at: datetime
    what: str
    whom: str
    by: str
    why: str
    change: OwnershipChange | None = None


class Names:
    """How people are called. Staff read addresses; an owner reads those of who keeps the page too, and of nobody else."""

    def __init__(self, initiative: Initiative, reader: User | None = None) -> None:
        self.reader = reader
        self.owners = set(owners(initiative).values_list("user_id", flat=True)) if reader else set()

    def of(self, user: User | None) -> str:
        if user is None:
            return _("iemand van wie het account weg is")
        if self.reader is None:
            return user.email
        if user == self.reader:
            return _("u")
        if user.pk in self.owners:
            return user.email
        return _("een medewerker") if user.is_staff else _("een eerdere eigenaar")


def lines(initiative: Initiative, *, reader: User | None = None, most: int = MOST) -> list[Line]:
    """The newest first, of decisions and of who has a say together; two queries and one for the names."""
    names = Names(initiative, reader)
    decisions = initiative.decisions.select_related("by").order_by("-decided_at", "-pk")[:most]
    changes = initiative.ownership_changes.select_related("by", "whom").order_by("-at", "-pk")[:most]
    newest = [_of_decision(decision, names) for decision in decisions] + [
        _of_change(change, names) for change in changes
    ]
    return sorted(newest, key=lambda line: line.at, reverse=True)[:most]


def _of_decision(decision: Decision, names: Names) -> Line:
    what = decision.get_to_status_display() if decision.from_status != decision.to_status else ""
    return Line(decision.decided_at, what, "", names.of(decision.by) if decision.by else "", decision.reason)


def _of_change(change: OwnershipChange, names: Names) -> Line:
    whom = names.of(change.whom) if change.kind in OF_SOMEBODY else ""
    is_other = change.by is not None and change.by != change.whom
    is_done = change.kind in DONE_BY_SOMEBODY
    by = names.of(change.by) if is_other or (is_done and change.by is None) else ""
    # Why a stranger was refused is between staff and the stranger.
    why = "" if names.reader and change.kind == Kind.CLAIM_REFUSED else change.why
    return Line(change.at, change.get_kind_display(), whom, by, why, change)


@dataclass(frozen=True)
class Answers:
    """One introduction as who keeps the page of ``initiative``, or staff, may read it."""

    introduction: Introduction
    other: str
    state: str
    answers: tuple[str, ...]


def introductions(
    initiative: Initiative, *, reader: User | None = None, reach: QuerySet[Initiative] | None = None
) -> list[Answers]:
    """With what each person answered: to owners of their own side alone, to staff of the pages in ``reach`` too."""
    names = Names(initiative, reader)
    both_ways = (initiative.introductions_asked.all() | initiative.introductions_got.all()).select_related(
        "first", "second", "declined_by"
    )
    both_ways = both_ways.prefetch_related("consents__ownership__user").order_by("-asked_at", "-pk")[:MOST]
    pages = {initiative.pk}
    if reach is not None:
        pages |= set(
            reach.filter(
                pk__in=[introduction.other(initiative).pk for introduction in both_ways]
            ).values_list("pk", flat=True)
        )
    own = set(owners(initiative).values_list("user_id", flat=True))
    return [
        Answers(
            introduction,
            _name_of(introduction.other(initiative)),
            _state(introduction),
            tuple(_answers(introduction, initiative, pages, own, names)),
        )
        for introduction in both_ways
    ]


def _name_of(page: Initiative) -> str:
    return page.name if page.status == Status.PUBLISHED else _("een initiatief dat niet op de site staat")


def _answers(
    introduction: Introduction, initiative: Initiative, pages: set[int], own: set[int], names: Names
) -> Iterator[str]:
    for consent in introduction.consents.all():
        if consent.ownership.initiative_id in pages:
            yield _("ja: %s") % names.of(consent.ownership.user)
    said_no = introduction.declined_by
    if said_no and (said_no.pk in own or introduction.other(initiative).pk in pages):
        yield _("nee: %s") % names.of(said_no)


def _state(introduction: Introduction) -> str:
    if introduction.introduced_at:
        return _("kennisgemaakt")
    if introduction.declined_at:
        return _("gaat niet door: er is nee gezegd")
    return _("gaat niet door: er kwam geen antwoord") if introduction.expired_at else _("wacht op antwoord")


def deliveries(initiative: Initiative, most: int = MOST) -> list[Delivery]:
    """The letters about this page of lately, without their words: each with ``occasion``, why it is sent."""
    latest = list(
        Delivery.objects.filter(initiative=initiative).select_related("email").order_by("-pk")[:most]
    )
    for delivery in latest:
        delivery.occasion = first_texts()[delivery.kind][2] if delivery.kind in first_texts() else ""
    return latest
