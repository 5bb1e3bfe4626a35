"""A file of many rows is done outside the request; a page shows how far it is, and works without a script."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from registry.importing import staging
from registry.models import Import, ImportTask, Initiative
from registry.models.operations.importing import KEPT, STUCK_AFTER
from registry.resources import base, tasks
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/beheer/registry/initiative/import/"
TEXT = "naam\n" + "".join(f"Hof {number}\n" for number in range(6))


@pytest.fixture(autouse=True)
def _short(monkeypatch):
    monkeypatch.setattr(tasks, "LONG", 3)
    monkeypatch.setattr(base, "TELL_EVERY", 2)


def waiting_page(desk):
    response = desk.client.get(f"{PAGE}?taak={ImportTask.objects.latest('asked_at').key}", follow=True)
    desk._keep(response)
    return response


def send(desk, text=TEXT):
    desk.page = PAGE
    response = desk.client.post(PAGE, {"file": desk.upload(text)})
    assert response.status_code == 302
    assert "?taak=" in response.url


def test_a_long_file_is_looked_at_and_brought_in_by_the_work(desk):
    send(desk)
    response = waiting_page(desk)
    assert response["Refresh"] == "3"
    page = response.content.decode()
    assert "b.csv heeft 6 regels. Zo beginnen wij." in page
    tasks.run_waiting()
    waiting_page(desk)
    assert desk.context["outcome"].totals == [6, 0, 0]
    assert not Initiative.objects.exists()
    assert desk.client.post(PAGE, {"ticket": desk.context["ticket"]}).status_code == 302
    assert "Wij importeren uw bestand." in waiting_page(desk).content.decode()
    assert not Import.objects.exists()
    tasks.run_waiting()
    assert "Geïmporteerd: 6 nieuw" in waiting_page(desk).content.decode()
    assert Initiative.objects.count() == 6


def test_how_far_it_is_shows_while_it_runs(desk, monkeypatch):
    send(desk)
    seen = []
    put = staging.put
    monkeypatch.setattr(
        staging, "put", lambda key, result: (put(key, result), seen.append(result.get("done")))
    )
    tasks.run_waiting()
    assert seen == [2, 4, 6, None]
    ImportTask.objects.update(ended_at=None)
    staging.put(ImportTask.objects.get().key, {"done": 4})
    assert "b.csv: 4 van 6 regels gedaan." in waiting_page(desk).content.decode()


def test_a_clash_of_a_long_file_shows_both(desk):
    entry = factories.initiative("Hof", slug="hof", summary="A")
    send(desk, "adres;naam;samenvatting\nhof;Hof;B\n" + "".join(f"h{at};Naam {at};S\n" for at in range(5)))
    tasks.run_waiting()
    waiting_page(desk)
    Initiative.objects.filter(pk=entry.pk).update(summary="C")
    desk.client.post(PAGE, {"ticket": desk.context["ticket"]})
    tasks.run_waiting()
    waiting_page(desk)
    assert [(one.number, one.previewed, one.now) for one in desk.context["clashes"]] == [(2, "A", "C")]
    assert Initiative.objects.count() == 1
    desk.client.post(PAGE, {"ticket": desk.context["ticket"]})
    tasks.run_waiting()
    entry.refresh_from_db()
    assert entry.summary == "B"


def test_where_nobody_works_one_can_do_it_here(desk, monkeypatch):
    send(desk)
    task = ImportTask.objects.get()
    assert "Nu doen" not in waiting_page(desk).content.decode()
    ImportTask.objects.update(asked_at=task.asked_at - 2 * STUCK_AFTER)
    assert "Nu doen" in waiting_page(desk).content.decode()
    desk.client.post(f"{PAGE}?taak={task.key}")
    waiting_page(desk)
    assert desk.context["outcome"].added == 6


def test_a_task_is_of_one_person_for_one_list(desk, client):
    send(desk)
    key = ImportTask.objects.get().key
    other = reverse("admin:registry_case_import")
    assert "niet meer klaar" in client.get(f"{other}?taak={key}", follow=True).content.decode()
    assert "niet meer klaar" in client.get(f"{PAGE}?taak=x", follow=True).content.decode()
    client.force_login(factories.person(is_staff=True, is_superuser=True))
    assert "niet meer klaar" in client.get(f"{PAGE}?taak={key}", follow=True).content.decode()


def test_a_task_is_done_once(desk):
    send(desk)
    task = ImportTask.objects.get()
    assert ImportTask.objects.claim(task)
    assert not ImportTask.objects.claim(task)


def test_what_fails_says_so(desk, monkeypatch):
    send(desk)
    monkeypatch.setattr(tasks, "_result", lambda task: 1 / 0)
    tasks.run_waiting()
    assert ImportTask.objects.get().is_failed
    assert "Kies het opnieuw" in waiting_page(desk).content.decode()


def test_old_tasks_are_swept(desk):
    send(desk)
    task = ImportTask.objects.get()
    ImportTask.objects.update(asked_at=task.asked_at - 2 * KEPT)
    call_command("sweep_imports")
    assert not ImportTask.objects.exists()
