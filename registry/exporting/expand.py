"""What ``expand`` takes along with initiatives, cases and bottlenecks as registry/exporting/as_json.py shows them.

Each function gives one part for each item, in the order of the items: an item, a list of them, or None when
there is none. One reading of the database (and what a representation needs), however many items.
"""

from collections import defaultdict

from registry.exporting import as_json
from registry.models import Bottleneck, Initiative, Level, Organisation


def organisations(initiatives, base):
    slugs = [one["organisatie"] and one["organisatie"]["slug"] for one in initiatives]
    rows = Organisation.objects.public().filter(slug__in=set(slugs) - {None})
    found = {row.slug: as_json.organisation(row, base) for row in rows}
    return [found.get(slug) for slug in slugs]


def bottlenecks(items, base):
    """Of initiatives those that they link to, of cases those that they are about; each once."""
    codes = [list(dict.fromkeys(map(_code, item["knelpunten"]))) for item in items]
    rows = Bottleneck.objects.published().select_related("merged_into")
    found = {row.code: as_json.bottleneck(row, base) for row in rows.filter(code__in=set().union(*codes))}
    return [[found[code] for code in of if code in found] for of in codes]


def _code(link):
    return link if isinstance(link, str) else link["code"]


def cases(initiatives, base):
    found = defaultdict(list)
    rows = as_json.public_cases().filter(initiative__public_id__in=[one["id"] for one in initiatives])
    for row in rows:
        found[str(row.initiative.public_id)].append(as_json.case(row, base))
    return [found[one["id"]] for one in initiatives]


def initiatives(cases, base):
    ids = [one["initiatief"] and one["initiatief"]["id"] for one in cases]
    keys = Initiative.objects.filter(public_id__in=set(ids) - {None}).values_list("pk", flat=True)
    found = {one["id"]: one for one in as_json.initiatives(list(keys), base)}
    return [found.get(one) for one in ids]


def levels(bottlenecks, base):
    found = {row.pk: as_json.level(row, base) for row in Level.objects.all()}
    return [found[one["niveau"]] for one in bottlenecks]


def findings(bottlenecks, base):
    found = {one["code"]: [] for one in bottlenecks}
    rows = as_json.findings().filter(bottlenecks__in=list(found)).distinct()
    for row in rows.order_by("position", "pk"):
        finding = as_json.finding(row, base)
        for code in finding["knelpunten"]:
            if code in found:
                found[code].append(finding)
    return list(found.values())
