"""What a monitor may read: counts of all processes together, for who has the token, and nobody in it."""

import http.client
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from post_office.models import Email

from registry.mail import letters
from samenbuurten.serving.metrics import _Stock
from tests.api.test_failing import refusing  # noqa: F401  a fixture
from tests.serving.running import RunningSite
from tests.survey import making

TOKEN = "een-lang-geheim-voor-de-monitor"


def values(text, name):
    """The values of a metric by its labels."""
    lines = re.findall(rf"^samenbuurten_{name}(?:{{(.*)}})? (\S+)$", text, re.MULTILINE)
    return {labels: float(value) for labels, value in lines}


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_requests_are_counted_for_all_processes_together():
    site = RunningSite(METRICS_TOKEN=TOKEN)
    site.start()
    try:
        for _visit in range(20):
            site.send("GET", "/gezondheid/leeft/?zoek=Jansen")
        line = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        line.request("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        text = line.getresponse().read().decode()
        line.close()
    finally:
        site.kill()
    counted = values(text, "request_seconds_count")
    assert counted['method="GET",route="registry:health-alive",status="200"'] == 20
    assert "Jansen" not in text


@pytest.mark.once
@pytest.mark.django_db
def test_only_who_has_the_token_reads_it_and_without_one_it_is_not_there(client, settings):
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404
    settings.METRICS_TOKEN = TOKEN
    for header in ("", "Bearer ", "Bearer x", f"Bearer {TOKEN}x", TOKEN):
        assert client.get("/metrics", headers={"authorization": header}).status_code == 401
    assert client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 200


@pytest.mark.django_db
def test_what_waits_is_told_without_whom_it_is_about(client, settings):
    settings.METRICS_TOKEN = TOKEN
    making.response(making.round(), "M1")
    letters.post(letters.Letter("Dag", "Hallo Jansen"), "jansen@voorbeeld.nl")
    Email.objects.update(created=timezone.now() - timedelta(hours=2))
    text = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).text
    assert values(text, "database_up") == {"": 1}
    assert values(text, "queue_waiting")['queue="mail"'] == 1
    assert 7200 <= values(text, "queue_oldest_seconds")['queue="mail"'] < 7300
    assert values(text, "queue_stuck") == {
        'queue="mail"': 1, 'queue="webhooks"': 0, 'queue="imports"': 0, 'queue="tasks"': 0, 'queue="worker"': 0
    }  # fmt: skip
    assert values(text, "letters") == {'state="wacht"': 1}
    assert values(text, "answers") == {'round="festival"': 1}
    assert "ansen" not in text


@pytest.mark.once
def test_without_a_database_it_says_so(refusing):  # noqa: F811
    (up,) = _Stock().collect()
    assert up.samples[0].value == 0
    assert connection.vendor == "postgresql"
