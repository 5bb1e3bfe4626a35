"""Fictional content to try the site out with. Each row is marked ``is_sample``, and goes in one command.

A seed always gives the same rows, and row 5 is the same whether there are ten or ten thousand.
"""

import datetime
import random
import uuid
from collections import Counter

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.management.sample import text
from registry.models import (
    Bottleneck,
    Case,
    Decision,
    Exchange,
    ExternalId,
    Initiative,
    Link,
    Mention,
    Municipality,
    Organisation,
    Place,
    Status,
)
from registry.models.initiative import ORDER_MODULUS

BATCH = 2000
# Of these a register has few, however many initiatives there are.
MOST_ORGANISATIONS = 40
MOST_CASES = 60
SINCE = datetime.datetime(2026, 1, 1, 9, tzinfo=datetime.UTC)


class Register:
    """The municipalities, places and bottlenecks that sample rows refer to; Refused when there are none."""

    def __init__(self, seed):
        self.seed = seed
        self.municipalities = list(Municipality.objects.order_by("code"))
        self.weights = [(municipality.inhabitants or 10_000) ** 0.5 for municipality in self.municipalities]
        self.places = {municipality.code: [] for municipality in self.municipalities}
        for place in Place.objects.order_by("pk"):
            self.places[place.municipality_id].append(place.pk)
        self.codes = list(Bottleneck.objects.active().order_by("code").values_list("code", flat=True))
        if not self.municipalities or not self.codes:
            raise Refused(_("Er zijn nog geen gemeenten of knelpunten. Draai eerst: manage.py load_deck"))

    def slug(self, number):
        return f"voorbeeld-{self.seed}-{number}"

    def random(self, *what):
        return random.Random("-".join(map(str, (self.seed, *what))))


