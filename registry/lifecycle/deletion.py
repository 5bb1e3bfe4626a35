"""Delete an entry for good: what was decided about it stays as a line without persons, and who kept it is told."""

import re
from collections.abc import Iterable

from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _

from registry import ownership
from registry.community import introductions
from registry.foundation.errors import Refused
from registry.mail import budget, letters, verification
from registry.models import Case, Decision, Initiative, Introduction, Notice, Status, User
from registry.moderation.locks import lock, lock_row
from registry.ownership import active_owners
from registry.proposals.proposals import close_open

_ADDRESS = re.compile(r"[^\s<>()]+@[^\s<>()]+")
_PHONE = re.compile(r"\+?\d(?:[ ().-]{0,3}\d){7,}")
CONTACT = ("contact_name", "contact_email", "contact_phone")


@transaction.atomic
def delete(entry: Initiative | Case, *, by: User | None, reason: str) -> None:
    """Delete an initiative or a case, with what was merged into it. Who kept the page reads the reason."""
    if not reason.strip():
        raise Refused(
            _("Schrijf op waarom u dit verwijdert. Wie de pagina beheert, leest dat in een e-mail.")
        )
    model = type(entry)
    keys = _family(model, [entry.pk])
    lock(*(_locked_with(keys) if isinstance(entry, Initiative) else [entry.initiative_id]))
    entry, keys = lock_row(entry), _family(model, [entry.pk])
    reader_emails, name = _readers(entry), str(entry)
    if model is Initiative:
        for page in Initiative.objects.filter(pk__in=keys).order_by("pk"):
            _answer_who_waits(page, by=by, reason=reason.strip())
    _wipe_reasons(model, keys)
    Decision.objects.create(
        **{str(model._meta.model_name): entry},
        from_status=entry.status,
        to_status=Decision.DELETED,
        reason=_PHONE.sub("…", _ADDRESS.sub("…", reason.strip())),
        by=by,
    )
    _delete(model, [entry.pk], keeps_history=True)
    with budget.free():
        for email in reader_emails:
            letters.send("pagina-verwijderd", email, initiatief=name, reden=reason.strip())


def erase(model: type[models.Model], keys: Iterable[int]) -> None:
    """Delete rows and what the history still knows of them and of what hung on them."""
    if model in (Initiative, Decision.case.field.related_model):
        _wipe_reasons(model, _family(model, keys))
    _delete(model, keys, keeps_history=False)


def wipe_contacts(model: type[Initiative], keys: Iterable[int]) -> None:
    """Of initiatives: who could be written to, now and before."""
    empty = dict.fromkeys(CONTACT, "") | {"is_contact_public": False}
    model.objects.filter(pk__in=keys).update(**empty)
    model.history.filter(id__in=keys).update(**empty)


def _locked_with(keys: Iterable[int]) -> set[int]:
    """And who it was to meet: that ends."""
    pairs = _introductions(keys).filter(introduced_at=None).values_list("first", "second")
    return {*keys, *(key for pair in pairs for key in pair)}


def _introductions(keys: Iterable[int]) -> QuerySet[Introduction]:
    return Introduction.objects.filter(Q(first__in=keys) | Q(second__in=keys)).order_by("pk")


def _answer_who_waits(entry: Initiative, *, by: User | None, reason: str) -> None:
    """Nothing that was asked of the page stays without an answer."""
    for introduction in _introductions([entry.pk]).select_for_update():
        if not introduction.is_over:
            introductions.end(introduction, why=_("Een van de twee pagina’s is verwijderd."))
    close_open(entry, by=by, why=_("De pagina is verwijderd."))
    for proof in ownership.open_invitations(entry):
        verification.revoke_one(proof)
    for notice in entry.notices.open().exclude(email=""):
        if notice.kind == Notice.Kind.CLAIM:
            ownership.refuse_claim(entry, notice.email, by=by, reason=reason)
        else:
            text = _("De pagina is verwijderd.")
            letters.send("melding-behandeld", notice.email, reden=f"{text} {reason}")


def _readers(entry: Initiative | Case) -> list[str]:
    """Its owners; without owners the address that staff published the page with."""
    if not isinstance(entry, Initiative):
        return []
    contact = [entry.contact_email] if entry.contact_email and entry.status == Status.PUBLISHED else []
    return active_owners(entry) or ([] if entry.is_sample else contact)


def _family(model: type[models.Model], keys: Iterable[int]) -> list[int]:
    """With what was merged into it: that is one page by now."""
    family, more = set(keys), set(keys)
    while more and model is Initiative:
        more = set(model.objects.filter(merged_into__in=more).values_list("pk", flat=True)) - family
        family |= more
    return sorted(family)


def _wipe_reasons(model: type[models.Model], keys: Iterable[int]) -> None:
    Decision.objects.filter(**{f"{model._meta.model_name}__in": keys}).update(reason="")


def _delete(model: type[models.Model], keys: Iterable[int], *, keeps_history: bool) -> None:
    keys = _family(model, keys)
    rows = model._base_manager.filter(pk__in=keys)
    if model is Initiative:
        for entry in Initiative.objects.filter(pk__in=keys).exclude(image=""):
            _forget(entry.image)
    rows.delete()
    if keeps_history:
        if model is Initiative:
            wipe_contacts(model, keys)
        return
    if hasattr(model, "history"):
        model.history.filter(**{f"{model._meta.pk.attname}__in": keys}).delete()
    for relation in model._meta.related_objects:
        child = relation.related_model
        if hasattr(child, "history") and relation.on_delete is models.CASCADE:
            child.history.filter(**{f"{relation.field.name}__in": keys}).delete()


def _forget(picture: FieldFile) -> None:
    """After the change is certain: a file cannot be rolled back."""
    storage, name = picture.storage, picture.name
    if name:
        transaction.on_commit(lambda: storage.delete(name))
