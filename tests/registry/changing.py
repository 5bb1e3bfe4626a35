"""Each way in which what the public sees of an initiative changes, and each in which it does not."""

from datetime import date
from types import SimpleNamespace

from django.urls import reverse

from registry.foundation.spreadsheets import Table
from registry.importing import runs
from registry.lifecycle import merge
from registry.models import (
    Bottleneck,
    ChangeProposal,
    Exchange,
    ExternalId,
    Initiative,
    Link,
    Mention,
    Municipality,
    Organisation,
    Place,
    Source,
    Status,
)
from registry.moderation import decisions
from registry.proposals import proposals
from registry.resources import InitiativeResource
from tests import factories

CHANGES, SILENT = {}, {}


def world(client):
    where = factories.place("Warande", code="GM0995")
    pinch, candidate = (
        factories.bottleneck("R1"),
        factories.bottleneck("R2", status=Bottleneck.Status.CANDIDATE),
    )
    entry = factories.initiative(
        "Havenhart",
        slug="havenhart",
        municipality=where.municipality,
        place=where,
        organisation=factories.organisation(),
    )
    factories.link(entry, pinch)
    factories.link(entry, candidate)
    mention = Mention.objects.create(initiative=entry, event="Festival", source=factories.source())
    by = factories.person(is_staff=True, is_superuser=True)
    client.force_login(by)
    return SimpleNamespace(
        entry=entry, pinch=pinch, candidate=candidate, mention=mention, by=by, client=client
    )


def change(what, table=CHANGES):
    def add(act):
        table[what] = act
        return act

    return add


def silent(what):
    return change(what, SILENT)


@change("in het beheer")
def _admin(world):
    address = reverse("admin:registry_initiative_change", args=[world.entry.pk])
    form = world.client.get(address).context["adminform"].form
    data = {name: "" if value is None else value for name, value in form.initial.items() if name != "image"}
    for formset in world.client.get(address).context["inline_admin_formsets"]:
        data |= {f"{formset.formset.prefix}-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS")}
    response = world.client.post(address, data | {"summary": "Nieuw", "is_location_shielded": ""})
    assert response.status_code == 302, response.context and response.context["errors"]


@change("door een import")
def _import(world):
    table = Table(("adres", "samenvatting"), ((2, ("havenhart", "Nieuw")),))
    seen = runs.try_out(InitiativeResource(), table, by=world.by).plan
    runs.carry_out(InitiativeResource(), table, by=world.by, file_name="x.csv", seen=seen)


@change("door een voorstel")
def _proposal(world):
    proposal = proposals.propose(world.entry, {"summary": "Nieuw"}, by=world.by)
    assert isinstance(proposal, ChangeProposal)
    proposals.decide_proposal(proposal, ["summary"], by=world.by)


@change("door een update zonder model")
def _bulk(world):
    Initiative.objects.filter(pk=world.entry.pk).update(summary="Nieuw")


@change("door te bevestigen")
def _confirm(world):
    Initiative.objects.filter(pk=world.entry.pk).update(confirmed_on=date(2026, 11, 1))


@change("een koppeling erbij")
def _link(world):
    factories.link(world.entry, world.pinch, Link.Role.FACES)


@change("een koppeling eraf")
def _unlink(world):
    Link.objects.filter(initiative=world.entry, bottleneck=world.pinch).delete()


@change("een koppeling bevestigd")
def _confirm_link(world):
    Link.objects.filter(initiative=world.entry, bottleneck=world.pinch).update(is_confirmed=True)


@change("een vermelding meer")
def _mention(world):
    world.mention.count += 1
    world.mention.save()


@change("een vraag erbij")
def _exchange(world):
    Exchange.objects.create(initiative=world.entry, direction="vraagt", text="Een zaal")


@change("een kenmerk erbij")
def _external(world):
    ExternalId.objects.create(initiative=world.entry, scheme="kvk", value="12345678")


@change("een kandidaat wordt knelpunt")
def _promote(world):
    Bottleneck.objects.filter(pk=world.candidate.pk).update(status=Bottleneck.Status.ACTIVE)


@change("de gemeente heet anders")
def _municipality(world):
    Municipality.objects.update(name="Lelystad-Haven")


@change("de kern heet anders")
def _place(world):
    Place.objects.update(name="De Warande")


@change("de organisatie heet anders")
def _organisation(world):
    Organisation.objects.update(name="Stichting Haven")


@change("het adres van de bron is anders")
def _source(world):
    Source.objects.update(slug="een-andere-bron")


@change("contact wordt openbaar")
def _contact(world):
    Initiative.objects.filter(pk=world.entry.pk).update(contact_name="Jan", is_contact_public=True)


@change("ingetrokken")
def _withdraw(world):
    decisions.decide(world.entry, Status.WITHDRAWN, by=world.by, reason="Klaar")


@change("samengevoegd")
def _merge(world):
    merge.merge(world.entry, factories.initiative("Ander"), by=world.by, reason="Dubbel")


@change("verwijderd")
def _delete(world):
    world.entry.delete()


@silent("gevraagd of het nog klopt")
def _remind(world):
    Initiative.objects.filter(pk=world.entry.pk).update(reminded_on=date(2026, 11, 1))


@silent("contact dat niet openbaar is")
def _private(world):
    Initiative.objects.filter(pk=world.entry.pk).update(contact_name="Jan")


@silent("iets dat niet openbaar is")
def _hidden(world):
    hidden = factories.initiative(status=Status.SUBMITTED)
    factories.link(hidden, world.pinch)
    hidden.summary = "Anders"
    hidden.save()
    hidden.delete()


@silent("een voorstel dat wacht")
def _waiting(world):
    proposals.propose(world.entry, {"summary": "Nieuw"}, by=world.by)
