"""Who tackles what you face, and the reverse: explained in words, neutral among equals."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from registry.geo.distance import distance
from registry.models import Bottleneck, Initiative, Link

MOST = 6
# Role to the codes of bottlenecks.
Codes = Mapping[str, list[str]]
_ANSWERS: dict[str, str] = {Link.Role.TACKLES: Link.Role.FACES, Link.Role.FACES: Link.Role.TACKLES}


@dataclass(frozen=True)
class Match:
    """Another initiative, the codes that tie the two, and how near it is."""

    initiative: Initiative
    they_tackle: tuple[str, ...]
    they_face: tuple[str, ...]
    is_same_place: bool
    is_same_municipality: bool
    kilometres: float | None

    @property
    def reasons(self) -> Iterator[str]:
        """Sentences that say why, in the order of weight."""
        if self.they_tackle:
            yield _("Zij pakken aan wat u ervaart: %s.") % ", ".join(self.they_tackle)
        if self.they_face:
            yield _("U pakt aan wat zij ervaren: %s.") % ", ".join(self.they_face)
        if self.is_same_place:
            yield _("In dezelfde kern.")
        elif self.is_same_municipality:
            yield _("In dezelfde gemeente.")
        if self.kilometres is not None:
            yield _("Ongeveer %s km bij u vandaan.") % self._whole_kilometres

    def reasons_about(self, name: str) -> Iterator[str]:
        """The same, for whoever reads along: ``name`` is the initiative that this is a match for."""
        if self.they_tackle:
            yield _("Pakt aan wat %(name)s ervaart: %(codes)s.") % {
                "name": name,
                "codes": ", ".join(self.they_tackle),
            }
        if self.they_face:
            yield _("Ervaart wat %(name)s aanpakt: %(codes)s.") % {
                "name": name,
                "codes": ", ".join(self.they_face),
            }
        if self.is_same_place:
            yield _("In dezelfde kern.")
        elif self.is_same_municipality:
            yield _("In dezelfde gemeente.")
        if self.kilometres is not None:
            yield _("Ongeveer %s km verderop.") % self._whole_kilometres

    @property
    def _whole_kilometres(self) -> int:
        return max(1, round(self.kilometres or 0))


def matches_for(initiative: Initiative, *, most: int = MOST) -> list[Match]:
    """Published initiatives that go on and share a bottleneck in the other role, best first; three queries.

    More shared bottlenecks first, then same kern, then same municipality; among equals the neutral
    order of the day. Distance is told, not ranked on: few entries show where they are.
    """
    own: dict[str, set[str]] = {role: set() for role in Link.Role.values}
    for code, role in initiative.links.counting().values_list("bottleneck", "role"):
        own[role].add(code)
    others = (
        Link.objects.counting()
        .exclude(initiative=initiative)
        .exclude(initiative__activity=Initiative.Activity.STOPPED)
        .filter(bottleneck__in=own["ervaart"] | own["pakt-aan"], initiative__is_sample=initiative.is_sample)
    )
    shared: dict[int, dict[str, list[str]]] = {}
    for key, code, role in others.values_list("initiative", "bottleneck", "role"):
        if code in own[_ANSWERS[role]]:
            shared.setdefault(key, {value: [] for value in Link.Role.values})[role].append(code)
    candidates = Initiative.objects.published().filter(pk__in=_most_shared(shared)).in_neutral_order()
    matches = [
        _match(initiative, other, shared[other.pk])
        for other in candidates.select_related("municipality", "place")
    ]
    # The sort is stable: equals stay in neutral order.
    matches.sort(
        key=lambda match: (
            -len(match.they_tackle) - len(match.they_face),
            not match.is_same_place,
            not match.is_same_municipality,
        )
    )
    return matches[:most]


def why(initiative: Initiative, other: Initiative) -> str:
    """Why ``initiative`` may want to know ``other``, as who keeps its page reads it: sentences with the names of
    bottlenecks. Empty when nothing ties the two."""
    own, theirs = (
        set(entry.links.counting().values_list("bottleneck", "role")) for entry in (initiative, other)
    )
    shared = {
        role: [code for code, is_ in theirs if is_ == role and (code, _ANSWERS[role]) in own]
        for role in Link.Role.values
    }
    names = {
        bottleneck.pk: _named(bottleneck)
        for bottleneck in Bottleneck.objects.filter(
            pk__in={code for codes in shared.values() for code in codes}
        )
    }
    match = _match(initiative, other, shared)
    match = replace(
        match,
        they_tackle=tuple(names[code] for code in match.they_tackle),
        they_face=tuple(names[code] for code in match.they_face),
    )
    return " ".join(match.reasons)


def _named(bottleneck: Bottleneck) -> str:
    return bottleneck.title or f"‘{bottleneck.name.rstrip('.')}’"


def _most_shared(shared: Mapping[int, Codes], keep: int = 500) -> list[int]:
    """The keys worth fetching: a bottleneck that thousands share must not fetch them all."""
    by_weight = sorted(shared, key=lambda key: -sum(map(len, shared[key].values())))
    return by_weight[:keep]


def _match(initiative: Initiative, other: Initiative, codes: Codes) -> Match:
    kilometres = None
    if initiative.point and other.point:
        kilometres = distance(initiative.point, other.point)
    return Match(
        initiative=other,
        they_tackle=tuple(sorted(codes[Link.Role.TACKLES])),
        they_face=tuple(sorted(codes[Link.Role.FACES])),
        is_same_place=bool(initiative.place_id) and initiative.place_id == other.place_id,
        is_same_municipality=bool(initiative.municipality_id)
        and initiative.municipality_id == other.municipality_id,
        kilometres=kilometres,
    )
