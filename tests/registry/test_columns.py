"""Every column that could hold a person has a place: it is erased by person, or here it says why it need not be."""

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import models

from registry.models.address import AddressField
from registry.models.fields.mailbox import MailField
from registry.models.fields.text import KeyField
from registry.personal_data.columns import CONTACT, MAILBOXES, WORDS

# A whole table, or a column of it, in which nobody is, and why.
NOBODY = {
    "auth.Permission": "made by the code",
    "auth.Group": "the roles, by name",
    "contenttypes.ContentType": "made by the code",
    "sessions.Session": "ended one by one at erasure, by whose it is",
    "account.EmailAddress": "goes with the account",
    "account.EmailConfirmation": "goes with the address",
    "mfa.Authenticator": "goes with the account",
    "post_office.EmailTemplate": "the words of the site; blanks stand for people",
    "post_office.Attachment": "no letter has one",
    "post_office.Email.from_email": "the site itself",
    "post_office.Email.cc": "never used: one letter, one reader",
    "post_office.Email.bcc": "never used: one letter, one reader",
    "post_office.Email.message_id": "made by the code",
    "post_office.Email.backend_alias": "made by the code",
    "post_office.Log.exception_type": "the class of an error",
    "admin.LogEntry.object_id": "a number",
    "django_tasks_database.DBTaskResult": "the name of a task and a kind of error; a test provokes one with words",
    "registry.LetterVersion": "the words of the site; blanks stand for people",
    "registry.User": "the account itself: it goes",
    "registry.Level": "the model of the survey, of nobody",
    "registry.Wording": "statements of the survey, of nobody",
    "registry.Municipality": "what a municipality is called",
    "registry.Place": "what a village or neighbourhood is called",
    "registry.Initiative.name": "what a page is called is public: its owners and staff change that",
    "registry.Initiative.other_names": "what a page is called is public: its owners and staff change that",
    "registry.Initiative.contact_email": "a mailbox: emptied with its row",
    "registry.Initiative.image": "the name of a file, drawn by lot",
    "registry.Initiative.search_title": "made of the other columns, and made anew when they change",
    "registry.Initiative.search_text": "made of the other columns, and made anew when they change",
    "registry.Organisation.name": "what an organisation is called is public",
    "registry.Organisation.kvk_number": "a number of an organisation",
    "registry.Organisation.contact_email": "a mailbox: emptied",
    "registry.Bottleneck.code": "a letter and a number",
    "registry.Bottleneck.title": "the model of the survey, of nobody",
    "registry.Bottleneck.went_along": "keys of rows",
    "registry.Merge.moved": "keys of rows, and what a page was called, which is public",
    "registry.Source.citation": "who wrote a public book or article stays named",
    "registry.Source.authors": "who wrote a public book or article stays named",
    "registry.Source.title": "what a public book or article is called",
    "registry.Source.pages": "numbers",
    "registry.Source.doi": "a public number",
    "registry.Term.word": "a word of the language",
    "registry.Term.equal_words": "words of the language",
    "registry.Term.related_words": "words of the language",
    "registry.Everyday": "words of the language",
    "registry.Posting": "made of other columns, and made anew when they change",
    "registry.Postcode": "four digits, and where that is",
    "registry.Decision.about": "a kind and a public number",
    "registry.Import.resource": "which list",
    "registry.Export.kind": "which kind of file",
    "registry.JobRun.name": "which job",
    "registry.ImportTask": "goes with the account, and within the day",
    "registry.Proof": "a mailbox: the row goes; the rest is hashes and keys",
    "registry.Delivery.kind": "which letter",
    "registry.Delivery.token": "drawn by lot",
    "registry.PartnerKey.prefix": "drawn by lot",
    "registry.PartnerKey.digest": "a hash",
    "registry.SentForm": "a hash and a page, for a day",
    "registry.ProposedChange.field": "the name of a column",
    "registry.WebhookSubscription.url": "the machine of a partner",
    "registry.WebhookDelivery.event": "which event",
    "survey.Response": "nobody knows whose it is",
    "survey.OpenAnswer": "nobody knows whose it is; staff take people out when they read it",
    "survey.PaperForm": "what stood on paper without a name, until it is typed in twice",
    "survey.AccessCode": "a hash",
    "survey.Rollup": "counts",
    "survey.Publication": "figures that a published hash seals, and a public reason",
    "survey.AnswerDigests": "hashes",
    "survey.Erratum": "a public correction of figures",
    "survey.Questionnaire": "the words of a questionnaire",
    "survey.Item": "the words of a questionnaire",
    "survey.OpenQuestion": "the words of a questionnaire",
    "survey.Round": "what a round is called",
    "survey.SourceCode": "what a stand is called",
    "survey.RoundAct": "a kind of act and a code",
    "survey.Unit": "a part of an open answer",
    "survey.Code": "a code of the codebook",
    "survey.RetentionRun": "a kind of work",
}


def columns():
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.CharField | models.TextField | models.JSONField | models.FileField):
                yield model, field


def of(model):
    """The table that a table of history is about."""
    tracked = getattr(model, "instance_type", None)
    return tracked or model


def cannot(model, field):
    """Chosen from a list, made of a public name, or made by the code."""
    if field.choices or isinstance(field, AddressField | KeyField | models.SlugField):
        return True
    if field.name == "history_type":
        return True
    label = of(model)._meta.label
    return label in NOBODY or f"{label}.{field.name}" in NOBODY


def is_listed(model, field):
    table = of(model)
    for place in WORDS:
        if place.model is table and field.name in place.columns_of(model):
            return True
    for mailbox in MAILBOXES:
        if mailbox.model is table and field.name in {mailbox.column, *mailbox.blanks}:
            return True
    # A reason in the history of what is not listed is written by the code.
    return field.name == "history_change_reason" and table not in {place.model for place in WORDS}


def test_every_column_has_a_place():
    loose = {
        f"{model._meta.label}.{field.name}"
        for model, field in columns()
        if not cannot(model, field) and not is_listed(model, field)
    }
    # What another app keeps at an address, it says itself (registry/foundation/other_apps.py).
    assert loose == {"survey.FollowedRound.email"}


def test_every_address_is_a_mailbox():
    wild = {
        f"{model._meta.label}.{field.name}"
        for model, field in columns()
        if isinstance(field, models.EmailField)
        and of(model)._meta.label not in {"registry.User", "account.EmailAddress", "survey.FollowedRound"}
        and not any(box.model is of(model) and box.column == field.name for box in MAILBOXES)
    }
    assert wild == set()
    assert {type(box.model._meta.get_field(box.column)) for box in MAILBOXES if box.column != "to"} == {
        MailField
    }


def test_what_is_listed_is_there():
    for place in WORDS:
        for model in place.models:
            assert {field.name for field in model._meta.get_fields()} >= set(place.columns_of(model))
    known = {f"{model._meta.label}.{field.name}" for model, field in columns()}
    known |= {model._meta.label for model, _field in columns()}
    assert set(NOBODY) - known == set()
    assert CONTACT == ["contact_name", "contact_email", "contact_phone"]
    assert LogEntry in {place.model for place in WORDS}


@pytest.mark.parametrize("column", ["text", "email"])
def test_a_new_column_without_a_place_is_seen(column):
    class Fake(models.Model):
        text = models.TextField()
        email = models.EmailField()

        class Meta:
            app_label, abstract = "registry", True

    field = Fake._meta.get_field(column)
    assert not cannot(Fake, field)
    assert not is_listed(Fake, field)
