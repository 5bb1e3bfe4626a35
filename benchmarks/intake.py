"""What it costs to take in one answer with 12 ticks and an open answer: ``python -m benchmarks.intake``.

Against the same request to the preview, which checks and thanks but stores nothing; and as a device sends what waited on
it, which gets a receipt and no page. Server CPU of a whole request; medians of interleaved rounds. With ``--postgresql`` a throwaway cluster is started, and the time on
the clock is shown.
"""

import argparse
import os
import shutil
import statistics
import tempfile
import time
import uuid
from importlib import import_module
from pathlib import Path
from urllib.parse import urlencode

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from benchmarks.site import create, report, set_up

TICKS = 12
CHECKED, STORED, RECEIPT = "checked, nothing stored", "stored", "stored, receipt only"
WAYS = {"stored": STORED, "receipt": RECEIPT}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200, help="of each kind, for each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgresql", action="store_true")
    arguments = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="samenbuurten-bench-"))
    now = time.perf_counter if arguments.postgresql else time.process_time
    try:
        set_up(home, arguments.postgresql)
        round = _fill(home)
        figures = _measure(round, arguments.requests, arguments.rounds, now)
        _show(figures)
        report(
            {f"intake, checked against {way}": figures[CHECKED] / figures[name] for way, name in WAYS.items()}
        )
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _fill(home):
    create(home, "intake")
    with Path(os.devnull).open("w") as nowhere:
        call_command("load_deck", stdout=nowhere)
        call_command("load_deck_round", stdout=nowhere)
    questionnaires = import_module("survey.design.questionnaires")
    questionnaire = questionnaires.compose("bench", "Proef")
    questionnaires.lock(questionnaire)
    # One machine sends all of it; the limit for one address is no part of what is measured.
    settings = import_module("django.conf").settings
    settings.ANSWERS_A_MINUTE = settings.ANSWER_BYTES_AN_HOUR = settings.ANSWER_BYTES_A_DAY = 10**12
    return import_module("survey.models").Round.objects.create(
        slug="bench", name="Proef", questionnaire=questionnaire, opens_at=timezone.now(), languages=["nl"]
    )


def _measure(round, requests, rounds, now):
    models = import_module("survey.models")
    items = list(round.questionnaire.items.select_related("level"))
    ticked = items[:: len(items) // TICKS][:TICKS]
    example = round.questionnaire.open_questions.get(kind=models.OpenQuestion.Kind.EXAMPLE)
    client = Client(headers={"host": "localhost"})
    preview = f"/enquete/voorbeeld/{round.questionnaire.preview_key}/"

    def post(address, **headers):
        data = {"sleutel": str(uuid.uuid4()), "volgorde": "7", f"woorden-{example.key}": "HavenHart"}
        for item in ticked:
            data.setdefault(f"niveau-{item.level_id}", []).append(item.code)
        # As a browser sends it.
        body = urlencode(data, doseq=True)
        response = client.post(address, body, "application/x-www-form-urlencoded", headers=headers)
        if response.status_code != 200 or ("Bedankt" not in response.text) != bool(headers):
            raise SystemExit(f"{address} gave {response.status_code}")

    ways = {
        CHECKED: lambda: post(preview),
        STORED: lambda: post("/enquete/bench/"),
        RECEIPT: lambda: post("/enquete/bench/", **{"X-Bewaard": "1"}),
    }
    spent = {}
    for number in range(rounds + 1):
        for name, way in ways.items():
            start = now()
            for _one in range(requests if number else 5):
                way()
            if number:  # the first one warms up
                spent.setdefault(name, []).append((now() - start) / requests * 1000)
    return {name: statistics.median(figures) for name, figures in spent.items()}


def _show(figures):
    print(f"\nMilliseconds for one answer with {TICKS} ticks, and the ratio to checking alone\n")
    for name, figure in figures.items():
        print(f"{name:26}{figure:8.2f} {figure / figures[CHECKED]:7.2f}×")


if __name__ == "__main__":
    main()
