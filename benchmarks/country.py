"""The country on one PostgreSQL: ``python -m benchmarks.country``; not in ``make bench``, for it takes an hour.

1,000,000 initiatives and 10,000,000 answers, made of the sample data of 100,000 of each, copied in the database with
other keys and positions; triggers are away while that happens. Pages after an edit and when warm, beside the same at
100,000: time on the clock, for most of it is PostgreSQL's. Then how large it all is.
"""

import argparse
import os
import statistics
import sys
import time
from importlib import import_module
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection
from django.test import Client

from benchmarks.site import filled, home, report, set_up, use

PAGES = {
    "home": "/",
    "list": "/initiatieven/",
    "search, word of one row": "/zoeken/?zoek=sterrenwacht",
    "search, word of 60 %": "/zoeken/?zoek=koffie",
    "search, two words": "/zoeken/?zoek=koffie+lelystad",
    "coverage": "/resultaten/dekking/",
    "API list, filter + search": "/api/v1/initiatieven?gemeente=GM0034&knelpunt=R1&zoek=koffie",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=int, default=100_000, help="initiatives, and as many answers")
    parser.add_argument("--copies", type=int, default=10, help="of the initiatives in all")
    parser.add_argument("--answers", type=int, default=100, help="copies of the answers in all")
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    with home() as directory:
        set_up(directory, postgresql=True)
        small = filled(directory, arguments.base)
        with Path(os.devnull).open("w") as nowhere:
            call_command("generate_sample", initiatives=0, responses=arguments.base, stdout=nowhere)
            call_command("count_responses", stdout=nowhere)
        large = f"{small}_country"
        _multiply(small, large, arguments.copies, arguments.answers)
        figures = {name: _measure(name, arguments.rounds) for name in (small, large)}
        _show(figures[small], figures[large])
        use(large)
        _sizes()
    growth = {
        "home": "home at 1,000,000",
        "list": "list at 1,000,000",
        "search, word of 60 %": "search 60 % at 1,000,000",
        "search, word of one row": "search one row at 1,000,000",
        "coverage": "coverage at 1,000,000",
    }
    report({name: figures[large][what][1] / figures[small][what][1] for what, name in growth.items()})


def _multiply(small, large, copies, answers):
    connection.close()
    given = connection.settings_dict
    address = f"host={given['HOST']} port={given['PORT']} user={given['USER']} dbname="
    with psycopg.connect(f"{address}postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {large} TEMPLATE {small}")
    with psycopg.connect(f"{address}{large}", autocommit=True) as database:
        database.execute("SET session_replication_role = replica")
        step = database.execute("SELECT max(id) + 1 FROM registry_initiative").fetchone()[0]
        for number in range(1, copies):
            moved = {
                "id": f"id + {number * step}",
                "public_id": "gen_random_uuid()",
                "slug": f"left(slug, 70) || '-{number}'",
                "position": f"(position * 31 + {number * 104_729}) % 2147483646 + 1",
                "merged_into_id": f"merged_into_id + {number * step}",
            }
            _copy(database, "registry_initiative", moved, f"id < {step}")
            of_initiative = {"id": "DEFAULT", "initiative_id": f"initiative_id + {number * step}"}
            _copy(database, "registry_link", of_initiative, f"initiative_id < {step}")
            words = {"initiative": f"initiative + {number * step}"}
            _copy(database, "registry_posting", words, f"initiative < {step}")
        database.execute(
            "INSERT INTO registry_trace (public_id, initiative, version, changed_at, appeared, is_removed) "
            "SELECT public_id, id, 1, now(), 1, FALSE FROM registry_initiative WHERE status = 'gepubliceerd' "
            "ON CONFLICT DO NOTHING"
        )
        database.execute("CREATE TEMPORARY TABLE answers AS SELECT * FROM survey_response")
        for _number in range(1, answers):
            database.execute(
                _insert(database, "survey_response", {"id": "gen_random_uuid()"}, "TRUE", "answers")
            )
        database.execute("VACUUM ANALYZE")
    print(f"copied: {copies} times the initiatives, {answers} times the answers", file=sys.stderr)


def _copy(database, table, changed, condition):
    database.execute(_insert(database, table, changed, condition, table))


def _insert(database, table, changed, condition, source):
    columns = [
        name
        for (name,) in database.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position",
            [table],
        )
        if changed.get(name) != "DEFAULT"
    ]
    into = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changed.get(name, f'"{name}"') for name in columns)
    return f"INSERT INTO {table} ({into}) SELECT {values} FROM {source} WHERE {condition}"


def _measure(name, rounds):
    """(warm, first after an edit) in milliseconds for each page; the first look of a process apart."""
    use(name)
    models = import_module("registry.models")
    import_module("samenbuurten.api.middleware").LARGEST_KEPT = -1
    import_module("django.conf").settings.API_REQUESTS_A_MINUTE = 10**9
    keys = list(models.Initiative.objects.published().values_list("pk", flat=True)[:rounds])
    client = Client(headers={"host": "localhost"})

    def spent(address):
        start = time.perf_counter()
        response = client.get(address)
        if response.status_code != 200:
            raise SystemExit(f"{address} gave {response.status_code}")
        return (time.perf_counter() - start) * 1000

    first = sum(spent(address) for address in PAGES.values())
    print(f"{name}: {first / 1000:.1f} s for the first look at all pages", file=sys.stderr)
    figures = {}
    for what, address in PAGES.items():
        warm, changed = [], []
        for number, key in enumerate(keys):
            warm.append(spent(address))
            models.Initiative.objects.filter(pk=key).update(summary=f"Anders, keer {number} {what}")
            changed.append(spent(address))
        figures[what] = (statistics.median(warm), statistics.median(changed))
    return figures


def _show(small, large):
    print(
        "\nMilliseconds on the clock: warm, and first after an edit; the last column is the growth of that\n"
    )
    for what in PAGES:
        print(
            f"{what:28}" + "".join(f"{figure:10.1f}" for figure in (*small[what], *large[what])),
            f"{large[what][1] / small[what][1]:8.2f}×",
        )


def _sizes():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, pg_total_relation_size(oid) / 1e6 FROM pg_class WHERE relkind = 'r' "
            "ORDER BY 2 DESC LIMIT 8"
        )
        for table, megabytes in cursor.fetchall():
            print(f"{table:36}{megabytes:10.0f} MB")


if __name__ == "__main__":
    main()
