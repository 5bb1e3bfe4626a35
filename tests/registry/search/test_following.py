"""Whatever changes in whatever way: counts, totals and hits that follow are those that plain Python counts anew."""

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.filters import InitiativeFilter
from registry.lifecycle import bottlenecks
from registry.lifecycle.merge import merge
from registry.models import (
    Bottleneck,
    Initiative,
    Link,
    Municipality,
    Organisation,
    Place,
    Status,
    Term,
)
from registry.moderation.decisions import decide
from registry.search.options import facets_for, total_of
from registry.search.understanding import understand
from tests import factories
from tests.registry.search.plain import place_of_initiative

pytestmark = pytest.mark.django_db
CODES = ["R1", "R2", "M1"]
PLACES = ["almere-haven", "almere-poort", "urk"]
QUERIES = [
    "", "zoek=feest", "zoek=haven", "zoek=stichting", "zoek=feest+haven&knelpunt=R1", "gemeente=GM0034",
    "gemeente=GM0034&gemeente=GM0184&knelpunt=R1&rol=ervaart", "kern=almere-haven&soort=evenement",
    "niveau=relationeel&rol=pakt-aan", "niveau=maatschappelijk&niveau=bestuurlijk&activiteit=actief",
    "knelpunt=R2&knelpunt=M1", "bbox=5.2,52.3,5.4,52.5", "zoek=soep&bbox=5.2,52.3,5.4,52.5&rol=ervaart",
]  # fmt: skip


class Everything:
    """All that there is now, read once, and what passes filters of it: one by one and in plain Python."""

    def __init__(self):
        rows = Initiative.objects.select_related("municipality", "place", "organisation")
        self.rows = list(rows.prefetch_related("links"))
        codes = {row.code: row for row in Bottleneck.objects.exclude(status="kandidaat")}
        self.levels = {
            code: row.level_id
            for code, row in codes.items()
            if not row.merged_into_id or row.survivor.code in codes
        }

    def passing(self, values):
        return {row.pk for row in self.rows if self._passes(row, values)}

    def _passes(self, row, values):
        place = row.place and row.place.slug
        return (
            row.status == "gepubliceerd"
            and row.municipality_id in values.get("gemeente", [row.municipality_id])
            and place in values.get("kern", [place])
            and row.kind in values.get("soort", [row.kind])
            and row.activity in values.get("activiteit", [row.activity])
            and (not values.get("zoek") or place_of_initiative(understand(values["zoek"]), row)[0] > 0)
            and self._lies_in(row, [float(number) for number in values.get("bbox", "").split(",") if number])
            and (
                not {"niveau", "knelpunt", "rol"} & values.keys()
                or any(self._fits(link, values) for link in row.links.all())
            )
        )

    @staticmethod
    def _lies_in(row, box):
        return not box or (
            row.point and box[0] <= row.point[0] <= box[2] and box[1] <= row.point[1] <= box[3]
        )

    def _fits(self, link, values):
        level = self.levels.get(link.bottleneck_id)
        return (
            level is not None
            and level in values.get("niveau", [level])
            and link.bottleneck_id in values.get("knelpunt", [link.bottleneck_id])
            and link.role == values.get("rol", link.role)
        )


def check(queries):
    everything = Everything()
    for query in queries:
        filterset = InitiativeFilter(QueryDict(query))
        if filterset.errors:
            assert (total_of(filterset), list(filterset.qs)) == (0, [])
            continue
        expected = everything.passing(filterset.given)
        if "zoek" in filterset.given:
            places = [
                place_of_initiative(filterset.search_query, row)
                for key in filterset.keys_in_order(0, len(expected))
                for row in everything.rows
                if row.pk == key
            ]
            assert (places, len(places)) == (sorted(places, reverse=True), len(expected))
            assert list(filterset.qs.values_list("pk", flat=True)) == filterset.keys_in_order(
                0, len(expected)
            )
        assert ({*filterset.qs.values_list("pk", flat=True)}, total_of(filterset)) == (
            expected,
            len(expected),
        )
        for facet in facets_for(filterset):
            for option in facet.options:
                value = option.value if facet.name == "rol" else [option.value]
                number = len(everything.passing({**filterset.given, facet.name: value}))
                where = (query, facet.name, option.value)
                assert (*where, option.count) == (*where, number)


def _any(number):
    rows = Initiative.objects.order_by("pk")
    return rows[number % rows.count()]


def _some(number):
    return Initiative.objects.filter(pk__in=[_any(number).pk, _any(number * 3 + 1).pk])


def _save(number):
    entry = _any(number)
    entry.name, entry.place = (
        ["Feest", "Soep", "Kade"][number % 3],
        Place.objects.get(slug=PLACES[number % 3]),
    )
    entry.municipality = entry.place.municipality
    entry.save()


def _bulk_update(number):
    rows = list(_some(number))
    for row in rows:
        row.kind, row.activity = ["evenement", "beleid", ""][number % 3], ["actief", "", "idee"][number % 3]
    Initiative.objects.bulk_update(rows, ["kind", "activity"])


