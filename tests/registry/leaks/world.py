"""A small public register, and beside it everything that the public must not see.

Each secret has a ``word`` to look for it with and a ``mark`` to recognise it by: a page may repeat the word
that somebody typed, the mark can only come from the secret itself.
"""

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.utils import timezone

from registry.mail import unsubscribe, verification
from registry.models import (
    Case,
    ContactMessage,
    Decision,
    Exchange,
    ExternalId,
    Initiative,
    Introduction,
    Link,
    Mention,
    Notice,
    Ownership,
    Proof,
    Role,
    SavedSearch,
    Status,
)
from registry.models.fields.text import LineField, ProseField
from registry.partners import api_keys
from registry.proposals.proposals import propose
from tests import factories

HIDDEN = [status for status in Status if status != Status.PUBLISHED]
EXACT = ("5.471234", "52.508765")
PHONE = "0320-918273"


@dataclass(frozen=True)
class Secret:
    """``entry``: the initiative it is about; ``marks``: any of these on a page is a leak."""

    what: str
    entry: Initiative
    marks: tuple
    word: str = "kwartel"
    case: Case | None = None


def entry_of(secret):
    return secret.entry.pk


def case_of(secret):
    return secret.case and secret.case.pk


def word_of(secret):
    return secret.word


def key_of(model, secret):
    """The key of a row of ``model`` that belongs to the secret; 0 when there is none."""
    rows = {
        "initiative": [secret.entry],
        "case": [secret.case] if secret.case else secret.entry.cases.all(),
        "link": secret.entry.links.all(),
        "organisation": [],
        "decision": secret.entry.decisions.all(),
        "changeproposal": secret.entry.proposals.all(),
        "notice": secret.entry.notices.all(),
    }[model]
    return next((row.pk for row in rows), 0)


def at_noon(days_ago):
    return timezone.now().replace(hour=12) - timedelta(days=days_ago)


def public_world():
    """What everybody may see, and who looks."""
    lelystad, almere = factories.municipality("GM0995"), factories.municipality("GM0034")
    for slug in factories.LEVELS:
        factories.level(slug)
    where = {
        "municipality": lelystad,
        "place": factories.place("Warande", code="GM0995"),
        "kind": Initiative.Kind.EVENT,
        "activity": Initiative.Activity.ACTIVE,
    }
    world = SimpleNamespace(lelystad=lelystad, almere=almere, where=where, pinch=factories.bottleneck("R1"))
    world.other_pinch = factories.bottleneck("R2")
    world.public = factories.initiative(
        "Havenhart",
        slug="havenhart",
        position=1,
        published_at=at_noon(3),
        run_by=Initiative.RunBy.RESIDENTS,
        is_location_shielded=True,
        longitude=EXACT[0],
        latitude=EXACT[1],
        contact_name="Zqcontact Jansen",
        contact_email="zqcontact@geheim.example",
        contact_phone=PHONE,
        **where,
    )
    factories.link(world.public, world.pinch, Link.Role.TACKLES)
    world.buren = factories.initiative(
        "Buren",
        slug="buren",
        position=2,
        published_at=at_noon(3),
        municipality=almere,
        longitude="5.2",
        latitude="52.3",
    )
    factories.link(world.buren, world.pinch, Link.Role.FACES)
    factories.link(world.buren, world.pinch, Link.Role.TACKLES)

    world.owner = factories.person("zqeigenaar@geheim.example", name="Zqeigenaar")
    world.people = {
        "bezoeker": None,
        "andere eigenaar": factories.person("buur@voorbeeld.nl"),
        "andere gemeente": factories.person(role=Role.MUNICIPALITY_EDITOR, municipality=almere),
        "eigenaar": world.owner,
        "eigen gemeente": factories.person(role=Role.MUNICIPALITY_EDITOR, municipality=lelystad),
    }
    Ownership.objects.create(initiative=world.buren, user=world.people["andere eigenaar"])
    Ownership.objects.create(initiative=world.public, user=world.owner)
    _proof, world.yearly, _code = verification.issue(
        Proof.Purpose.STILL_TRUE, "buur@voorbeeld.nl", initiative=world.buren
    )
    followed = SavedSearch.objects.create(
        email="lezer@voorbeeld.nl", label="alles", confirmed_at=at_noon(20), sent_on=at_noon(20).date()
    )
    world.stop = unsubscribe.token("filter", followed)
    world.key, world.token = api_keys.issue(
        name="Partner",
        email="partner@voorbeeld.nl",
        expires_on=timezone.localdate() + timedelta(days=9),
        by=None,
        may_read_details=True,
    )
    return world


