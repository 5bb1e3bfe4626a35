"""What ``expand`` takes along with initiatives, cases and bottlenecks as registry/exporting/as_json.py shows them.

Each function gives one part for each item, in the order of the items: an item, a list of them, or None when
there is none. One reading of the database (and what a representation needs), however many items.
"""

from collections import defaultdict

from registry.exporting import as_json
from registry.models import Bottleneck, Initiative, Level, Organisation


def organisations(initiatives, base):
    slugs = [initiative["organisatie"] and initiative["organisatie"]["slug"] for initiative in initiatives]
    rows = Organisation.objects.public().filter(slug__in=set(slugs) - {None})
    by_slug = {row.slug: as_json.organisation(row, base) for row in rows}
    return [by_slug.get(slug) for slug in slugs]


def bottlenecks(items, base):
    """Of initiatives those that they link to, of cases those that they are about; each once."""
    codes = [list(dict.fromkeys(map(_code, item["knelpunten"]))) for item in items]
    rows = Bottleneck.objects.published().select_related("merged_into")
    by_code = {row.code: as_json.bottleneck(row, base) for row in rows.filter(code__in=set().union(*codes))}
    return [[by_code[code] for code in of if code in by_code] for of in codes]


def _code(link):
    return link if isinstance(link, str) else link["code"]


def cases(initiatives, base):
    by_initiative = defaultdict(list)
    rows = as_json.public_cases().filter(
        initiative__public_id__in=[initiative["id"] for initiative in initiatives]
    )
    for row in rows:
        by_initiative[str(row.initiative.public_id)].append(as_json.case(row, base))
    return [by_initiative[initiative["id"]] for initiative in initiatives]


def initiatives(cases, base):
    ids = [case["initiatief"] and case["initiatief"]["id"] for case in cases]
    keys = Initiative.objects.filter(public_id__in=set(ids) - {None}).values_list("pk", flat=True)
    by_id = {initiative["id"]: initiative for initiative in as_json.initiatives(list(keys), base)}
    return [by_id.get(public_id) for public_id in ids]


def levels(bottlenecks, base):
    by_key = {row.pk: as_json.level(row, base) for row in Level.objects.all()}
    return [by_key[bottleneck["niveau"]] for bottleneck in bottlenecks]


def findings(bottlenecks, base):
    by_code = {bottleneck["code"]: [] for bottleneck in bottlenecks}
    rows = as_json.findings().filter(bottlenecks__in=list(by_code)).distinct()
    for row in rows.order_by("position", "pk"):
        finding = as_json.finding(row, base)
        for code in finding["knelpunten"]:
            if code in by_code:
                by_code[code].append(finding)
    return list(by_code.values())
