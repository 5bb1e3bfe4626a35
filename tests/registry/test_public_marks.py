"""Every column of every table, of a row that the public sees and of one that it does not: the marks that the public
gets (ETag, moments, traces) move when an answer does, and stay when none does."""

import datetime
import uuid

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from registry.models import Bottleneck, Case, ContentStamp, Initiative, Status, Trace
from registry.partners import trace_triggers
from survey.models import stamp_triggers as survey_triggers
from tests import factories

pytestmark = pytest.mark.django_db
API = "/api/v1"
ANSWERS = [
    f"{API}/initiatieven?cursor=*", f"{API}/initiatieven?sorteer=-gewijzigdOp", f"{API}/casussen", f"{API}/knelpunten",
    f"{API}/niveaus", f"{API}/gemeenten", f"{API}/bevindingen", f"{API}/bronnen", f"{API}/begrippen", f"{API}/wisselwerkingen",
    f"{API}/initiatieven?zoek=soep", f"{API}/initiatieven?zoek=stichting", f"{API}/casussen?zoek=soep", f"{API}/metingen",
    "/hsds/services", "/hsds/organizations", "/hsds/taxonomies", "/initiatieven/feed.xml", "/sitemap-initiatieven.xml",
]  # fmt: skip
TABLES = {one.table: one for one in [*trace_triggers.shown_tables(), *survey_triggers.PUBLIC]}
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
    caches["figures"].clear()
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


def showing(client, old, table, columns, **rows):
    """Which of these columns change an answer. All at once first: the answers are asked one by one only when they differ."""

    def differs(*together):
        with transaction.atomic():
            assert [change(table, column, **rows) for column in together] == [True] * len(together)
            is_other = answers(client) != old
            transaction.set_rollback(True)
        return is_other

    return [column for column in columns if differs(column)] if columns and differs(*columns) else []


def test_a_column_that_the_public_sees_moves_the_marks_and_another_does_not(client, world):
    old, before, wrong = answers(client), marks(client), []
    for table in TABLES:
        rows, unmoved = {"but": world.get(table, ())}, []
        for column in each_column(table):
            if change(table, column, **rows):
                after = marks(client)
                is_private = column in PRIVATE or (table, column) == ("registry_initiative", "changed_at")
                if is_private and after != before:
                    wrong.append(f"{table}.{column} is private, and a mark moved")
                if is_private or after[:2] == before[:2]:
                    unmoved.append(column)
        for column in showing(client, old, table, unmoved, **rows):
            wrong.append(f"{table}.{column} shows, and no mark moved")
    assert wrong == []


def test_no_column_of_what_is_not_public_moves_anything(client, world):
    old, before, wrong = answers(client), marks(client), []
    for table in TABLES:
        rows, changed = {"keys": world.get(table, [])}, []
        for column in each_column(table):
            # These make it public, or part of what is.
            if column in ("status", "initiative_id", "case_id", "bottleneck_id"):
                continue
            if change(table, column, **rows):
                changed.append(column)
                if marks(client) != before:
                    wrong.append(f"{table}.{column}: a mark moved")
        for column in showing(client, old, table, changed, **rows):
            wrong.append(f"{table}.{column} shows")
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


def told(client, entry):
    """The moment of the last change through each door that tells it."""
    caches["figures"].clear()
    item = client.get(f"{API}/initiatieven/{entry.public_id}")
    listed = client.get(f"{API}/initiatieven?sorteer=-gewijzigdOp").json()["initiatieven"]
    return item.json()["gewijzigdOp"], next(
        one["gewijzigdOp"] for one in listed if one["id"] == str(entry.public_id)
    )


def body(client, entry):
    """What the public gets of one initiative, but for the moment itself."""
    caches["figures"].clear()
    item = client.get(f"{API}/initiatieven/{entry.public_id}").json()
    service = client.get(f"/hsds/services/{entry.public_id}").json()
    del item["gewijzigdOp"], service["last_modified"]
    for attribute in service.get("attributes", ()):
        del attribute["taxonomy_term"]  # a bottleneck, which is an object of its own
    return item, service


# On its page, or by the order of what stands on it.
SHOWN_ON_ITS_PAGE = {
    "image",
    "position",
    "number",
    "version",
    "stated_by",
    "slug",
    "title",
    "summary",
    "municipality_id",
    "citation",
    "website",
}


