"""With which pages somebody stands, or stood, as the one to write to or to call."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import OuterRef, Subquery

from registry.models import Initiative, Merge, Ownership, OwnershipChange, ProposedChange

BLANK = {"contact_name": "", "contact_email": "", "contact_phone": "", "is_contact_public": False}
ONLY_PHONE = {"contact_phone": ""}
_COLUMNS = ("pk", "id", "contact_name", "contact_email", "contact_phone")
Kind = OwnershipChange.Kind


@dataclass
class Contacts:
    """``names``, ``phones``: by page, how this person stands with it; ``blanks``: (model, what becomes empty) to the
    keys of the rows in which they stand; ``pages``: where that is, or what they keep or kept."""

    names: dict = field(default_factory=lambda: defaultdict(set))
    phones: dict = field(default_factory=lambda: defaultdict(set))
    pages: set = field(default_factory=set)
    blanks: dict = field(default_factory=lambda: defaultdict(list))

    @property
    def now(self):
        """The keys of the pages with which they stand today."""
        return {key for (model, _whole), keys in self.blanks.items() if model is Initiative for key in keys}

    def wipe(self):
        for (model, is_whole), keys in self.blanks.items():
            model.objects.filter(pk__in=keys).update(**(BLANK if is_whole else ONLY_PHONE))


def contacts_of(user, addresses, names):
    """Where their address stands; and where no address stands, what they wrote or proposed themselves of a page that
    they keep or kept, their name there, and all of what nobody else keeps."""
    contacts, pages = Contacts(), kept_by(user)
    contacts.pages |= pages
    alone = pages - _kept_by_others(user, pages)
    at_address = set()
    for model in (Initiative, Initiative.history.model):
        at_address |= set(model.objects.filter(contact_email__in=addresses).values_list("id", flat=True))
    _written(contacts, user, pages)
    _proposed(contacts, user)
    around = at_address | pages | set(contacts.names) | set(contacts.phones)
    rows = [
        (model, *row)
        for model in (Initiative, Initiative.history.model)
        for row in model.objects.filter(id__in=around).order_by().values_list(*_COLUMNS)
        if any(row[2:])
    ]
    for model, _pk, page, name, email, phone in rows:
        if email in addresses or (not email and page in alone and model is Initiative):
            contacts.names[page].add(name)
            contacts.phones[page].add(phone)
    for model, pk, page, name, email, phone in rows:
        if email and email not in addresses:
            continue
        is_named = name and (name in contacts.names[page] or (page in pages and name in names))
        is_whole = bool(email or page in alone or is_named)
        if is_whole or (phone and phone in contacts.phones[page]):
            contacts.pages.add(page)
            contacts.blanks[model, is_whole].append(pk)
    return contacts


def kept_by(user):
    """The keys of what this person keeps or kept, also before it was merged."""
    held = set(user.ownerships.values_list("initiative", flat=True))
    changes = OwnershipChange.objects.filter(whom=user)
    held |= set(changes.values_list("initiative", flat=True))
    # A merge is written down once who kept the page has come along; others may have come by another merge.
    own = Merge.objects.filter(into=OuterRef("initiative"), merged_at__gte=OuterRef("at")).order_by(
        "merged_at"
    )
    came_from = changes.filter(kind=Kind.MERGED).values_list(Subquery(own.values("duplicate")[:1]), flat=True)
    return held | {page for page in came_from if page}


def _kept_by_others(user, pages):
    others = Ownership.objects.filter(initiative__in=pages).exclude(user=user)
    came = OwnershipChange.objects.filter(
        initiative__in=pages,
        initiative__merged_into__isnull=False,
        kind__in=[Kind.JOINED, Kind.REGISTERED],
        whom__isnull=False,
    ).exclude(whom=user)
    return {page for rows in (others, came) for page in rows.values_list("initiative", flat=True)}


def _written(contacts, user, pages):
    """What this person changed of the contact of a page of their own."""
    last = {}
    lines = Initiative.history.filter(id__in=pages).order_by("id", "history_date", "history_id")
    for page, by, name, phone in lines.values_list("id", "history_user", "contact_name", "contact_phone"):
        was_name, was_phone = last.get(page, ("", ""))
        if by == user.pk and name != was_name:
            contacts.names[page].add(name)
        if by == user.pk and phone != was_phone:
            contacts.phones[page].add(phone)
        last[page] = (name, phone)


def _proposed(contacts, user):
    """What staff propose is of others, but for a page of their own."""
    changes = ProposedChange.objects.filter(proposal__by=user, field__in=["contact_name", "contact_phone"])
    if user.is_staff:
        changes = changes.filter(proposal__initiative__in=kept_by(user))
    for page, name, new in changes.values_list("proposal__initiative", "field", "new"):
        (contacts.names if name == "contact_name" else contacts.phones)[page].add(new or "")
