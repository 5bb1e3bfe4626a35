"""What results cost at 77 to 1,000,000 responses: ``python -m benchmarks.results``.

The page of a closed round (the public, one publication) and the live page of staff (shares and all pairs of
statements, with 100 responses that came since the last count). Server CPU of a whole request; medians of
interleaved rounds. The first look at a live page after many responses counts them once; that is shown apart.
With ``--postgresql`` a throwaway cluster is started, and the time on the clock is shown.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from django.core.management import call_command
from django.test import Client

from benchmarks.site import create, report, set_up, use

PAGE, COLD = "page of a closed round", "the same, first time"
LIVE, FIRST = "live page of staff", "first live look"
TAIL = 100


def main():
    arguments = _arguments()
    home = Path(tempfile.mkdtemp(prefix="samenbuurten-bench-"))
    now = time.perf_counter if arguments.postgresql else time.process_time
    try:
        set_up(home, arguments.postgresql)
        databases = {size: _fill(home, size) for size in arguments.sizes}
        figures = _measure(databases, arguments.rounds, now)
        _show(figures, arguments.sizes)
    finally:
        shutil.rmtree(home, ignore_errors=True)

    small, large = arguments.sizes[0], arguments.sizes[-1]
    report({"closed round, growth": figures[PAGE, large] / figures[PAGE, small]})
    if len(arguments.sizes) > 2:
        report({"live, growth": figures[LIVE, large] / figures[LIVE, arguments.sizes[1]]})


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[77, 10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgresql", action="store_true")
    return parser.parse_args()


def _fill(home, size):
    name = create(home, size)
    with Path(os.devnull).open("w") as nowhere:
        call_command("load_deck", stdout=nowhere)
        call_command("generate_sample", initiatives=0, responses=size, stdout=nowhere)
    # Models and what leans on them can be loaded only now.
    import_module("registry.models").User.objects.create_superuser("bench@example.org", "x")
    print(f"made {size:,} responses", file=sys.stderr)
    return name


def _measure(databases, rounds, now):
    models = import_module("survey.models")
    figures = {}

    def get(client, path):
        start = now()
        response = client.get(path)
        spent = now() - start
        if response.status_code != 200:
            raise SystemExit(f"{path} gave {response.status_code}")
        return spent * 1000

    for number in range(rounds + 1):
        for size, name in databases.items():
            use(name)
            round = models.Round.objects.get()
            staff = Client(headers={"host": "localhost"})
            staff.force_login(import_module("registry.models").User.objects.get())
            live = f"/beheer/survey/publication/meting/{round.pk}/tussenstand/"
            if not number:
                figures[FIRST, size] = [get(staff, live)]
                call_command("count_responses", verbosity=0)
                tail = list(round.responses.values_list("pk", flat=True)[: min(TAIL, size)])
                _uncount(models, round, tail)
            import_module("survey.results").read.cache_clear()
            spent = {COLD: get(Client(headers={"host": "localhost"}), f"/resultaten/{round.slug}/")}
            spent[PAGE] = get(Client(headers={"host": "localhost"}), f"/resultaten/{round.slug}/")
            spent[LIVE] = get(staff, live)
            for what, milliseconds in spent.items():
                if number:  # the first one warms up
                    figures.setdefault((what, size), []).append(milliseconds)
    return {key: statistics.median(spent) for key, spent in figures.items()}


def _uncount(models, round, keys):
    """Take these responses out of the rollup again, as if they came just now."""
    tally = import_module("survey.results.tally")
    responses = models.Response.objects.filter(pk__in=keys)
    new = tally.recount(round).counts
    responses.update(is_counted=False)
    questions = import_module("survey.design.questions").questions_of(round.questionnaire)
    bits, positions = {item.bit for item in questions.items}, {page.level.bit for page in questions.pages}
    rows = responses.values_list(*tally.COLUMNS)
    rollup = models.Rollup.objects.get(round=round)
    rollup.counts = dict(new - tally.count(rows, sorted(bits), sorted(positions)).counts)
    rollup.save()


def _show(figures, sizes):
    print(f"\nMilliseconds per request, and the ratio to {sizes[0]:,} responses\n")
    print(f"{'':28}" + "".join(f"{size:>20,}" for size in sizes))
    for what in (PAGE, COLD, LIVE, FIRST):
        cells = [
            f"{figures[what, size]:10.1f} {figures[what, size] / figures[what, sizes[0]]:7.2f}×"
            for size in sizes
        ]
        print(f"{what:28}" + "".join(f"{cell:>20}" for cell in cells))


if __name__ == "__main__":
    main()
