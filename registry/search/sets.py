"""Sets of public initiatives: one for each municipality, place, kind, … and for each search (see following.py).

A key takes 2 bytes, and a bit where a set is dense: all of them together some 1 MB at 100,000 initiatives and 8 at
1,000,000.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import orjson
from django.db.models import Aggregate, BooleanField, Expression, F, TextField
from pyroaring import BitMap

from registry.foundation.cache import fingerprint
from registry.models import Initiative, Link
from registry.search.following import following

PUBLIC, SAMPLE, LINK = "public", "is_sample", "link"
# What the sets are called, and the column that they go by.
COLUMNS = {
    "gemeente": "municipality",
    "kern": "place",
    "soort": "kind",
    "activiteit": "activity",
    SAMPLE: "is_sample",
}
_EMPTY = BitMap()


@dataclass(frozen=True)
class Sets:
    """The keys of public initiatives by the name of each set. Nobody changes one.

    The names: (PUBLIC,), ("gemeente", "GM0034"), ("kern", the key of a place), …, and (LINK, code, role) of
    those with such a link to a bottleneck that has a page.
    """

    by_name: Mapping[tuple, BitMap]

    def of(self, *name):
        return self.by_name.get(name, _EMPTY)

    @property
    def public(self):
        return self.of(PUBLIC)

    def starting(self, first):
        """(the rest of the name, the set) of each whose name starts so."""
        return [(rest, keys) for (start, *rest), keys in self.by_name.items() if start == first]


def all_sets(versions):
    def renew(sets, changed):
        newer = _read(changed)
        gone = BitMap(changed)
        by_name = {name: keys - gone if keys.intersect(gone) else keys for name, keys in sets.by_name.items()}
        return _sets(by_name | {name: by_name.get(name, _EMPTY) | keys for name, keys in newer.items()})

    return following("sets", versions.content, lambda: _sets(_read()), renew)


def keys_where(name, versions, narrow):
    """The keys of the public initiatives that ``narrow`` leaves of a queryset.

    ``name`` tells all that decides about an initiative but what the public sees of it: that is followed.
    """

    def read(rows):
        return parse(narrow(rows).order_by().aggregate(keys=Joined("pk"))["keys"])

    def renew(keys, changed):
        return keys - BitMap(changed) | read(Initiative.objects.published().filter(pk__in=changed))

    return following(
        fingerprint(name), versions.content, lambda: read(Initiative.objects.published()), renew, bytes_of
    )


class Joined(Aggregate):
    """Whole numbers in one text, with commas: to fetch a row costs more than to read what stands in it."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler, connection, **context):
        template = "%(function)s(%(expressions)s::text, ',')"
        return self.as_sql(compiler, connection, function="STRING_AGG", template=template, **context)


class Among(Expression):
    """Whether the key of a row is in a set: one parameter, however many keys."""

    conditional = True

    def __init__(self, keys):
        super().__init__(output_field=BooleanField())
        self.keys, self.column = keys, F("pk")

    def resolve_expression(self, query=None, *args, **kwargs):
        resolved = super().resolve_expression(query, *args, **kwargs)
        resolved.column = self.column.resolve_expression(query, *args, **kwargs)
        return resolved

    def get_source_expressions(self):
        return [self.column]

    def set_source_expressions(self, expressions):
        [self.column] = expressions

    def as_sql(self, compiler, connection):
        sql, params = compiler.compile(self.column)
        keys = orjson.dumps(self.keys.to_array().tolist()).decode()
        return f"{sql} IN (SELECT value FROM json_each(%s))", [*params, keys]

    def as_postgresql(self, compiler, connection):
        sql, params = compiler.compile(self.column)
        return f"{sql} = ANY(%s)", [*params, self.keys.to_array().tolist()]


def parse(joined):
    """The set that ``Joined`` gave."""
    return BitMap(orjson.loads(f"[{joined or ''}]"))


def _read(changed=None):
    """The sets of all public initiatives, or of those among the changed, by name."""
    initiatives, links = Initiative.objects.published(), Link.objects.exclude(bottleneck__status="kandidaat")
    if changed is not None:
        initiatives, links = initiatives.filter(pk__in=changed), links.filter(initiative__in=changed)
    by_name = defaultdict(BitMap)
    for *values, joined in initiatives.order_by().values_list(*COLUMNS.values()).annotate(keys=Joined("pk")):
        keys = parse(joined)
        by_name[PUBLIC,] |= keys
        for name, value in zip(COLUMNS, values, strict=True):
            if value:
                by_name[name, value] |= keys
    grouped = links.order_by().values_list("bottleneck", "role").annotate(keys=Joined("initiative"))
    for code, role, joined in grouped:
        # Which are public was asked already: to join tables costs more.
        by_name[LINK, code, role] = parse(joined) & by_name[PUBLIC,]
    return by_name


def _sets(by_name):
    return Sets(MappingProxyType({name: keys for name, keys in by_name.items() if keys}))


def bytes_of(keys):
    """What a set takes in memory, with its name."""
    statistics = keys.get_statistics()
    # And what a set and its name take by themselves.
    return 500 + sum(statistics[f"n_bytes_{kind}_containers"] for kind in ("array", "bitset", "run"))
