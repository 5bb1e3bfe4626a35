"""What the list page and search cost, at 100 to 100,000 initiatives: ``python -m benchmarks.list_page``.

Server CPU of a whole request, middleware and template included; medians of interleaved rounds. "cold" is
the first request after the content changed. With ``--postgresql`` a throwaway cluster is started; the
database then works in another process, so that the time on the clock is shown instead.
"""

import argparse
import statistics
import time

from django.core.cache import caches
from django.test import Client

from benchmarks.site import filled, home, report, set_up, use

LIST, SEARCH = "/initiatieven/", "/zoeken/"
# (what, path, query, cold). Page 100 exists from 10,000 initiatives on: see `_query`.
REQUESTS = [
    ("list, first page", LIST, {}, False),
    ("list, page 100", LIST, {"pagina": 100}, False),
    ("list, gemeente + knelpunt", LIST, {"gemeente": "GM0034", "knelpunt": "R1"}, False),
    ("list, term in 60 %", LIST, {"zoek": "koffie"}, False),
    ("list, term in 1 %", LIST, {"zoek": "bijenhotel"}, False),
    ("list, term in one row", LIST, {"zoek": "sterrenwacht"}, False),
    ("search, term in 60 %", SEARCH, {"zoek": "koffie"}, False),
    ("search, term in one row", SEARCH, {"zoek": "sterrenwacht"}, False),
    ("list, first page, cold", LIST, {}, True),
    ("list, gemeente + knelpunt, cold", LIST, {"gemeente": "GM0034", "knelpunt": "R1"}, True),
    ("list, term in 60 %, cold", LIST, {"zoek": "koffie"}, True),
    ("list, term in one row, cold", LIST, {"zoek": "sterrenwacht"}, True),
    ("search, term in 60 %, cold", SEARCH, {"zoek": "koffie"}, True),
]


def main():
    arguments = _arguments()
    with home(arguments.keep) as directory:
        set_up(directory, arguments.postgresql)
        databases = {size: filled(directory, size) for size in arguments.sizes}
        figures = _measure(databases, arguments.rounds, arguments.postgresql)
        _show(figures, arguments.sizes, arguments.postgresql)
    cold = "list, first page, cold"
    if 1000 in arguments.sizes:
        report({"list cold, growth": figures[cold, arguments.sizes[-1]] / figures[cold, 1000]})


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--keep", help="a directory for the databases, to find them again")
    return parser.parse_args()


def _query(query, size):
    """Page 100, or the last page where there are fewer."""
    return query | {"pagina": min(100, max(1, size * 9 // 10 // 20))} if "pagina" in query else query


def _measure(databases, rounds, on_the_clock):
    client = Client(headers={"host": "localhost"})
    now = time.perf_counter if on_the_clock else time.process_time
    figures = {}

    def get(path, query):
        start = now()
        response = client.get(path, query)
        spent = now() - start
        if response.status_code != 200:
            raise SystemExit(f"{path} {query} gave {response.status_code}")
        return spent * 1000

    for _round in range(rounds + 1):
        for size, name in databases.items():
            use(name)
            get(LIST, {})
            for what, path, query, cold in REQUESTS:
                query = _query(query, size)
                if cold:
                    caches["figures"].clear()
                else:
                    get(path, query)
                spent = get(path, query)
                if _round:  # the first one warms up
                    figures.setdefault((what, size), []).append(spent)
    return {key: statistics.median(spent) for key, spent in figures.items()}


def _show(figures, sizes, on_the_clock):
    kind = "on the clock" if on_the_clock else "of server CPU"
    print(f"\nMilliseconds {kind} per request, and the ratio to {sizes[0]:,} initiatives\n")
    print(f"{'':34}" + "".join(f"{size:>18,}" for size in sizes))
    for what, *_rest in REQUESTS:
        cells = [
            f"{figures[what, size]:9.1f} {figures[what, size] / figures[what, sizes[0]]:6.1f}×"
            for size in sizes
        ]
        print(f"{what:34}" + "".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    main()
