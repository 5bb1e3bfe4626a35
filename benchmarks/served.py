"""What a server spends on one answer, and on the first one after its start: ``python -m benchmarks.served``.

Against Datasette on the same file, with a query that gives the same: 25 initiatives with their links, and how
many there are. Both run as they would in production, one worker each; counted is the CPU of all their
processes. "changed" is an answer after the content changed, "walked" a page that nobody asked for yet, "kept"
one that somebody did. Medians of interleaved rounds; the rows are compared before anything is timed.
"""

import argparse
import http.client
import json
import os
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.site import filled, forget_everyday_words, home, report, set_up

ASKED = {"gemeente": "GM0034", "knelpunt": "R1", "zoek": "koffie"}
DATASETTE = "datasette"
TICK = os.sysconf("SC_CLK_TCK")
EQUIVALENT = """
WITH found AS (
  SELECT id, name FROM registry_initiative WHERE status = 'gepubliceerd' AND municipality_id = :gemeente
  AND id IN (SELECT initiative_id FROM registry_link WHERE bottleneck_id = :knelpunt)
  AND (search_title LIKE '%' || :zoek || '%' OR search_text LIKE '%' || :zoek || '%')
), shown AS (SELECT id FROM found ORDER BY name, id LIMIT 25 OFFSET :start)
SELECT (SELECT count(*) FROM found) AS aantal, i.public_id, i.slug, i.name, i.other_names, i.summary,
  i.description, i.kind, i.activity, i.municipality_id, m.name AS municipality, p.name AS place, i.longitude,
  i.latitude, i.is_location_shielded, i.run_by, o.name AS organisation, i.website, i.starts_on, i.ends_on,
  i.audience, i.accessibility, i.languages, i.costs, i.lessons, i.is_sample, i.published_at,
  (SELECT t.changed_at FROM registry_trace t WHERE t.public_id = i.public_id) AS changed_at,
  i.confirmed_on,
  (SELECT json_group_array(json_object('code', l.bottleneck_id, 'niveau', b.level_id, 'rol', l.role,
    'toelichting', l.explanation, 'bevestigd', l.is_confirmed)) FROM registry_link l
    JOIN registry_bottleneck b ON b.code = l.bottleneck_id
    WHERE l.initiative_id = i.id AND b.status <> 'kandidaat') AS links,
  (SELECT json_group_array(json_object('waar', event, 'aantal', count)) FROM registry_mention
    WHERE initiative_id = i.id) AS mentions,
  (SELECT json_group_array(json_object('richting', direction, 'soort', kind, 'wat', text))
    FROM registry_exchange WHERE initiative_id = i.id) AS exchanges
FROM shown JOIN registry_initiative i ON i.id = shown.id
LEFT JOIN registry_municipality m ON m.code = i.municipality_id
LEFT JOIN registry_place p ON p.id = i.place_id
LEFT JOIN registry_organisation o ON o.id = i.organisation_id
ORDER BY i.name, i.id
"""


