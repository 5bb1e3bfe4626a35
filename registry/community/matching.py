"""Who tackles what you face, and the reverse: explained in words, neutral among equals."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from pyroaring import BitMap

from registry.geo.distance import distance
from registry.models import Bottleneck, ContentStamp, Initiative, Link
from registry.search.neutral import first_of
from registry.search.sets import LINK, SAMPLE, all_sets

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
    """Published initiatives that go on and share a bottleneck in the other role, best first; four queries at most.

    More shared bottlenecks first, then same kern, then same municipality; among equals the neutral
    order of the day. Distance is told, not ranked on: few entries show where they are.
    """
    versions = ContentStamp.versions()
    sets = all_sets(versions)
    shared = {
        (code, _ANSWERS[role]): sets.of(LINK, code, _ANSWERS[role])
        for code, role in initiative.links.counting().values_list("bottleneck", "role")
    }
    if not shared:
        return []
    others = sets.public - sets.of("activiteit", Initiative.Activity.STOPPED) - BitMap([initiative.pk])
    others = others & sets.of(SAMPLE, True) if initiative.is_sample else others - sets.of(SAMPLE, True)
    places = [sets.of("kern", initiative.place_id), sets.of("gemeente", initiative.municipality_id)]
    keys: list[int] = []
    for equals in _best_first(shared.values(), others, places):
        keys += first_of(equals, most - len(keys), versions.content)
        if len(keys) == most:
            break
    rows = Initiative.objects.published().select_related("municipality", "place").in_bulk(keys)
    return [_match(initiative, rows[key], _codes(shared, key)) for key in keys if key in rows]


def _best_first(shared: Iterable[BitMap], others: BitMap, places: Iterable[BitMap]) -> Iterator[BitMap]:
    """``others`` in groups of equals: by how many of ``shared`` they are in, then by the first of ``places``."""
    in_at_least = [others]  # so many of them
    for keys in shared:
        in_at_least.append(in_at_least[-1] & keys)
        for number in range(len(in_at_least) - 2, 0, -1):
            in_at_least[number] |= in_at_least[number - 1] & keys
    more = BitMap()
    for enough in reversed(in_at_least[1:]):
        rest, more = enough - more, enough
        for place in places:
            yield rest & place
            rest -= place
        yield rest


def _codes(shared: Mapping[tuple[str, str], BitMap], key: int) -> Codes:
    """What the initiative with this key tackles and faces of what is shared."""
    codes: dict[str, list[str]] = {role: [] for role in Link.Role.values}
    for (code, role), keys in shared.items():
        if key in keys:
            codes[role].append(code)
    return codes


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
