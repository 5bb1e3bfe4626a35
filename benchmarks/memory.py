"""How much memory a process of the server takes after many requests of all kinds: ``python -m benchmarks.memory``.

One process with its threads, as it is served. RSS after the first requests, and after all; in between pages, lists and
answers that nobody asked for before, so that whatever is kept fills up.
"""

import argparse
import http.client
import itertools
import sqlite3
import threading
from pathlib import Path

from benchmarks.served import Server, free_port
from benchmarks.site import filled, home, report, set_up

CLIENTS = 4
FIRST = 40  # requests before the first look


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--keep", help="a directory for the databases, to find them again")
    arguments = parser.parse_args()
    with home(arguments.keep) as directory:
        set_up(directory, postgresql=False)
        name = filled(directory, arguments.size)
        _with_front_end(directory)
        port = free_port()
        environment = {
            "DATABASE_URL": f"sqlite:///{name}",
            "API_REQUESTS_A_MINUTE": str(10**9),
            "VAR_DIR": str(directory),
        }
        command = ["samenbuurten.serving", "--bind", f"127.0.0.1:{port}", "--processes", "1"]
        with Server(command, port, lambda page: f"/api/v1/initiatieven?page={page}", environment) as server:
            addresses = _addresses(name)
            _ask(port, itertools.islice(addresses, FIRST))
            before = _resident(server)
            _ask(port, itertools.islice(addresses, arguments.requests))
            after = _resident(server)
    print(f"\n{before:.0f} MB after {FIRST} requests, {after:.0f} MB after {arguments.requests:,} more")
    report({"memory, MB more": after - before})


def _with_front_end(directory):
    """Pages name the collected files of the clone."""
    for name in ("static", "frontend"):
        if not (directory / name).is_symlink():
            (directory / name).rmdir()
            (directory / name).symlink_to(Path(__file__).resolve().parents[1] / "var" / name)


def _addresses(name):
    with sqlite3.connect(name) as database:
        rows = database.execute(
            "SELECT slug FROM registry_initiative WHERE status = 'gepubliceerd' ORDER BY position LIMIT 20000"
        )
        slugs = itertools.cycle([slug for (slug,) in rows])
    for page in itertools.count(1):
        yield f"/initiatieven/{next(slugs)}/"
        yield f"/initiatieven/?pagina={page}"
        yield f"/api/v1/initiatieven?page={page}&pageSize=100"
        yield f"/initiatieven/?zoek=koffie+{page % 300}"
        yield f"/api/v1/initiatieven?zoek=tuin&page={page % 500}"
        yield f"/initiatieven/{next(slugs)}/"
        yield ["/", "/knelpunten/", "/zoeken/?zoek=koffie", "/hsds/services", "/insluiten/kaart/"][page % 5]


def _ask(port, addresses):
    lock, broken = threading.Lock(), []

    def one_client():
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        while True:
            with lock:
                address = next(addresses, None)
            if address is None:
                return
            line.request("GET", address, headers={"accept-encoding": "br"})
            response = line.getresponse()
            response.read()
            if response.status >= 500:
                broken.append(f"{address} gave {response.status}")

    clients = [threading.Thread(target=one_client) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if broken:
        raise SystemExit("\n".join(broken[:5]))


def _resident(server):
    """Megabytes of all processes of the server but the first, which only watches over the others."""
    sizes = []
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            group = int((status.parent / "stat").read_text().rpartition(")")[2].split()[2])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if group == server.process.pid and status.parent.name != str(server.process.pid):
            sizes.append(int(fields["VmRSS"].split()[0]) / 1024)
    return sum(sizes)


if __name__ == "__main__":
    main()
