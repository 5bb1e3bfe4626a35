"""What collides in the database is done once more, with all that came along; a second time nothing typed is lost."""

import re

import psycopg
import pytest
from django.contrib import messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from registry.foundation import retry
from registry.management import jobs
from registry.models import Initiative, JobRun
from samenbuurten.urls import urlpatterns as ours
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]
TEXT = 'Eerste regel\n"tweede" & <b>regel</b>'


def collide(kind=psycopg.errors.DeadlockDetected):
    raise OperationalError("deadlock detected") from kind("deadlock detected")


TIMES, SEEN = [0], []


def view(request):
    SEEN.append((request.POST.getlist("tekst"), [file.read() for file in request.FILES.values()]))
    messages.success(request, f"Gedaan: {len(SEEN)}")
    if len(SEEN) <= TIMES[0]:
        collide()
    return HttpResponse("; ".join(str(one) for one in messages.get_messages(request)))


urlpatterns = [path("botsing/", view), path("api/v1/botsing", view), *ours]


@pytest.fixture(autouse=True)
def _anew():
    TIMES[0] = 0
    SEEN.clear()


@pytest.mark.parametrize("kind", [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure])
def test_a_collision_is_known(kind):
    with pytest.raises(OperationalError) as found:
        collide(kind)
    assert retry.is_collision(found.value)
    assert not retry.is_collision(OperationalError("disk full"))


def test_the_second_time_sees_all_and_says_it_once(client):
    TIMES[0] = 1
    file = SimpleUploadedFile("a.txt", b"inhoud")
    answer = client.post("/botsing/", {"tekst": [TEXT, "twee"], "bestand": file})
    assert (answer.status_code, answer.text) == (200, "Gedaan: 2")
    assert SEEN[0] == SEEN[1] == ([TEXT, "twee"], [b"inhoud"])


def test_a_second_collision_says_press_again_and_keeps_what_was_typed():
    TIMES[0] = 2
    client = Client(enforce_csrf_checks=True)
    client.get("/account/login/code/")
    token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else ""
    answer = client.post("/botsing/?van=hier", {"tekst": TEXT, "csrfmiddlewaretoken": token})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "Druk nog een keer" in answer.text
    assert 'action="/botsing/?van=hier"' in answer.text
    assert answer.text.count('name="csrfmiddlewaretoken"') == 1
    [sent] = re.findall(r'<textarea name="tekst" hidden>\n(.*?)</textarea>', answer.text, re.DOTALL)
    assert sent.replace("\r\n", "\n") == TEXT.replace("&", "&amp;").replace("<", "&lt;").replace(
        ">", "&gt;"
    ).replace('"', "&quot;")


def test_no_page_shows_a_password_or_promises_to_keep_a_file():
    for more in ({"password1": "geheim"}, {"bestand": SimpleUploadedFile("a.txt", b"x")}):
        TIMES[0] = 2
        SEEN.clear()
        text = Client().post("/botsing/", {"tekst": "x"} | more).text
        assert "geheim" not in text
        assert "Verstuur nog een keer" not in text
        assert "kies een bestand zo nodig opnieuw" in text


def test_the_api_says_it_in_its_own_way(client):
    TIMES[0] = 1
    assert client.get("/api/v1/botsing").status_code == 200
    TIMES[0] = 9
    answer = client.get("/api/v1/botsing?x=1")
    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (
        503, "application/problem+json", "5",
    )  # fmt: skip


def test_another_fault_is_not_tried_again(client, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr(retry, "COLLISIONS", set())
    TIMES[0] = 1
    assert client.get("/botsing/").status_code == 500
    assert len(SEEN) == 1


def test_a_job_is_done_once_more(monkeypatch, settings):
    done = []

    def command(name, **kwargs):
        done.append(name)
        if len(done) == 1:
            collide()

    monkeypatch.setattr(jobs, "call_command", command)
    assert jobs.run("apply_retention")
    assert len(done) == 2
    assert not JobRun.objects.get().is_failed


def test_inside_a_transaction_nothing_is_done_over():
    done = []

    def act():
        done.append(factories.initiative())
        collide()

    with pytest.raises(OperationalError), transaction.atomic():
        retry.once_more(act)
    assert (len(done), Initiative.objects.count()) == (1, 0)
