"""Whatever was acknowledged is stored, also when the server dies in the middle: a real server, killed for real."""

import http.client
import threading
import time
import uuid
from collections import Counter

import pytest
from django.db import connection

from survey.models import OpenAnswer, Response
from tests.serving.running import RunningSite
from tests.survey import making
from tests.survey.sending import address, sent

CLIENTS, KILLS, ANSWERS_PER_LIFE = 8, 3, 60


class Crowd:
    """People who each send on and on, and remember what they sent and what was acknowledged."""

    def __init__(self, server):
        self.server, self.is_over = server, threading.Event()
        self.sent, self.acknowledged, self.odd = {}, set(), Counter()

    def send(self, fields):
        self.sent[fields["sleutel"]] = fields
        try:
            status = self.server.send("POST", address(), fields)
        except (OSError, http.client.HTTPException):
            return
        if status == 200:
            self.acknowledged.add(fields["sleutel"])
        else:
            self.odd[status] += 1

    def send_on(self):
        while not self.is_over.is_set():
            self.send(sent(sleutel=str(uuid.uuid4())))

    def until_the_kill(self):
        self.is_over.clear()
        threads = [threading.Thread(target=self.send_on) for _client in range(CLIENTS)]
        for thread in threads:
            thread.start()
        enough, give_up = len(self.acknowledged) + ANSWERS_PER_LIFE, time.monotonic() + 60
        while len(self.acknowledged) < enough and time.monotonic() < give_up:
            time.sleep(0.01)
        self.server.kill()
        self.is_over.set()
        for thread in threads:
            thread.join()


@pytest.mark.django_db(transaction=True)
def test_what_was_acknowledged_survives_the_kill_of_the_server(capsys):
    making.round()
    server = RunningSite(ANSWERS_A_MINUTE="1000000")
    crowd = Crowd(server)
    try:
        for _kill in range(KILLS):
            server.start()
            crowd.until_the_kill()
        stored = {str(key) for key in Response.objects.values_list("pk", flat=True)}
        acknowledged, lost = set(crowd.acknowledged), crowd.acknowledged - stored
        unsure = set(crowd.sent) - acknowledged
        server.start()
        # As the device does: what was not acknowledged is sent again, under its own key.
        for key in unsure:
            crowd.send(crowd.sent[key])
    finally:
        server.kill()
    after = Counter(str(key) for key in Response.objects.values_list("pk", flat=True))
    words = Counter(OpenAnswer.objects.values_list("response", flat=True))
    doubles = sum(number - 1 for number in (*after.values(), *words.values()))
    with capsys.disabled():
        print(
            f"\n{connection.vendor}: {KILLS} kills, {len(crowd.sent)} sent, {len(acknowledged)} acknowledged, "
            f"{len(stored)} stored before the retry ({len(stored & unsure)} of them not acknowledged), "
            f"{len(unsure)} sent again, {len(after)} stored, {len(lost)} lost, {doubles} double"
        )
    assert lost == set()
    assert crowd.odd == Counter()
    # The kills came while answers were under way, or nothing was tried.
    assert len(unsure) >= KILLS
    assert len(acknowledged) >= KILLS * ANSWERS_PER_LIFE
    assert after == Counter(crowd.sent.keys())
    assert len(words) == len(after)
    assert doubles == 0