def _sql(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def _delete(number):
    entry = _any(number)
    if Initiative.objects.count() > 1 and not Initiative.objects.filter(merged_into=entry).exists():
        entry.delete()


def _merge(number):
    one, other = _any(number), _any(number + 1)
    if one != other and {one.status, other.status} == {Status.PUBLISHED}:
        merge(one, other, by=None)


def _merge_bottleneck(number):
    ended, goes_on = (Bottleneck.objects.get(pk=CODES[(number + step) % 3]) for step in (0, 1))
    if (ended.status, goes_on.status) == ("actief", "actief"):
        ended.status, ended.merged_into = Bottleneck.Status.MERGED, goes_on
        ended.save()
        bottlenecks.lead_on(ended)


def _status_of_bottleneck(status):
    return lambda number: Bottleneck.objects.filter(pk=CODES[number % 3], merged_into=None).update(
        status=status
    )


EDITS = {
    "save": _save,
    "new": lambda number: factories.initiative("Feest", organisation=factories.organisation()),
    "publish": lambda number: decide(entry, Status.PUBLISHED, by=None)
    if (entry := _any(number)).status == Status.DRAFT
    else None,
    "withdraw": lambda number: _some(number).filter(merged_into=None).update(status=Status.WITHDRAWN),
    "draft": lambda number: _some(number).filter(merged_into=None).update(status=Status.DRAFT),
    "bulk": _bulk_update,
    "move": lambda number: _some(number).update(longitude="5.3", latitude="52.4", is_location_shielded=number % 2),
    "no place": lambda number: _some(number).update(place=None, municipality=None),
    "organisation": lambda number: _some(number).update(organisation=Organisation.objects.first()),
    "rename organisation": lambda number: Organisation.objects.update(
        name=Concat(Value(["Haven ", "Stichting "][number % 2]), Cast("pk", CharField()))
    ),
    "text by hand": lambda number: _sql(
        "UPDATE registry_initiative SET search_text = ' feest haven ' WHERE id = %s", _any(number).pk
    ),
    "kind by hand": lambda number: _sql(
        "UPDATE registry_initiative SET kind = 'evenement' WHERE id >= %s", _any(number).pk
    ),
    "delete": _delete,
    "merge": _merge,
    "link": lambda number: Link.objects.bulk_create(
        [Link(initiative=row, bottleneck_id=CODES[number % 3], role=Link.Role.values[number % 2])
         for row in _some(number)],
        ignore_conflicts=True,
    ),
    "unlink": lambda number: Link.objects.filter(initiative=_any(number)).delete(),
    "other role": lambda number: Link.objects.filter(initiative=_any(number), role="ervaart")
    .exclude(bottleneck__links__in=Link.objects.filter(initiative=_any(number), role="pakt-aan"))
    .update(role="pakt-aan"),
    "unlink by hand": lambda number: _sql("DELETE FROM registry_link WHERE bottleneck_id = %s", CODES[number % 3]),
    "candidate": _status_of_bottleneck("kandidaat"),
    "active": _status_of_bottleneck("actief"),
    "retired": _status_of_bottleneck("vervallen"),
    "merge bottleneck": _merge_bottleneck,
    "level": lambda number: Bottleneck.objects.filter(pk=CODES[number % 3]).update(
        level=factories.level("bestuurlijk"), number=50 + number % 3
    ),
    "rename municipality": lambda number: Municipality.objects.filter(code="GM0184").update(name="Haven"),
    "rename place": lambda number: Place.objects.filter(slug="urk").update(name="Feestkade"),
    "term": lambda number: Term.objects.get_or_create(
        word="feest", defaults={"slug": "feest", "equal_words": "soep"}
    ),
}  # fmt: skip


def world():
    for slug in factories.LEVELS:
        factories.level(slug)
    places = [
        factories.place("Almere Haven"),
        factories.place("Almere Poort"),
        factories.place("Urk", code="GM0184"),
    ]
    codes = [factories.bottleneck(code) for code in CODES]
    for number in range(7):
        place = places[number % 3]
        entry = factories.initiative(
            ["Feest", "Soep", "Kade"][number % 3],
            place=place,
            municipality=place.municipality,
            kind=["evenement", "beleid", ""][number % 3],
            activity="actief" if number % 2 else "",
            longitude="5.3" if number % 2 else None,
            latitude="52.4" if number % 2 else None,
            organisation=factories.organisation(name=f"Stichting {number}") if number % 2 else None,
            status=Status.DRAFT if number == 5 else Status.PUBLISHED,
        )
        factories.link(entry, codes[number % 3], Link.Role.values[number % 2])


step = st.tuples(
    st.sampled_from(sorted(EDITS)), st.integers(0, 30), st.lists(st.sampled_from(QUERIES), max_size=3)
)


def test_what_follows_is_what_plain_python_counts_anew():
    world()

    @settings(max_examples=12)
    @given(st.lists(step, min_size=1, max_size=8))
    def tried(steps):
        point = transaction.savepoint()
        caches["figures"].clear()  # what is undone takes its versions with it
        try:
            for query in QUERIES:
                total_of(InitiativeFilter(QueryDict(query)))
            for edit, number, queries in steps:
                EDITS[edit](number)
                check(queries)
            check(QUERIES)
        finally:
            transaction.savepoint_rollback(point)

    tried()
