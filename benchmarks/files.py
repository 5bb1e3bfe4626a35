"""What files of all initiatives cost: ``python -m benchmarks.files``.

CPU of this process, medians of interleaved rounds, as ratios: GeoJSON against the same rows through
sqlite3 and json alone; CSV against sqlite3 and csv alone, and against django-import-export as it comes.
The counterparts write the same rows and columns; that they do is checked before anything is timed.
"""

import argparse
import csv
import io
import json
import sqlite3
import statistics
import time
import tracemalloc

from django.db import connection

from benchmarks.site import filled, home, report, set_up

BASE = "https://samenbuurten.example/initiatieven/"
LINKS = (
    "SELECT l.initiative_id, l.bottleneck_id, l.role FROM registry_link l "
    "JOIN registry_initiative i ON i.id = l.initiative_id JOIN registry_bottleneck b ON b.code = l.bottleneck_id "
    "JOIN registry_level v ON v.slug = b.level_id WHERE i.status = 'gepubliceerd' AND b.status <> 'kandidaat' "
    "ORDER BY l.initiative_id, v.position, b.number, l.role"
)
ROWS = (
    "SELECT i.id, {columns} FROM registry_initiative i "
    "LEFT JOIN registry_municipality m ON m.code = i.municipality_id "
    "LEFT JOIN registry_place p ON p.id = i.place_id "
    "LEFT JOIN registry_organisation o ON o.id = i.organisation_id "
    "WHERE i.status = 'gepubliceerd' ORDER BY i.id"
)
PLACE = "i.longitude, i.latitude, i.is_location_shielded, i.is_sample"
AS_FEATURES = (
    f"i.public_id, i.slug, i.name, i.summary, i.kind, i.activity, i.municipality_id, m.name, p.name, {PLACE}"
)
MOMENT = "(SELECT t.changed_at FROM registry_trace t WHERE t.public_id = i.public_id)"
AS_LINES = (
    "i.public_id, i.name, i.other_names, i.summary, i.description, i.audience, i.accessibility, i.languages, "
    "i.costs, i.lessons, i.website, o.name, m.name, p.name, i.kind, i.activity, i.run_by, i.municipality_id, "
    f"i.starts_on, i.ends_on, i.confirmed_on, {MOMENT}, i.slug, {PLACE}"
)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--features", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", help="a directory for the databases, to find them again")
    arguments = parser.parse_args()
    with home(arguments.keep) as directory:
        set_up(directory, postgresql=False)
        _compare_geojson(filled(directory, arguments.features, all_public=True), arguments.rounds)
        _compare_csv(filled(directory, arguments.lines, all_public=True), arguments.rounds)


def _compare_geojson(name, rounds):
    from registry.exporting.geojson import collection  # noqa: PLC0415
    from registry.models import Initiative  # noqa: PLC0415

    def ours():
        return b"".join(collection(Initiative.objects.published(), BASE))

    def floor():
        return _floor_geojson(name)

    if json.loads(ours()) != json.loads(floor()):
        raise SystemExit("The two GeoJSON files differ.")
    figures = _time({"ours": ours, "floor": floor}, rounds)
    _show("GeoJSON", figures, "sqlite3 and json alone")
    report({"GeoJSON against floor": figures["ours"] / figures["floor"]})


def _compare_csv(name, rounds):
    from registry.exporting.table import as_csv  # noqa: PLC0415
    from registry.models import Initiative  # noqa: PLC0415
    from registry.resources import InitiativeResource  # noqa: PLC0415

    def ours():
        return sum(len(part) for part in as_csv(Initiative.objects.published(), BASE))

    def floor():
        return len(_floor_csv(name))

    def import_export():
        return len(InitiativeResource().export(Initiative.objects.published()).csv)

    written = b"".join(as_csv(Initiative.objects.published(), BASE)).decode("utf-8-sig")
    if written.splitlines()[1:] != _floor_csv(name).decode().splitlines():
        raise SystemExit("The two CSV files differ.")
    figures = _time({"ours": ours, "floor": floor}, rounds)
    figures |= _time({"import-export": import_export}, 1)
    _show("CSV", figures, "sqlite3 and csv alone")
    print(f"{'':12}{figures['import-export'] / figures['ours']:.1f}× less than django-import-export")
    report(
        {
            "export, import-export against ours": figures["import-export"] / figures["ours"],
            "export against floor": figures["ours"] / figures["floor"],
        }
    )
    tracemalloc.start()
    ours()
    print(f"{'':12}at most {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB in use at any moment")


def _floor_geojson(name):
    with sqlite3.connect(name) as database:
        rows = database.execute(ROWS.format(columns=AS_FEATURES)).fetchall()
        links = _links(database)
    features = []
    for pk, key, slug, title, summary, kind, activity, code, town, place, x, y, shielded, sample in rows:
        digits = 2 if shielded else 6
        point = None if x is None else {"type": "Point", "coordinates": [round(x, digits), round(y, digits)]}
        properties = {
            "naam": title,
            "samenvatting": summary or None,
            "soort": kind or None,
            "activiteit": activity or None,
            "gemeente": {"code": code, "naam": town} if code else None,
            "kern": place,
            "knelpunten": [{"code": of, "rol": role} for of, role in links.get(pk, ())],
            "afgeschermd": bool(shielded),
            "voorbeeld": bool(sample),
            "url": f"{BASE}{slug}/",
        }
        features.append({"type": "Feature", "id": _dashed(key), "geometry": point, "properties": properties})
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _floor_csv(name):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    with sqlite3.connect(name) as database:
        links = _links(database)
        for pk, key, *row in database.execute(ROWS.format(columns=AS_LINES)):
            *rest, changed_at, slug, x, y, shielded, sample = row
            digits = 2 if shielded else 6
            point = ("", "") if x is None else (round(x, digits), round(y, digits))
            links_of_row = links.get(pk, ())
            faces = ";".join(code for code, role in links_of_row if role == "ervaart")
            tackles = ";".join(code for code, role in links_of_row if role == "pakt-aan")
            changed = f"{changed_at[:10]}T{changed_at[11:19]}Z"
            marks = ["ja" if mark else "nee" for mark in (shielded, sample)]
            writer.writerow(
                [_dashed(key), *rest, *point, marks[0], faces, tackles, changed, marks[1], f"{BASE}{slug}/"]
            )
    return out.getvalue().encode()


def _links(database):
    links = {}
    for pk, code, role in database.execute(LINKS):
        links.setdefault(pk, []).append((code, role))
    return links


def _dashed(key):
    return f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"


def _time(contestants, rounds):
    spent = {name: [] for name in contestants}
    for _round in range(rounds):
        for name, run in contestants.items():
            connection.queries_log.clear()
            start = time.process_time()
            run()
            spent[name].append((time.process_time() - start) * 1000)
    return {name: statistics.median(times) for name, times in spent.items()}


def _show(what, figures, against):
    print(f"{what:12}{figures['ours']:,.0f} ms, {figures['ours'] / figures['floor']:.2f}× {against}")


if __name__ == "__main__":
    main()
