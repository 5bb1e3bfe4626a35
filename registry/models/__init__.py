"""The models of the register, related ones in one module. Import them from here."""

from registry.models.bottleneck import Bottleneck, Level, Wording
from registry.models.case import Case
from registry.models.contact import (
    ContactMessage,
    Introduction,
    IntroductionConsent,
    NotDuplicate,
    Notice,
    SavedSearch,
)
from registry.models.decision import Decision, Export, Import
from registry.models.initiative import Initiative
from registry.models.knowledge import Everyday, Finding, Interaction, SearchMiss, Source, Term
from registry.models.link import Link, Mention
from registry.models.operations.exchange import Exchange, ExternalId
from registry.models.operations.importing import ImportTask
from registry.models.operations.job import JobRun
from registry.models.operations.letter import LetterVersion
from registry.models.operations.mail import Delivery, MailTrouble
from registry.models.operations.merge import Merge
from registry.models.operations.partner import PartnerKey
from registry.models.operations.posting import Posting
from registry.models.operations.sent_form import SentForm
from registry.models.operations.trace import ContentStamp, Trace
from registry.models.operations.webhook import WebhookDelivery, WebhookSubscription
from registry.models.organisation import Organisation
from registry.models.ownership import Ownership, OwnershipChange, Proof
from registry.models.person import Role, User
from registry.models.place import Municipality, Place, Postcode
from registry.models.proposal import ChangeProposal, ProposedChange
from registry.models.publication import Status

__all__ = [
    "Bottleneck",
    "Case",
    "ChangeProposal",
    "ContactMessage",
    "ContentStamp",
    "Decision",
    "Delivery",
    "Everyday",
    "Exchange",
    "Export",
    "ExternalId",
    "Finding",
    "Import",
    "ImportTask",
    "Initiative",
    "Interaction",
    "Introduction",
    "IntroductionConsent",
    "JobRun",
    "LetterVersion",
    "Level",
    "Link",
    "MailTrouble",
    "Mention",
    "Merge",
    "Municipality",
    "NotDuplicate",
    "Notice",
    "Organisation",
    "Ownership",
    "OwnershipChange",
    "PartnerKey",
    "Place",
    "Postcode",
    "Posting",
    "Proof",
    "ProposedChange",
    "Role",
    "SavedSearch",
    "SearchMiss",
    "SentForm",
    "Source",
    "Status",
    "Term",
    "Trace",
    "User",
    "WebhookDelivery",
    "WebhookSubscription",
    "Wording",
]
