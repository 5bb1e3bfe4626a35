"""What an answer of the API costs: ``python -m benchmarks.api``.

Against the first-day way (benchmarks/naive.py) and a constant view behind the same middleware. "kept" is an
answer that is in memory, "made" one that is not, "changed" the first one after the content changed, when
nothing is. Server CPU of a whole request; medians of interleaved rounds. The rows that both give are compared
before anything is timed.
"""

import argparse
import statistics
import time
from importlib import import_module

from django.db.models import F
from django.test import Client

from benchmarks.site import filled, forget_everyday_words, home, report, set_up, use

LIST, NAIVE, CONSTANT = "/api/v1/initiatieven", "/naive/initiatieven", "/constant"
NARROW = "gemeente=GM0034&knelpunt=R1&zoek=koffie"
SORTED = "sorteer=naam"
NAIVE_LIST, NAIVE_NARROW = "list of 25: naive", "filter and search: naive"
CONSTANT_VIEW = "a constant view"
# Each way to ask: its address, and whether the answer may come from memory.
WAYS = {
    NAIVE_LIST: (NAIVE, "", False),
    "list of 25: changed": (LIST, SORTED, True),
    "list of 25: made": (LIST, SORTED, False),
    "list of 25: kept": (LIST, SORTED, True),
    "list of 25: 304": (LIST, SORTED, True),
    NAIVE_NARROW: (NAIVE, NARROW.replace("zoek", "search"), False),
    "filter and search: changed": (LIST, f"{NARROW}&{SORTED}", True),
    "filter and search: made": (LIST, f"{NARROW}&{SORTED}", False),
    "filter and search: kept": (LIST, f"{NARROW}&{SORTED}", True),
    CONSTANT_VIEW: (CONSTANT, "", False),
}
FIRST, DEEP = "cursor page, first", "cursor page, deep"


def main():
    arguments = _arguments()
    now = time.perf_counter if arguments.postgresql else time.process_time
    with home(arguments.keep) as directory:
        set_up(directory, arguments.postgresql)
        databases = {size: filled(directory, size) for size in sorted({arguments.size, *arguments.deep})}
        use(databases[arguments.size])
        forget_everyday_words()
        _check()
        figures = _measure(arguments, now)
        _show(figures, NAIVE_LIST, NAIVE_NARROW, CONSTANT_VIEW)
        deep = {}
        for _round in range(arguments.rounds):
            for size in arguments.deep:
                use(databases[size])
                for name, spent in _cursor(now, arguments.requests).items():
                    deep.setdefault(f"{name}, {size:,}", []).append(spent)
        first = f"{FIRST}, {arguments.deep[0]:,}"
        medians = {name: statistics.median(spent) for name, spent in deep.items()}
        _show(medians, first)
    constant = figures[CONSTANT_VIEW]
    report(
        {
            "list, naive against made": figures[NAIVE_LIST] / figures["list of 25: made"],
            "search, naive against made": figures[NAIVE_NARROW] / figures["filter and search: made"],
            "304 against constant": figures["list of 25: 304"] / constant,
            "kept against constant": figures["list of 25: kept"] / constant,
            "cursor, deep against first": medians[f"{DEEP}, {arguments.deep[-1]:,}"] / medians[first],
        }
    )


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000, help="initiatives for the lists")
    parser.add_argument("--deep", type=int, nargs="+", default=[10_000, 1_000_000], help="and for the cursor")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--requests", type=int, default=40, help="of each kind, for each round; of a slow one three"
    )
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--keep", help="a directory for the databases, to find them again")
    return parser.parse_args()


def _client():
    settings = import_module("django.conf").settings
    settings.API_REQUESTS_A_MINUTE = 10**9
    settings.ROOT_URLCONF = "benchmarks.urls"
    return Client(headers={"host": "localhost"})


def _check():
    """The same rows in the same order, whoever is asked."""
    client = _client()
    for ours, naive in (("list of 25: made", NAIVE_LIST), ("filter and search: made", NAIVE_NARROW)):
        mine = client.get("{}?{}".format(*WAYS[ours][:2])).json()
        theirs = client.get("{}?{}".format(*WAYS[naive][:2])).json()
        same = [row["id"] for row in mine["initiatieven"]] == [row["public_id"] for row in theirs["results"]]
        if not same or mine["aantal"] != theirs["count"] or not mine["initiatieven"]:
            raise SystemExit(f"{ours} and {naive} differ: {mine['aantal']} and {theirs['count']} rows")


def _measure(arguments, now):
    client, middleware = _client(), import_module("samenbuurten.api.middleware")
    stamp = import_module("registry.models").ContentStamp.objects
    usual, figures = middleware.LARGEST_KEPT, {}
    for number in range(arguments.rounds + 1):
        for name, (path, query, may_be_kept) in WAYS.items():
            middleware.LARGEST_KEPT = usual if may_be_kept else -1
            middleware.caches["figures"].clear()
            first = client.get(f"{path}?{query}")
            tag = {"if-none-match": first["ETag"]} if name.endswith("304") else {}
            is_slow = name in (NAIVE_LIST, NAIVE_NARROW) or "changed" in name
            times, spent = 3 if is_slow else arguments.requests, 0
            for _one in range(times):
                if "changed" in name:
                    stamp.update(version=F("version") + 1)
                start = now()
                response = client.get(f"{path}?{query}", headers=tag)
                spent += (now() - start) / times * 1000
            if response.status_code != (304 if tag else 200):
                raise SystemExit(f"{name} gave {response.status_code}")
            if number:  # the first one warms up
                figures.setdefault(name, []).append(spent)
    middleware.LARGEST_KEPT = usual
    return {name: statistics.median(spent) for name, spent in figures.items()}


def _cursor(now, requests):
    client, changes = _client(), import_module("registry.partners.change_feed")
    trace = import_module("registry.models").Trace.objects.order_by("-version", "-public_id")[40]
    token = changes.cursor_after(trace, trace.changed_at)
    middleware = import_module("samenbuurten.api.middleware")
    usual, middleware.LARGEST_KEPT = middleware.LARGEST_KEPT, -1
    spent = {}
    for name, cursor in ((FIRST, "*"), (DEEP, token)):
        client.get(f"{LIST}?cursor={cursor}")
        start = now()
        for _one in range(requests):
            response = client.get(f"{LIST}?cursor={cursor}")
        spent[name] = (now() - start) / requests * 1000
        if len(response.json()["initiatieven"]) != 25:
            raise SystemExit(f"{name} gave {response.content[:200]}")
    middleware.LARGEST_KEPT = usual
    return spent


def _show(figures, *bases):
    print("\nMilliseconds per request" + "".join(f", ratio to ‘{base}’" for base in bases) + "\n")
    for name, figure in figures.items():
        print(f"{name:34}{figure:9.2f}" + "".join(f"{figure / figures[base]:10.2f}×" for base in bases))


if __name__ == "__main__":
    main()