def generate(*, initiatives, seed):
    """Make the rows of this seed that are not there yet; how many of each."""
    register = Register(seed)
    with transaction.atomic():
        organisations = _organisations(register, min(initiatives // 5, MOST_ORGANISATIONS))
        slugs = set(
            Initiative.objects.filter(slug__startswith=register.slug("")).values_list("slug", flat=True)
        )
        numbers = [number for number in range(initiatives) if register.slug(number) not in slugs]
        counts = Counter()
        for start in range(0, len(numbers), BATCH):
            counts += _batch(register, numbers[start : start + BATCH], organisations)
        counts["casussen"] = _cases(register, min(initiatives // 10, MOST_CASES))
    # So much at once: tell the database, or it plans as if the tables were still empty.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return counts


def _organisations(register, number):
    organisations = [
        Organisation(
            slug=register.slug(number_of_row),
            name=f"Stichting {text.PROPER[number_of_row % len(text.PROPER)]} (voorbeeld {register.seed}-{number_of_row})",
            municipality=register.random("organisatie", number_of_row).choice(register.municipalities),
            is_sample=True,
        )
        for number_of_row in range(number)
    ]
    Organisation.objects.bulk_create(organisations, ignore_conflicts=True)
    return list(
        Organisation.objects.filter(slug__startswith=register.slug(""), is_sample=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _batch(register, numbers, organisations):
    randoms = {number: register.random(number) for number in numbers}
    rows = [_initiative(register, number, randoms[number], organisations) for number in numbers]
    rows = Initiative.objects.bulk_create(rows)
    links, mentions, exchanges = [], [], []
    for row, rand in zip(rows, randoms.values(), strict=True):
        codes = rand.sample(register.codes, min(rand.randrange(6), len(register.codes)))
        links += [
            Link(
                initiative=row,
                bottleneck_id=code,
                role=rand.choice(Link.Role.values),
                is_confirmed=rand.random() < 0.5,
            )
            for code in codes
        ]
        if rand.random() < 0.05:
            mentions.append(Mention(initiative=row, event="Voorbeelddag", count=rand.randrange(1, 4)))
        if rand.random() < 0.3:
            (direction, kind), (what, duration) = rand.choice(list(text.EXCHANGES.items()))
            exchanges.append(
                Exchange(initiative=row, direction=direction, kind=kind, text=what, duration=duration)
            )
    Link.objects.bulk_create(links)
    Mention.objects.bulk_create(mentions)
    Exchange.objects.bulk_create(exchanges)
    return Counter(
        initiatieven=len(rows),
        koppelingen=len(links),
        vermeldingen=len(mentions),
        vraag_en_aanbod=len(exchanges),
    )


def _initiative(register, number, rand, organisations):
    kind = rand.choice(list(text.NOUNS))
    municipality = (
        rand.choices(register.municipalities, register.weights)[0] if rand.random() < 0.95 else None
    )
    places = register.places[municipality.code] if municipality else []
    # The first is published whatever the draw: it holds the word that only one row holds.
    status = Status.PUBLISHED if number == 0 or rand.random() < 0.92 else rand.choice(_NOT_PUBLIC)
    activity = rand.choices(Initiative.Activity.values, [10, 70, 8, 12])[0]
    has_point = municipality is not None and rand.random() < 0.6
    row = Initiative(
        public_id=uuid.UUID(int=rand.getrandbits(128), version=4),
        position=rand.randrange(1, ORDER_MODULUS),
        slug=register.slug(number),
        name=f"{rand.choice(text.NOUNS[kind])} {rand.choice(text.PROPER)}",
        kind=kind,
        summary=f"{rand.choice(text.WHO)} {rand.choice(text.DOES)}.",
        description=_description(number, rand),
        municipality=municipality,
        place_id=rand.choice(places) if places and rand.random() < 0.8 else None,
        longitude=f"{float(municipality.longitude) + rand.gauss(0, 0.012):.6f}" if has_point else None,
        latitude=f"{float(municipality.latitude) + rand.gauss(0, 0.008):.6f}" if has_point else None,
        is_location_shielded=has_point and rand.random() < 0.25,
        run_by=rand.choice(Initiative.RunBy.values),
        organisation_id=rand.choice(organisations) if organisations and rand.random() < 0.2 else None,
        contact_name="Een voorbeeldpersoon",
        contact_email=f"{register.slug(number)}@example.org",
        activity=activity,
        lessons=rand.choice(text.LESSONS) if activity == Initiative.Activity.STOPPED else "",
        audience=rand.choice(text.AUDIENCE),
        accessibility=rand.choice(["", *text.ACCESSIBILITY]),
        languages=rand.choice(text.LANGUAGES),
        costs=rand.choice(text.COSTS),
        # Not by way of moderation: nobody decided on what does not exist.
        status=status,
        published_at=SINCE + datetime.timedelta(minutes=rand.randrange(400_000))
        if status == Status.PUBLISHED
        else None,
        is_sample=True,
    )
    row.index()
    return row


_NOT_PUBLIC = [Status.DRAFT, Status.SUBMITTED, Status.REJECTED, Status.WITHDRAWN]


def _description(number, rand):
    sentences = rand.sample(text.SENTENCES, rand.randrange(4, 9))
    if rand.random() < 0.6:
        sentences.append(text.WITH[text.COMMON])
    if rand.random() < 0.01:
        sentences.append(text.WITH[text.RARE])
    if number == 0:
        sentences.append(text.WITH[text.ONCE])
    rand.shuffle(sentences)
    return " ".join(sentences)


def _cases(register, number):
    slugs = set(Case.objects.filter(slug__startswith=register.slug("")).values_list("slug", flat=True))
    of = dict(Initiative.objects.filter(is_sample=True).values_list("slug", "pk"))
    cases, bottlenecks = [], []
    for number_of_case in range(number):
        rand = register.random("casus", number_of_case)
        if register.slug(number_of_case) in slugs:
            continue
        case = Case(
            slug=register.slug(number_of_case),
            title=f"Hoe {rand.choice(text.PROPER)} volhield ({number_of_case + 1})",
            summary=f"{rand.choice(text.WHO)} {rand.choice(text.DOES)}, al drie jaar.",
            situation=" ".join(rand.sample(text.SENTENCES, 3)),
            approach=" ".join(rand.sample(text.SENTENCES, 3)),
            result=rand.choice(text.SENTENCES),
            lessons=rand.choice(text.LESSONS),
            initiative_id=of.get(register.slug(number_of_case * 7)),
            status=Status.PUBLISHED,
            is_sample=True,
        )
        cases.append(case)
        bottlenecks.append(rand.sample(register.codes, min(2, len(register.codes))))
    link = Case.bottlenecks.through
    rows = Case.objects.bulk_create(cases)
    link.objects.bulk_create(
        link(case=case, bottleneck_id=code)
        for case, codes in zip(rows, bottlenecks, strict=True)
        for code in codes
    )
    return len(rows)


def remove():
    """Take all sample rows away, their history too, and nothing else; how many of each."""
    initiatives = Initiative.objects.filter(is_sample=True)
    cases = Case.objects.filter(is_sample=True)
    organisations = Organisation.objects.filter(is_sample=True)
    with transaction.atomic():
        _refuse_when_in_use(initiatives, cases, organisations)
        was = {"initiatieven": initiatives, "casussen": cases, "organisaties": organisations}
        removed = {name: queryset.count() for name, queryset in was.items()}
        # What a sample row was, its history knows, also when staff removed the row itself.
        ids = Initiative.history.filter(is_sample=True).values("id")
        of_sample = Q(initiative__in=initiatives.values("pk")) | Q(initiative__in=ids)
        # Straight to the database: removing them one by one would write a history of what never was.
        for model in (Link, Mention, Exchange, ExternalId):
            _delete(model.history.filter(of_sample))
            _delete(model.objects.filter(initiative__in=initiatives.values("pk")))
        _delete(Decision.objects.filter(initiative__in=initiatives.values("pk")))
        _delete(Decision.objects.filter(case__in=cases.values("pk")))
        _delete(Case.bottlenecks.through.objects.filter(case__in=cases.values("pk")))
        _delete(cases)
        _delete(initiatives)
        _delete(organisations)
        for model in (Case, Initiative, Organisation):
            model.history.filter(is_sample=True).delete()
    return removed


def _delete(queryset):
    queryset._raw_delete(queryset.db)


def _refuse_when_in_use(initiatives, cases, organisations):
    in_use = [
        *Case.objects.filter(is_sample=False, initiative__in=initiatives),
        *Initiative.objects.filter(is_sample=False).filter(
            Q(merged_into__in=initiatives) | Q(organisation__in=organisations)
        ),
    ]
    if in_use:
        raise Refused(
            _(
                "Echte gegevens verwijzen naar een voorbeeld. Pas eerst aan: %(names)s. Er is niets verwijderd."
            )
            % {"names": ", ".join(str(row) for row in in_use[:10])}
        )
