"""What the pages cost that grow with the register, and those of staff: ``python -m benchmarks.pages``.

The page of an initiative against a plain DetailView of the same fields; coverage, the staff home and the list of staff
at two sizes. Server CPU of a whole request; medians of interleaved rounds.
"""

import argparse
import statistics
import time
from importlib import import_module

from django.test import Client

from benchmarks.site import filled, home, report, set_up, use

OURS, PLAIN = "page of an initiative", "a plain DetailView"
GROWING = {
    "coverage": "/resultaten/dekking/",
    "home": "/",
    "staff home": "/beheer/",
    "staff list": "/beheer/registry/initiative/",
    "staff list, searched": "/beheer/registry/initiative/?status__exact=ingediend",
    "staff links": "/beheer/registry/link/",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs=2, default=[1000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--matched", type=int, default=20, help="initiatives whose page is asked for")
    parser.add_argument("--keep", help="a directory for the databases, to find them again")
    arguments = parser.parse_args()
    with home(arguments.keep) as directory:
        set_up(directory, postgresql=False)
        databases = {size: filled(directory, size) for size in arguments.sizes}
        figures = _measure(databases, arguments.rounds, arguments.matched)
    small, large = arguments.sizes
    print(f"\nMilliseconds of server CPU per request, and the ratio to {small:,} initiatives\n")
    for what in [OURS, PLAIN, *GROWING]:
        few, many = figures[what, small], figures[what, large]
        print(f"{what:28}{few:10.1f}{many:10.1f}{many / few:8.2f}×")
    with_target = ("coverage", "staff home", "staff list")
    ratios = {f"{what}, growth": figures[what, large] / figures[what, small] for what in with_target}
    report(ratios | {"detail against DetailView": figures[OURS, large] / figures[PLAIN, large]})


def _measure(databases, rounds, matched):
    settings = import_module("django.conf").settings
    settings.ROOT_URLCONF, settings.STAFF_MFA_REQUIRED = "benchmarks.urls", False
    models = import_module("registry.models")
    figures = {}
    for number in range(rounds + 1):
        for size, name in databases.items():
            use(name)
            staff = Client(headers={"host": "localhost"})
            by, _made = models.User.objects.get_or_create(
                email="bench@example.org", is_staff=True, is_superuser=True
            )
            staff.force_login(by)
            # With a bottleneck, so that others match it.
            linked = models.Initiative.objects.published().filter(links__isnull=False)
            slugs = list(linked.order_by("pk").distinct().values_list("slug", flat=True)[:matched])
            pages = {what: [address] for what, address in GROWING.items()}
            pages[OURS] = [f"/initiatieven/{slug}/" for slug in slugs]
            pages[PLAIN] = [f"/naive/initiatief/{slug}/" for slug in slugs]
            for what, addresses in pages.items():
                staff.get(addresses[0])
                spent = sum(_spent(staff, address) for address in addresses) / len(addresses)
                if number:  # the first one warms up
                    figures.setdefault((what, size), []).append(spent * 1000)
    return {key: statistics.median(spent) for key, spent in figures.items()}


def _spent(client, address):
    start = time.process_time()
    response = client.get(address)
    spent = time.process_time() - start
    if response.status_code != 200:
        raise SystemExit(f"{address} gave {response.status_code}")
    return spent


if __name__ == "__main__":
    main()
