"""Every column of every table, of a row that the public sees and of one that it does not: the marks that the public
gets (ETag, moments, traces) move when an answer does, and stay when none does."""

import datetime
import uuid

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from registry import tracing
from registry.models import ContentStamp, Initiative, Status, Trace
from survey import stamp as survey_stamp
from tests import factories

pytestmark = pytest.mark.django_db
API = "/api/v1"
ANSWERS = [
    f"{API}/initiatieven?cursor=*", f"{API}/initiatieven?sorteer=-gewijzigdOp", f"{API}/casussen", f"{API}/knelpunten",
    f"{API}/niveaus", f"{API}/gemeenten", f"{API}/bevindingen", f"{API}/bronnen", f"{API}/begrippen", f"{API}/wisselwerkingen",
    f"{API}/initiatieven?zoek=soep", f"{API}/initiatieven?zoek=stichting", f"{API}/casussen?zoek=soep", f"{API}/metingen",
    "/hsds/services", "/hsds/organizations", "/hsds/taxonomies", "/initiatieven/feed/", "/sitemap.xml",
]  # fmt: skip
TABLES = {one.table: one for one in [*tracing.shown_tables(), *survey_stamp.PUBLIC]}
CONTENT = {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}
PRIVATE = {"created_at", "reminded_on", "contact_name", "contact_email", "contact_phone", "kiosk_pin",
           "keep_answers_days", "keep_responses_days"}  # fmt: skip


@pytest.fixture
def world(settings):
    """Of everything one that is public and one that is not; by table, the keys of the latter."""
    settings.API_REQUESTS_A_MINUTE = 10**9
    place, pinch = factories.place("Warande", code="GM0995"), factories.bottleneck("R1")
    candidate = factories.bottleneck("R2", status="kandidaat")
    hidden = {
        "registry_bottleneck": ["R2"],
        "registry_wording": list(candidate.wordings.values_list("pk", flat=True)),
    }
    for status in (Status.PUBLISHED, Status.DRAFT):
        of = factories.organisation(name=f"Stichting {status}", contact_email="o@voorbeeld.nl")
        entry = factories.initiative(
            f"Soep {status}", status=status, municipality=place.municipality, place=place, organisation=of,
            contact_phone="06", contact_name="Jan", contact_email="j@voorbeeld.nl", published_at=timezone.now(),
        )  # fmt: skip
        case = factories.case(f"Soep {status}", status=status, initiative=entry)
        rows = [
            of, entry, case, factories.link(entry, pinch),
            entry.mentions.create(event="Festival", source=factories.source()),
            entry.exchanges.create(direction="vraagt", text="Pannen"),
            entry.external_ids.create(scheme="kvk", value="12345678"),
        ]  # fmt: skip
        case.bottlenecks.add(pinch)
        if status == Status.DRAFT:
            for row in rows:
                hidden.setdefault(row._meta.db_table, []).append(row.pk)
            through = type(case).bottlenecks.through
            hidden[through._meta.db_table] = list(
                through.objects.filter(case=case).values_list("pk", flat=True)
            )
    factories.term()
    return hidden


def answers(client):
    caches["figures"].clear()
    return {
        address: (response := client.get(address)).content + str(response.status_code).encode()
        for address in ANSWERS
    }


def marks(client):
    return (
        client.get(ANSWERS[0])["ETag"],
        ContentStamp.current(),
        [*Trace.objects.order_by("public_id").values_list("version", "changed_at")],
    )


def another(field, value):
    """Another value that the column takes."""
    if isinstance(field, models.ForeignKey):
        others = field.related_model._base_manager.exclude(pk=value)
        return others.values_list("pk", flat=True).first()
    if field.choices and not isinstance(field, models.BooleanField):
        return next(key for key, _label in field.flatchoices if key != value)
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.DateTimeField):
        return (value or timezone.now()) + datetime.timedelta(days=400)
    if isinstance(field, models.DateField):
        return (value or timezone.localdate()) + datetime.timedelta(days=400)
    if isinstance(field, models.JSONField):
        return {"type": "Polygon", "coordinates": [[[5, 52], [5, 53], [6, 53], [5, 52]]]}
    if isinstance(field, models.DecimalField | models.IntegerField):
        return (value or 0) + 1
    value, longest = str(value), field.max_length  # a file by its name
    return f"{value}x" if longest is None or len(value) < longest else f"{value[:-1]}z"


def change(table, column, keys=None, but=()):
    """Change the column of one row; False when the database has no other value for it."""
    model = CONTENT[table]
    rows = model._base_manager.exclude(pk__in=but)
    row = (rows if keys is None else rows.filter(pk__in=keys)).order_by("pk").first()
    if row is None:
        return False
    field = next(one for one in model._meta.concrete_fields if one.attname == column)
    value = another(field, getattr(row, column))
    if value is None:
        return False
    try:
        with transaction.atomic():
            model._base_manager.filter(pk=row.pk).update(**{column: value})
    except IntegrityError:
        return False
    return True


def each_column(table):
    """One column after the other; what was changed for one is undone before the next."""
    for field in CONTENT[table]._meta.concrete_fields:
        if not field.primary_key:
            with transaction.atomic():
                yield field.attname
                transaction.set_rollback(True)


@pytest.mark.parametrize("table", TABLES)
def test_a_column_that_the_public_sees_moves_the_marks_and_another_does_not(client, world, table):
    old, before, wrong = answers(client), marks(client), []
    for column in each_column(table):
        if change(table, column, but=world.get(table, ())):
            is_seen, after = answers(client) != old, marks(client)
            if is_seen and after[:2] == before[:2]:
                wrong.append(f"{column} shows, and no mark moved")
            if column in PRIVATE and (is_seen or after != before):
                wrong.append(f"{column} is private, and something moved")
    assert wrong == []


@pytest.mark.parametrize("table", TABLES)
def test_no_column_of_what_is_not_public_moves_anything(client, world, table):
    old, before, wrong = answers(client), marks(client), []
    for column in each_column(table):
        # These make it public, or part of what is.
        if column in ("status", "initiative_id", "case_id", "bottleneck_id"):
            continue
        if not change(table, column, keys=world.get(table, [])):
            continue
        if marks(client) != before or answers(client) != old:
            wrong.append(column)
    assert wrong == []


def test_every_other_table_moves_nothing():
    """The tables that hold no content have no trigger at all."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'stamp%'")
        else:
            cursor.execute(
                "SELECT event_object_table FROM information_schema.triggers WHERE trigger_name LIKE 'stamp%'"
            )
        assert {name for (name,) in cursor.fetchall()} - {"registry_contentstamp"} == set(TABLES)


@pytest.mark.parametrize("what", ["save", "contact", "reminder"])
def test_the_moment_of_a_change_follows_what_the_public_sees(world, what):
    entry = Initiative.objects.published().get()
    before = entry.changed_at
    if what == "contact":
        entry.contact_phone = "0612345678"
    if what == "reminder":
        entry.reminded_on = timezone.localdate()
    entry.save()
    assert Initiative.objects.get(pk=entry.pk).changed_at == before
    entry.summary = "Anders"
    entry.save()
    assert Initiative.objects.get(pk=entry.pk).changed_at > before


def test_the_moment_moves_when_a_contact_becomes_public_or_is_and_changes(world):
    entry = Initiative.objects.published().get()
    for name, value in (("is_contact_public", True), ("contact_name", "Ans"), ("is_contact_public", False)):
        before = Initiative.objects.get(pk=entry.pk).changed_at
        setattr(entry, name, value)
        entry.save()
        assert Initiative.objects.get(pk=entry.pk).changed_at > before