def add_secrets(world):
    """All that is hidden, by what it is."""
    world.introductions = {}
    secrets = {f"status {status}": _hidden_entry(world, status) for status in HIDDEN}
    submitted = secrets["status ingediend"].entry
    propose(
        world.public,
        {"summary": "Zqvoorstel samenvatting", "name": "Zqvoorstel naam"},
        by=world.owner,
        note="Zqvoorstel",
    )
    Decision.objects.create(
        initiative=world.public, from_status="ingediend", to_status="gepubliceerd", reason="Zqreden"
    )
    Notice.objects.create(
        kind="melding",
        page="/initiatieven/havenhart/",
        initiative=world.public,
        text="Zqmelding",
        email="zqmelding@x.nl",
    )
    ContactMessage.objects.create(
        initiative=world.public, sender_name="Zqbrief", sender_email="zqbrief@x.nl", text="Zqbrief"
    )
    SavedSearch.objects.create(email="zqvolger@x.nl", query="", label="Zqvolger")
    link = factories.link(submitted, world.other_pinch, explanation="Zqkoppeling", stated_by="Zqkoppeling")
    case = factories.case(
        "Kwartel zqcasusvan",
        slug="kw-casus-van",
        initiative=submitted,
        summary="Zqcasusvan",
        municipality=world.lelystad,
    )
    draft_case = factories.case(
        "Kwartel zqcasusconcept",
        slug="kw-casus-concept",
        status=Status.SUBMITTED,
        municipality=world.lelystad,
    )
    for one in (case, draft_case):
        one.bottlenecks.add(world.pinch)
    public = world.public
    secrets |= {
        "voorstel": Secret("voorstel", public, ("zqvoorstel",)),
        "contactgegevens": Secret("contactgegevens", public, ("zqcontact", PHONE)),
        "precieze plek": Secret(
            "precieze plek", public, (*EXACT, *(number.replace(".", ",") for number in EXACT))
        ),
        "adres van de eigenaar": Secret("adres van de eigenaar", public, ("zqeigenaar",)),
        "reden van een besluit": Secret("reden van een besluit", public, ("zqreden",)),
        "melding": Secret("melding", public, ("zqmelding",)),
        "brief": Secret("brief", public, ("zqbrief",)),
        "volger": Secret("volger", public, ("zqvolger",)),
        "koppeling": Secret("koppeling", link.initiative, ("zqkoppeling",)),
        "casus van iets verborgens": Secret(
            "casus van iets verborgens", submitted, ("zqcasusvan",), case=case
        ),
        "casus in concept": Secret("casus in concept", submitted, ("zqcasusconcept",), case=draft_case),
    }
    return secrets


def nothing():
    """About what never was: what is hidden must answer like this."""
    entry = Initiative(name="kwartelnooit zqnooit", slug="kw-nooit", pk=0)
    return Secret("nooit", entry, ("zqnooit",), word="kwartelnooit")


def _texts(mark):
    """Every text that people may write with an initiative, also what was added later."""
    columns = Initiative._meta.concrete_fields
    texts = [column for column in columns if isinstance(column, LineField | ProseField) and column.blank]
    return {column.name: mark for column in texts if column.name != "contact_phone"}


def _hidden_entry(world, status):
    word, mark = f"kwartel{status.name.lower().replace('_', '')}", f"zqs{status.name.lower()}"
    entry = factories.initiative(
        f"{word} {mark}",
        slug=f"kw-{status.value}",
        status=status,
        merged_into=world.public if status == Status.MERGED else None,
        published_at=at_noon(2),
        **_texts(mark)
        | {"summary": f"{word} {mark}", "description": f"{mark} kwartel", "other_names": f"{mark} anders"},
        run_by=Initiative.RunBy.RESIDENTS,
        website=f"https://{mark}.example/",
        contact_email=f"{mark}@geheim.example",
        longitude="5.21",
        latitude="52.31",
        **world.where,
    )
    entry.image.save("beeld.webp", ContentFile(mark.encode()))
    for role in Link.Role:
        factories.link(entry, world.pinch, role, explanation=mark, stated_by=mark)
    Exchange.objects.create(initiative=entry, direction="vraagt", text=mark)
    Mention.objects.create(initiative=entry, event=mark)
    ExternalId.objects.create(initiative=entry, scheme="kvk", value=mark)
    Ownership.objects.create(initiative=entry, user=world.owner)
    Decision.objects.create(initiative=entry, from_status="concept", to_status=status, reason=mark)
    # Asked when both were public.
    introduction = Introduction.objects.create(first=world.buren, second=entry, why=mark)
    _proof, token, _code = verification.issue(
        Proof.Purpose.INTRODUCE, "buur@voorbeeld.nl", initiative=world.buren, subject=introduction.pk
    )
    world.introductions[entry.pk] = token
    return Secret(f"status {status}", entry, (mark,), word=word)
