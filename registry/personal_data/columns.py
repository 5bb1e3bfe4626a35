"""Where somebody can be in the database. Download and erasure both go by this; a test holds every column to it."""

from dataclasses import dataclass, field

from django.contrib.admin.models import LogEntry
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from post_office.models import Email, Log

from registry.foundation import other_apps
from registry.models import (
    Bottleneck,
    Case,
    ChangeProposal,
    ContactMessage,
    Decision,
    Delivery,
    Exchange,
    Export,
    ExternalId,
    Finding,
    Import,
    Initiative,
    Interaction,
    Introduction,
    JobRun,
    Link,
    MailTrouble,
    Mention,
    Notice,
    Organisation,
    OwnershipChange,
    PartnerKey,
    Proof,
    ProposedChange,
    SavedSearch,
    SearchMiss,
    Source,
    Term,
    WebhookDelivery,
    WebhookSubscription,
)
from registry.models.public import INITIATIVE

# What a page is called is public, and of a contact more goes than words.
OWN_WORDS = tuple(
    field.attribute
    for field in INITIATIVE.editable
    if field.attribute not in ("name", "other_names") and field.group != "contact"
    if field.is_free_text and field.source == field.attribute
)
CONTACT = ["contact_name", "contact_email", "contact_phone"]


@dataclass(frozen=True)
class Mailbox:
    """A column that holds the address of one person, and what becomes of the row when that person goes.

    ``label``: what it is, for that person; ``words``: the field of it that they read; ``until``: how long, in words.
    ``blanks``: what is made empty, in the history too; without, the row goes.
    """

    model: type
    column: str
    label: str
    words: str
    until: str
    blanks: tuple = ()

    def rows_of(self, addresses):
        return self.model.objects.filter(**{f"{self.column}__in": addresses})

    def wipe(self, addresses):
        if not self.blanks:
            self.rows_of(addresses).delete()
            return
        empty = dict.fromkeys(self.blanks, "")
        self.rows_of(addresses).update(**empty)
        if hasattr(self.model, "history"):
            self.model.history.filter(**{f"{self.column}__in": addresses}).update(**empty)


BY_PERIOD = _("zie hieronder: ‘Hoe lang wij iets bewaren’")
MAILBOXES = [
    Mailbox(
        Initiative,
        "contact_email",
        _("contactpersoon bij"),
        "name",
        _("zolang de pagina op de site staat; daarna zie hieronder"),
        tuple(CONTACT),
    ),
    Mailbox(
        Organisation,
        "contact_email",
        _("contactadres van organisaties"),
        "name",
        _("tot iemand het weghaalt of wijzigt"),
        ("contact_email",),
    ),
    Mailbox(
        PartnerKey,
        "email",
        _("contactadres van sleutels voor partners"),
        "name",
        _("tot iemand het weghaalt of wijzigt"),
        ("email",),
    ),
    Mailbox(Notice, "email", _("meldingen"), "text", BY_PERIOD, ("email",)),
    Mailbox(ContactMessage, "sender_email", _("berichten"), "text", BY_PERIOD),
    Mailbox(SavedSearch, "email", _("gevolgde filters"), "label", _("tot u stopt")),
    Mailbox(Proof, "email", _("codes en links die u kreeg"), "purpose", BY_PERIOD),
    Mailbox(MailTrouble, "address", _("e-mail komt niet aan"), "why", BY_PERIOD),
    Mailbox(Email, "to", _("e-mails aan u"), "subject", BY_PERIOD),
]


def kept_elsewhere(addresses):
    """(label, field, rows) of what another app keeps at these addresses."""
    for other in other_apps.everything():
        for address in addresses:
            yield other, other.rows_of(address)


@dataclass(frozen=True)
class Words:
    """Columns in which somebody may have written about somebody. The address, the telephone number and the name of a
    person are taken out; the rest stays. ``page``: how a row leads to the initiative it is about: there the name that
    stands with that initiative is taken out too, and where that is "" everywhere; ``only``: which rows."""

    model: type
    columns: tuple
    page: str | None = None
    only: Q = field(default_factory=Q)

    @property
    def models(self):
        history = getattr(self.model, "history", None)
        return [self.model, history.model] if history else [self.model]

    def columns_of(self, model):
        of_history = ("history_change_reason",) if model is not self.model else ()
        return (*self.columns, *of_history)


def _words(model, columns, page=None, only=None):
    return Words(model, tuple(columns.split()), page, only or Q())


WORDS = [
    Words(Initiative, (*OWN_WORDS, "image_alt"), "id"),
    _words(Case, "title summary situation approach result lessons", "initiative"),
    _words(Link, "explanation stated_by", "initiative"),
    _words(Mention, "event quote", "initiative"),
    _words(Exchange, "text duration", "initiative"),
    _words(ExternalId, "value", "initiative"),
    _words(Decision, "reason", "initiative"),
    _words(OwnershipChange, "why", "initiative"),
    _words(ChangeProposal, "note reason", "initiative"),
    # Of a contact only what is theirs goes (contacts.py): another can be called the same.
    _words(ProposedChange, "old new", "proposal__initiative", ~Q(field__in=CONTACT)),
    _words(Notice, "page text outcome", ""),
    _words(ContactMessage, "sender_name text", "initiative"),
    _words(Introduction, "why", ""),
    _words(Organisation, "description website"),
    _words(Finding, "text provenance"),
    _words(Interaction, "explanation"),
    _words(Source, "note url"),
    _words(Term, "explanation caution"),
    _words(Bottleneck, "explanation"),
    _words(SavedSearch, "query label", ""),
    _words(Export, "what query", ""),
    _words(Import, "file_name", ""),
    _words(JobRun, "outcome"),
    _words(PartnerKey, "name"),
    _words(WebhookSubscription, "stopped_because"),
    _words(WebhookDelivery, "payload last_error", ""),
    _words(Delivery, "said", ""),
    _words(MailTrouble, "why", ""),
    _words(SearchMiss, "words", ""),
    _words(Email, "subject message html_message headers context", ""),
    _words(Log, "message", ""),
    _words(LogEntry, "object_repr change_message", ""),
]


def places():
    """(what, where, how long) for the privacy page: of each address, and of words in which somebody stands."""
    yield _("uw account"), _("personen"), _("tot u het verwijdert; zonder pagina zie hieronder")
    for mailbox in MAILBOXES:
        yield mailbox.label, mailbox.model._meta.verbose_name_plural, mailbox.until
    for other in other_apps.everything():
        yield other.label, other.label, _("tot u stopt, of tot de antwoorden van die meting weggaan")
    where = ", ".join(str(words.model._meta.verbose_name_plural) for words in WORDS if words.model is not Log)
    yield (
        _("uw naam, e-mailadres of telefoonnummer in wat iemand schreef"),
        where,
        _("tot u uw account verwijdert, of wij de tekst weggooien"),
    )
