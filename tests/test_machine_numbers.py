"""A number in a machine's place is never written for people: every page, on a site where all keys are seven digits."""

import re
from urllib.parse import urljoin

import pytest
from django.apps import apps
from django.db import connection

from registry.models import Initiative
from tests import factories
from tests.registry.leaks.world import add_secrets, public_world
from tests.routes import addresses
from tests.survey import making

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FIRST_KEY = 1_234_500
# Such a key with a separator between its thousands, of whichever language.
FOR_PEOPLE = re.compile(r"\b1[.,\u00a0\u202f ]234[.,\u00a0\u202f ]5\d\d\b")
MOST_PAGES = 150


def start_keys_at(number):
    """Each key that the database gives out from here on is larger than ``number``."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.pk.get_internal_type() not in ("BigAutoField", "AutoField"):
                continue
            table = model._meta.db_table
            if connection.vendor == "postgresql":
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, number])
            else:
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])


@pytest.fixture
def world():
    start_keys_at(FIRST_KEY)
    world = public_world()
    add_secrets(world)
    round = making.round()
    for _answer in range(12):
        making.response(round, "M1", "R2", words={})
    world.superuser = factories.person("baas@flevoland.example", is_staff=True, is_superuser=True)
    assert Initiative.objects.order_by("pk").first().pk > FIRST_KEY
    return world


def pages(client, start):
    """Address and text of what can be reached from here with a click, breadth first."""
    seen, todo = set(start), list(start)
    while todo and len(seen) - len(todo) < MOST_PAGES:
        address = todo.pop(0)
        response = client.get(address, follow=True)
        if not response.get("Content-Type", "").startswith("text/html") or response.streaming:
            continue
        text = response.content.decode()
        yield address, text
        for link in re.findall(r'(?:href|action)="([^"#]+)"', text):
            further = urljoin(address, link.replace("&amp;", "&"))
            if (
                further.startswith("/")
                and not re.search(r"^/(static|account/logout)", further)
                and further not in seen
            ):
                seen.add(further)
                todo.append(further)


@pytest.mark.parametrize("who", ["bezoeker", "eigenaar", "superuser"])
def test_no_page_writes_a_key_for_people(client, world, who):
    user = world.superuser if who == "superuser" else world.people[who]
    if user:
        client.force_login(user)
    start = {
        "bezoeker": addresses(),
        "eigenaar": ["/mijn/", f"/mijn/{world.public.slug}/"],
        "superuser": ["/beheer/"],
    }
    visited = list(pages(client, start[who]))
    assert {address: FOR_PEOPLE.findall(text) for address, text in visited if FOR_PEOPLE.search(text)} == {}
    # It was looked for where it could have been.
    assert who == "bezoeker" or any(str(FIRST_KEY)[:5] in text for _address, text in visited)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_seed_of_the_order_comes_back_as_it_went(client, language):
    making.round(questionnaire=making.questionnaire(languages=("nl", "en")))
    for seed in re.findall(
        r'name="volgorde" value="([^"]*)"', client.get(f"/enquete/festival/?taal={language}").text
    ):
        assert seed.isdigit()


def test_what_people_read_has_its_separator(client):
    municipality = factories.municipality()
    Initiative.objects.bulk_create(
        Initiative(
            name=f"Buurt {n}", slug=f"buurt-{n}", municipality=municipality, status="gepubliceerd", position=n
        )
        for n in range(1001)
    )
    for address in ("/", "/initiatieven/", "/insluiten/lijst/", "/open-data/"):
        assert "1.001" in client.get(address).text, address
    assert "pagina=1.0" not in client.get("/initiatieven/?pagina=40").text
