"""Each job of the night on its own, once a day, whoever else runs it too."""

import threading
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from registry.importing import staging
from registry.management import jobs
from registry.models import Initiative, JobRun, Role
from registry.personal_data import retention
from registry.registration.signup import register
from tests import factories

DAY = timedelta(days=1)


def noon():
    """Of yesterday: what ends now, ends later."""
    return timezone.localtime().replace(hour=12) - DAY


@pytest.fixture
def ran(monkeypatch):
    """The jobs that ran, by name; those whose name begins with "broken" fail."""
    names = []

    def call(name, **options):
        names.append(name)
        if name.startswith("broken"):
            raise ValueError("over iemand@voorbeeld.nl")
        options["stdout"].write(f"{name}\n  gedaan: 1\n")

    monkeypatch.setattr(jobs, "call_command", call)
    return names


@pytest.mark.django_db
def test_one_that_fails_stops_no_other_and_is_tried_again(ran, settings, caplog):
    settings.DAILY_WORK = ["first", "broken", "last"]
    now = noon()
    assert jobs.run_due(now) == ["broken"]
    assert ran == ["first", "broken", "last"]
    failed = JobRun.objects.get(name="broken")
    assert (failed.is_failed, failed.outcome) == (True, "ValueError")
    assert JobRun.objects.get(name="last").outcome == "last · gedaan: 1"
    assert [run.name for run in JobRun.objects.in_trouble()] == ["broken"]
    jobs.run_due(now + timedelta(minutes=30))
    assert ran.count("broken") == 1
    JobRun.objects.filter(name="broken").update(ended_at=now - timedelta(hours=2))
    jobs.run_due(now)
    assert (ran.count("broken"), ran.count("first")) == (2, 1)


@pytest.mark.once
@pytest.mark.django_db
def test_each_runs_once_a_day_for_a_year(ran, settings):
    settings.DAILY_WORK = ["first", "last"]
    start = noon()
    for day in range(365):
        for _again in range(2):
            jobs.run_due(start + day * DAY)
            JobRun.objects.update(ended_at=start + day * DAY)
    assert (ran.count("first"), ran.count("last")) == (365, 365)


@pytest.mark.django_db
def test_what_began_and_never_ended_is_told_and_begun_again(ran, settings):
    settings.DAILY_WORK = ["first"]
    JobRun.objects.create(
        name="first", day=timezone.localdate(), started_at=timezone.now() - timedelta(hours=7)
    )
    assert JobRun.objects.in_trouble().count() == 1
    jobs.run_due()
    assert ran == ["first"]
    assert JobRun.objects.in_trouble().count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400)])
def test_a_clock_that_was_wrong_holds_up_no_job(ran, settings, jump):
    """Also not one that was done then, failed then, or began then and was cut off."""
    settings.DAILY_WORK = ["first", "broken", "cut-off"]
    wrong, right = noon() + jump, noon()
    jobs.run_due(wrong)
    JobRun.objects.update(ended_at=wrong)
    JobRun.objects.filter(name="cut-off").update(ended_at=None)
    assert JobRun.objects.due(right) == ["first", "broken", "cut-off"]
    jobs.run_due(right)
    assert [ran.count(name) for name in settings.DAILY_WORK] == [2, 2, 2]


@pytest.mark.django_db
def test_who_has_a_planner_hears_what_failed(ran, settings):
    settings.DAILY_WORK = ["broken", "last"]
    with pytest.raises(CommandError, match="Mislukt: broken"):
        call_command("daily_work")
    assert ran == ["broken", "last"]


@pytest.mark.django_db(transaction=True)
def test_of_two_machines_one_does_it(settings):
    if connection.vendor == "sqlite":
        settings.DATABASES["default"]["OPTIONS"]["timeout"] = 20
    begun, barrier, now = [], threading.Barrier(4), timezone.now()

    def machine():
        barrier.wait()
        begun.append(JobRun.objects.claim("first", now))
        connections.close_all()

    machines = [threading.Thread(target=machine) for _machine in range(4)]
    for one in machines:
        one.start()
    for one in machines:
        one.join()
    assert sorted(begun) == [False, False, False, True]


@pytest.mark.django_db
def test_staff_see_what_failed_and_when_it_runs_again(client, ran, settings):
    settings.DAILY_WORK = ["broken", "last"]
    jobs.run_due()
    client.force_login(factories.person(role=Role.MANAGER))
    assert "dagelijkse taak mislukt of blijven liggen" in client.get("/beheer/").text
    page = client.get("/beheer/registry/jobrun/").text
    assert "ValueError" in page
    assert "iemand@voorbeeld.nl" not in page
    client.force_login(factories.person(role=Role.MUNICIPALITY_EDITOR, municipality=factories.municipality()))
    assert client.get("/beheer/registry/jobrun/").status_code == 403


@pytest.mark.once
@pytest.mark.django_db
def test_a_registration_that_nobody_confirmed_is_gone_when_the_privacy_page_says(settings):
    """Whatever the other rules took away before: day by day until it goes, and then through the year."""
    fields = {"name": "Buurtkeuken", "municipality": factories.municipality(), "summary": "Iets"}
    register(fields, email="iemand@voorbeeld.nl")
    kept_by_staff = factories.initiative("Van een medewerker", status="concept")
    now, last = timezone.now(), settings.RETENTION_DAYS["unconfirmed"]
    there = []
    for day in [*range(1, last + 2), *range(last + 2, 366, 5)]:
        retention.apply(now=now + day * DAY)
        there.append(Initiative.objects.filter(name="Buurtkeuken").exists())
    assert there.index(False) in (last - 1, last)
    assert not Initiative.history.filter(name="Buurtkeuken").exists()
    assert Initiative.objects.filter(pk=kept_by_staff.pk).exists()


@pytest.mark.django_db
def test_a_file_that_waits_for_a_yes_goes_though_nobody_imports(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    staging.park(b"naam,e-mail", by=factories.person(), what="x", file_name="a.csv")
    call_command("sweep_imports")
    assert len(default_storage.listdir("imports")[1]) == 1
    monkeypatch.setattr(staging, "MAX_AGE", timedelta(0))
    call_command("sweep_imports")
    assert default_storage.listdir("imports")[1] == []