@pytest.mark.parametrize(
    ("table", "state"),
    [
        *((watched.table, "as it is") for watched in trace_triggers.watched()),
        *(("registry_initiative", state) for state in ("shielded", "picture", "contact")),
    ],
)
def test_the_moment_moves_when_the_object_does_and_not_otherwise(client, world, table, state):
    """Each column of each table of which something shows in an initiative, in each state that hides some of it."""
    entry = Initiative.objects.published().get()
    Initiative.objects.update(longitude="5.471000", latitude="52.511000")
    if state == "shielded":
        Initiative.objects.update(is_location_shielded=True)
    if state == "picture":
        Initiative.objects.update(image="een.webp", image_alt="Een")
    if state == "contact":
        Initiative.objects.update(is_contact_public=True)
    old, before, wrong = body(client, entry), moment_of(entry), []
    for column in each_column(table):
        if column in ("public_id", "initiative_id", "status") or not change(
            table, column, but=world.get(table, ())
        ):
            continue
        moved, is_other = moment_of(entry) != before, body(client, entry) != old
        if is_other and not moved:
            wrong.append(f"{column} shows, and its moment did not move")
        if moved and not is_other and column not in SHOWN_ON_ITS_PAGE:
            wrong.append(f"{column} does not show, and its moment moved")
    assert wrong == []


@pytest.mark.parametrize(
    "table", sorted({one.table for one in trace_triggers.watched_of_cases()} | {"registry_case"})
)
def test_the_moment_of_a_case_moves_when_the_object_does_and_not_otherwise(client, world, table):
    case, wrong = Case.objects.published().get(), []
    Case.objects.filter(pk=case.pk).update(source=factories.source())

    def seen():
        caches["figures"].clear()
        given = client.get(f"{API}/casussen/{case.slug}").json()
        return given.pop("gewijzigdOp"), given, Case.objects.get(pk=case.pk).changed_at

    before = seen()
    for column in each_column(table):
        # Its own columns move it when it is saved.
        if table == "registry_case" or column in ("slug", "status", "case_id"):
            continue
        keep = Bottleneck.objects.exclude(code="R1").values("pk") if table == "registry_bottleneck" else ()
        if change(table, column, but=keep or world.get(table, ())):
            after = seen()
            if (after[1] != before[1]) and after[2] == before[2]:
                wrong.append(f"{column} shows, and its moment did not move")
            if after[2] != before[2] and after[1] == before[1] and column != "citation":
                wrong.append(f"{column} does not show, and its moment moved")
    assert wrong == []


def test_the_moment_of_a_case_moves_with_its_bottlenecks_and_its_own_words(client, world):
    case = Case.objects.published().get()
    for act in (
        lambda: case.bottlenecks.clear(),
        lambda: case.bottlenecks.add("R1"),
        lambda: Bottleneck.objects.filter(code="R1").update(status="kandidaat"),
        lambda: Initiative.objects.published().update(name="Anders"),
        lambda: (setattr(case, "title", "Anders"), case.save()),
    ):
        before = Case.objects.get(pk=case.pk).changed_at
        act()
        assert Case.objects.get(pk=case.pk).changed_at > before
    before = Case.objects.get(pk=case.pk).changed_at
    case.bottlenecks.add("R2")  # a candidate
    case.save()
    assert Case.objects.get(pk=case.pk).changed_at == before


def moment_of(entry):
    return Initiative.objects.with_moment().get(pk=entry.pk).public_moment


@pytest.mark.parametrize(
    ("longitude", "latitude", "is_seen"),
    [
        ("5.474999", "52.511000", False),
        ("5.465000", "52.505000", False),
        ("5.471000", "52.514999", False),
        ("5.475000", "52.511000", True),
        ("5.464999", "52.511000", True),
        ("5.471000", "52.504999", True),
    ],
)
def test_a_shielded_place_that_moves_within_its_cell_moves_nothing(
    client, world, longitude, latitude, is_seen
):
    rows = Initiative.objects.filter(pk=Initiative.objects.published().get().pk)
    rows.update(longitude="5.471000", latitude="52.511000", is_location_shielded=True)
    old, before, point = answers(client), marks(client), rows.get().point
    entry = rows.get()
    entry.longitude, entry.latitude = longitude, latitude
    entry.save()
    assert (marks(client) != before) == (answers(client) != old) == (rows.get().point != point) == is_seen
    assert (rows.get().changed_at > entry.history.last().history_date) or not is_seen


def test_all_doors_tell_the_same_moment(client, world):
    entry = Initiative.objects.published().get()
    for change_something in (
        lambda: entry.links.update(explanation="Anders"),
        lambda: entry.exchanges.all().delete(),
        lambda: entry.municipality.__class__.objects.update(name="Anders"),
    ):
        before = moment_of(entry)
        change_something()
        now = moment_of(entry)
        assert now > before
        second = f"{now:%Y-%m-%dT%H:%M:%S}"
        assert {one[:19] for one in told(client, entry)} == {second}
        service = client.get(f"/hsds/services/{entry.public_id}").json()
        assert service["last_modified"][:19] == second
        for address in ("/initiatieven/feed.xml", "/open-data/initiatieven.csv", "/sitemap-initiatieven.xml"):
            text = b"".join(client.get(address)).decode()
            assert second in text or (
                address == "/sitemap-initiatieven.xml" and f"{timezone.localtime(now):%Y-%m-%d}" in text
            ), address


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
