"""What a change of one initiative costs who looks next: ``python -m benchmarks.after_change``.

Server CPU of a whole request (with ``--postgresql``: time on the clock): "warm" when nothing changed since the last
one like it, "changed" the first one after an edit; medians of interleaved rounds. Then visitors who look at all of it in
turn, with five edits to each six requests and without, and the 95th percentile of both. Answers of the API are made
each time, never taken from memory. Before anything is timed each answer is compared with the one of a process that
knows nothing yet. On PostgreSQL: how many edits a second eight writers get done whose transactions last 0.2 s.
"""

import argparse
import re
import statistics
import threading
import time
from importlib import import_module
from itertools import count, cycle

from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client

from benchmarks.site import filled, home, report, set_up, use

# (what, address)
REQUESTS = [
    ("home", "/"),
    ("list", "/initiatieven/"),
    ("list, gemeente + knelpunt", "/initiatieven/?gemeente=GM0034&knelpunt=R1"),
    ("list, term in one row", "/initiatieven/?zoek=sterrenwacht"),
    ("list, term in 1 %", "/initiatieven/?zoek=bijenhotel"),
    ("list, term in 60 %", "/initiatieven/?zoek=koffie"),
    ("search, term in one row", "/zoeken/?zoek=sterrenwacht"),
    ("search, term in 1 %", "/zoeken/?zoek=bijenhotel"),
    ("search, term in 60 %", "/zoeken/?zoek=koffie"),
    ("map in a frame", "/insluiten/kaart/"),
    ("API list", "/api/v1/initiatieven?sorteer=naam"),
    (
        "API list, filter + search",
        "/api/v1/initiatieven?gemeente=GM0034&knelpunt=R1&zoek=koffie&sorteer=naam",
    ),
    ("HSDS services", "/hsds/services"),
]
# Of what it costs when nothing changed.
MOST = 1.5
WRITERS, LASTS = 8, 0.2


class Site:
    def __init__(self, now):
        self.now, self.client = now, Client(headers={"host": "localhost"})
        self.models = import_module("registry.models")
        import_module("samenbuurten.api.middleware").LARGEST_KEPT = -1
        import_module("django.conf").settings.API_REQUESTS_A_MINUTE = 10**9
        self.keys = list(self.models.Initiative.objects.published().values_list("pk", flat=True)[:200])
        self.numbers = count()

    def get(self, address):
        """(milliseconds, what is in the answer but for what differs each time)."""
        start = self.now()
        response = self.client.get(address)
        spent = (self.now() - start) * 1000
        if response.status_code != 200:
            raise SystemExit(f"{address} gave {response.status_code}")
        return spent, re.sub(rb'nonce="[^"]*"|csrfmiddlewaretoken[^>]*>', b"", response.content)

    def edit(self):
        """Another text, another municipality, or a link that comes or goes: one initiative each time."""
        number = next(self.numbers)
        key, initiatives = self.keys[number % len(self.keys)], self.models.Initiative.objects
        if number % 3 == 0:
            initiatives.filter(pk=key).update(
                summary=f"Koffie, keer {number}", search_text=f" koffie {number} "
            )
        elif number % 3 == 1:
            initiatives.filter(pk=key).update(municipality="GM0034" if number % 2 else "GM0184", place=None)
        elif not self.models.Link.objects.filter(initiative=key, bottleneck="R1").delete()[0]:
            self.models.Link.objects.create(initiative_id=key, bottleneck_id="R1", role="ervaart")


def main():
    arguments = _arguments()
    now = time.perf_counter if arguments.postgresql else time.process_time
    with home(arguments.keep) as directory:
        set_up(directory, arguments.postgresql)
        for size in arguments.sizes:
            use(filled(directory, size))
            site = Site(now)
            print(
                f"\n{size:,} initiatives, milliseconds {'on the clock' if arguments.postgresql else 'of server CPU'}\n"
            )
            _compare(site)
            figures, percentiles = _measure(site, arguments.rounds), _visitors(site, arguments.requests)
            _show(figures)
            _show_visitors(percentiles)
            _report(figures, percentiles)
            if arguments.postgresql:
                print(f"{WRITERS} writers, {LASTS} s a transaction: {_writers(site):.0f} edits a second")


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=200, help="of the visitors")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--keep", help="a directory for the databases, to find them again")
    return parser.parse_args()


def _compare(site):
    """What follows the edits is what is made of nothing."""
    for _what, address in REQUESTS:
        site.get(address)
    for _what, address in REQUESTS:
        site.edit()
        followed = site.get(address)[1]
        caches["figures"].clear()
        if site.get(address)[1] != followed:
            raise SystemExit(f"{address} is not what it should be after a change")


def _measure(site, rounds):
    figures = {}
    for number in range(rounds + 1):
        for what, address in REQUESTS:
            site.get(address)
            warm = site.get(address)[0]
            site.edit()
            changed = site.get(address)[0]
            if number:  # the first one warms up
                figures.setdefault(what, []).append((warm, changed))
    return {
        what: tuple(statistics.median(spent) for spent in zip(*pairs, strict=True))
        for what, pairs in figures.items()
    }


def _visitors(site, requests):
    """(the 95th percentile without edits, with five edits to each six requests)."""
    percentiles = []
    for edits in (0, 5):
        addresses, spent = cycle(address for _what, address in REQUESTS), []
        for number in range(requests):
            if number % 6 < edits:
                site.edit()
            spent.append(site.get(next(addresses))[0])
        percentiles.append(sorted(spent)[len(spent) * 95 // 100])
    return percentiles


def _writers(site):
    """Edits a second of writers who each hold a transaction open for ``LASTS`` seconds."""
    edited, ends_at = [], time.perf_counter() + 5

    def write(key):
        while time.perf_counter() < ends_at:
            with transaction.atomic():
                site.models.Initiative.objects.filter(pk=key).update(summary=f"Koffie {time.perf_counter()}")
                time.sleep(LASTS)
            edited.append(key)
        connection.close()

    threads = [threading.Thread(target=write, args=[key]) for key in site.keys[:WRITERS]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(edited) / 5


def _report(figures, percentiles):
    quiet, edited = percentiles
    names = {
        "home": "home",
        "list": "list",
        "search, term in one row": "search one row",
        "search, term in 1 %": "search 1 %",
        "search, term in 60 %": "search 60 %",
        "API list": "API list",
    }
    ratios = {f"{names[what]} after a change": figures[what][1] / figures[what][0] for what in names}
    report(ratios | {"visitors beside edits": edited / quiet})


def _show(figures):
    print(f"{'':30}{'warm':>10}{'changed':>10}{'ratio':>8}  at most {MOST}")
    for what, (warm, changed) in figures.items():
        holds = "holds" if changed <= MOST * warm else "FALLS SHORT"
        print(f"{what:30}{warm:10.1f}{changed:10.1f}{changed / warm:7.2f}×  {holds}")


def _show_visitors(percentiles):
    quiet, edited = percentiles
    print(
        f"\nvisitors, 95 % within: {quiet:.1f} ms, with edits {edited:.1f} ms: {edited / quiet:.2f}×, at most {MOST}"
    )


if __name__ == "__main__":
    main()