class Server:
    """A command that serves on ``port``; stopped at the end of a ``with``."""

    def __init__(self, command, port, address, environment):
        self.command, self.environment = command, os.environ | environment
        self.port, self.address = port, address

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.command],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                self.first = self.ask(1)
                return self
            except ConnectionError:
                if time.monotonic() > deadline:
                    self.__exit__()
                    raise
                time.sleep(0.005)

    def __exit__(self, *args):
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()

    def ask(self, page):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", self.address(page))
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise SystemExit(f"{self.address(page)} gave {response.status}: {body[:200]}")
        return json.loads(body)

    def cpu(self):
        """Seconds that its processes spent so far."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(fields[2]) == self.process.pid:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / TICK


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=20, help="of each kind, for each round")
    parser.add_argument("--keep", help="a directory for the databases, to find them again")
    arguments = parser.parse_args()
    with home(arguments.keep) as directory:
        set_up(directory, postgresql=False)
        name = filled(directory, arguments.size)
        forget_everyday_words()
        servers = {"ours": _ours(directory, name), DATASETTE: _datasette(name)}
        with servers["ours"] as ours, servers[DATASETTE] as datasette:
            _check(ours.first, datasette.first)
            answers = _answers(name, ours, datasette, arguments)
            _show("ms of CPU for one answer", answers)
        starts = _starts(servers, arguments.rounds)
        _show("seconds to the first answer", starts)
    report(
        {
            # Of a few requests the clock of the processor may have seen nothing.
            "search, Datasette against walked": answers[DATASETTE] / max(answers["ours, walked"], 0.001),
            "first answer against Datasette": starts["ours"] / starts[DATASETTE],
        }
    )


def _ours(directory, name):
    """In a directory of its own, with nothing in the environment but what a deployment sets."""
    environment = {
        "DATABASE_URL": f"sqlite:///{name}",
        "API_REQUESTS_A_MINUTE": str(10**9),
        "VAR_DIR": str(directory),
    }
    port = free_port()
    command = ["samenbuurten.serving", "--bind", f"127.0.0.1:{port}", "--processes", "1"]

    def address(page):
        return f"/api/v1/initiatieven?{urlencode(ASKED | {'sorteer': 'naam', 'page': page})}"

    return Server(command, port, address, environment)


def _datasette(name):
    port = free_port()
    command = ["datasette", "serve", name, "--port", str(port), "--setting", "sql_time_limit_ms", "30000"]

    def address(page):
        parameters = ASKED | {"sql": EQUIVALENT, "start": (page - 1) * 25, "_shape": "array"}
        return f"/{Path(name).stem}.json?{urlencode(parameters)}"

    return Server(command, port, address, {})


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _check(ours, datasette):
    mine = [(row["id"].replace("-", ""), row["naam"], _codes(row)) for row in ours["initiatieven"]]
    theirs = [(row["public_id"], row["name"], _codes(row)) for row in datasette]
    if not mine or mine != theirs or ours["aantal"] != datasette[0]["aantal"]:
        raise SystemExit(f"The two answers differ: {ours['aantal']} and {len(datasette)} rows")


def _codes(row):
    links = row["knelpunten"] if "knelpunten" in row else json.loads(row["links"])
    return sorted((link["code"], link["rol"]) for link in links)


def _answers(name, ours, datasette, arguments):
    def change():
        with sqlite3.connect(name, timeout=20) as database:
            database.execute("UPDATE registry_contentstamp SET version = version + 1")

    pages = ours.first["aantalPaginas"]
    walks = {ours: iter(range(2, 10**9)), datasette: iter(range(2, 10**9))}
    contestants = {
        "ours, changed": (ours, lambda: [change(), ours.ask(1)]),
        "ours, walked": (ours, lambda: ours.ask(next(walks[ours]) % pages + 1)),
        "ours, kept": (ours, lambda: ours.ask(1)),
        DATASETTE: (datasette, lambda: datasette.ask(next(walks[datasette]) % pages + 1)),
    }
    spent = {what: [] for what in contestants}
    for _round in range(arguments.rounds + 1):
        for what, (server, ask) in contestants.items():
            start = server.cpu()
            for _one in range(arguments.requests):
                ask()
            spent[what].append((server.cpu() - start) / arguments.requests * 1000)
    return {what: statistics.median(times[1:]) for what, times in spent.items()}


def _starts(servers, rounds):
    spent = {}
    for _round in range(rounds):
        for name, server in servers.items():
            start = time.monotonic()
            with server:
                spent.setdefault(name, []).append(time.monotonic() - start)
                spent.setdefault(f"{name}, of CPU", []).append(server.cpu())
    return {what: statistics.median(times) for what, times in spent.items()}


def _show(what, figures):
    print(f"\n{what}; and how many times less than {DATASETTE}\n")
    for name, figure in figures.items():
        base = figures[f"{DATASETTE}, of CPU" if "of CPU" in name else DATASETTE]
        print(f"{name:24}{figure:8.2f}{base / max(figure, 0.001):8.1f}×")


if __name__ == "__main__":
    main()
