"""A list asks the database the same number of times, however long it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registry.models import Finding, Import, Interaction, Role, SearchMiss, Status
from registry.moderation.decisions import decide
from tests import factories

QUERIES = {
    "initiative": 5,
    "link": 6,
    "case": 5,
    "organisation": 5,
    "bottleneck": 6,
    "finding": 6,
    "interaction": 4,
    "level": 4,
    "source": 5,
    "term": 4,
    "place": 5,
    "municipality": 4,
    "searchmiss": 4,
    "decision": 4,
    "import": 5,
    "user": 7,
}


def make(number):
    """One of everything."""
    code = f"R{number}"
    bottleneck = factories.bottleneck(code)
    home = factories.municipality(f"GM00{number}0")
    organisation = factories.organisation(municipality=home)
    place = factories.place(f"Kern {number}", code=home.pk)
    initiative = factories.initiative(
        municipality=home, place=place, organisation=organisation, status=Status.DRAFT
    )
    factories.link(initiative, bottleneck)
    by = factories.person(role=Role.EDITOR, municipality=home)
    decide(initiative, Status.PUBLISHED, by=by)
    factories.case(initiative=initiative, municipality=home)
    source = factories.source(year=1990 + number)
    factories.term(f"woord {number}")
    level = factories.level(["maatschappelijk", "bestuurlijk", "professioneel"][number - 1])
    finding = Finding.objects.create(slug=f"b-{number}", text="Iets", level=level, source=source)
    finding.municipalities.add(home)
    Interaction.objects.create(from_bottleneck=bottleneck, to_level=level, explanation="Want", source=source)
    SearchMiss.objects.create(words=f"iets {number}", count=1, last_on=timezone.localdate())
    Import.objects.create(resource="initiatieven", file_name="a.csv", by=by)


@pytest.mark.django_db
def test_every_list_asks_as_often_at_three_rows_as_at_one(client):
    client.force_login(factories.person(is_staff=True, is_superuser=True))
    counted = {}
    for number in (1, 2, 3):
        make(number)
        if number == 2:
            continue
        for model in QUERIES:
            page = reverse(f"admin:registry_{model}_changelist")
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(page).status_code == 200
            counted.setdefault(model, []).append(len(asked))
    assert counted == {model: [number, number] for model, number in QUERIES.items()}


@pytest.mark.django_db
def test_the_staff_home_asks_as_often_at_three_rows_as_at_one(client, django_assert_num_queries):
    client.force_login(factories.person(role=Role.MANAGER))
    for number in (1, 2, 3):
        make(number)
        client.get(reverse("admin:index"))
        with django_assert_num_queries(35):
            client.get(reverse("admin:index"))
