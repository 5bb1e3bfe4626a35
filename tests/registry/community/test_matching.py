import random
from itertools import permutations

import pytest

from registry.community.matching import distance, matches_for
from registry.models import Bottleneck, Initiative, Link, Status
from tests import factories

pytestmark = pytest.mark.django_db
FACES, TACKLES = Link.Role.FACES, Link.Role.TACKLES


@pytest.fixture
def codes():
    return {code: factories.bottleneck(code) for code in ("R1", "R2", "M1")}


def test_matches_say_why_and_most_shared_stands_first(codes):
    one = factories.initiative(municipality=factories.municipality())
    for code in ("R1", "R2"):
        factories.link(one, codes[code], FACES)
    factories.link(one, codes["M1"], TACKLES)
    few = factories.initiative("Weinig")
    factories.link(few, codes["R1"], TACKLES)
    many = factories.initiative("Veel", municipality=factories.municipality())
    factories.link(many, codes["R2"], TACKLES)
    factories.link(many, codes["M1"], FACES)
    same_role = factories.initiative("Zelfde rol")
    factories.link(same_role, codes["R1"], FACES)
    hidden = factories.initiative("Verborgen", status=Status.SUBMITTED)
    factories.link(hidden, codes["R1"], TACKLES)

    found = matches_for(one)

    assert [match.initiative for match in found] == [many, few]
    assert list(found[0].reasons) == [
        "Zij pakken aan wat u ervaart: R2.",
        "U pakt aan wat zij ervaren: M1.",
        "In dezelfde gemeente.",
    ]
    assert list(found[1].reasons) == ["Zij pakken aan wat u ervaart: R1."]


def test_among_as_many_shared_the_same_kern_stands_first_and_then_the_same_municipality(codes):
    """Whatever the neutral order of the day is: where they are counts before it."""
    place = factories.place("Almere Haven")
    one = factories.initiative(place=place, municipality=place.municipality)
    factories.link(one, codes["R1"], FACES)
    near = {
        "kern": {"place": place, "municipality": place.municipality},
        "gemeente": {"place": None, "municipality": place.municipality},
        "elders": {"place": None, "municipality": factories.municipality("GM0995")},
    }
    for _entry in near:
        factories.link(factories.initiative(), codes["R1"], TACKLES)
    in_order = list(Initiative.objects.exclude(pk=one.pk).in_neutral_order())
    for names in permutations(near):
        for name, entry in zip(names, in_order, strict=True):
            Initiative.objects.filter(pk=entry.pk).update(name=name, **near[name])
        assert [match.initiative.name for match in matches_for(one)] == ["kern", "gemeente", "elders"]


def test_who_reads_along_is_told_in_the_third_person(codes):
    one = factories.initiative(longitude="5.2", latitude="52.3", place=factories.place())
    factories.link(one, codes["R1"], FACES)
    factories.link(one, codes["M1"], TACKLES)
    other = factories.initiative(longitude="5.3", latitude="52.3", place=factories.place())
    factories.link(other, codes["R1"], TACKLES)
    factories.link(other, codes["M1"], FACES)
    [match] = matches_for(one)
    assert list(match.reasons_about("HavenHart")) == [
        "Pakt aan wat HavenHart ervaart: R1.",
        "Ervaart wat HavenHart aanpakt: M1.",
        "In dezelfde kern.",
        "Ongeveer 7 km verderop.",
    ]


def test_what_stopped_is_made_up_or_hangs_on_a_candidate_is_no_match(codes):
    one = factories.initiative()
    candidate = factories.bottleneck("B1", status=Bottleneck.Status.CANDIDATE)
    for bottleneck in (codes["R1"], candidate):
        factories.link(one, bottleneck, FACES)
    for fields in ({"activity": "gestopt"}, {"is_sample": True}):
        factories.link(factories.initiative(**fields), codes["R1"], TACKLES)
    factories.link(factories.initiative(), candidate, TACKLES)
    assert matches_for(one) == []


def test_distance_is_told_only_when_both_show_a_point(codes):
    one = factories.initiative(longitude="5.2", latitude="52.3")
    factories.link(one, codes["R1"], FACES)
    near = factories.initiative("Dichtbij", longitude="5.3", latitude="52.3")
    factories.link(near, codes["R1"], TACKLES)
    nowhere = factories.initiative("Nergens")
    factories.link(nowhere, codes["R1"], TACKLES)
    told = {match.initiative.name: list(match.reasons)[-1] for match in matches_for(one)}
    assert told == {
        "Dichtbij": "Ongeveer 7 km bij u vandaan.",
        "Nergens": "Zij pakken aan wat u ervaart: R1.",
    }


def test_distance_against_known_values():
    assert distance((5.0, 52.0), (5.0, 52.0)) == 0
    assert distance((5.0, 52.0), (5.0, 53.0)) == pytest.approx(111.195, abs=0.001)


def test_matching_costs_the_same_for_one_and_many(codes, django_assert_num_queries):
    one = factories.initiative()
    factories.link(one, codes["R1"], FACES)
    for number in (1, 3):
        while len(matches_for(one)) < number:
            factories.link(factories.initiative(), codes["R1"], TACKLES)
        with django_assert_num_queries(3):
            matches_for(one)


def _plainly(entry):
    """The keys that matches_for gives, worked out one by one."""
    other_role = {"ervaart": "pakt-aan", "pakt-aan": "ervaart"}
    own = set(entry.links.counting().values_list("bottleneck", "role"))
    order = {row.pk: at for at, row in enumerate(Initiative.objects.in_neutral_order())}
    ranked = []
    for other in Initiative.objects.published().exclude(pk=entry.pk):
        theirs = set(other.links.counting().values_list("bottleneck", "role"))
        shared = sum((code, other_role[role]) in own for code, role in theirs)
        if shared and other.activity != "gestopt" and other.is_sample == entry.is_sample:
            same_place = bool(entry.place_id) and other.place_id == entry.place_id
            same_municipality = bool(entry.municipality_id) and other.municipality_id == entry.municipality_id
            ranked.append((-shared, not same_place, not same_municipality, order[other.pk], other.pk))
    return [key for *_rank, key in sorted(ranked)][:6]


@pytest.mark.parametrize("seed", range(2))
def test_the_best_are_those_that_a_plain_look_finds(codes, seed):
    """Also after edits, which the sets behind it follow."""
    lot = random.Random(seed)
    factories.bottleneck("R9", status=Bottleneck.Status.RETIRED)
    towns = [factories.municipality(), factories.municipality("GM0034")]
    places = [factories.place(), None]
    entries = [factories.initiative() for _ in range(15)]

    def change(entry):
        entry.municipality = lot.choice([*towns, None])
        entry.place = lot.choice(places) if entry.municipality == towns[1] else None
        entry.activity = lot.choice(["actief", "actief", "actief", "gestopt"])
        entry.status = lot.choice([Status.PUBLISHED] * 4 + [Status.SUBMITTED])
        entry.is_sample = lot.random() < 0.2
        Initiative.objects.filter(pk=entry.pk).update(
            municipality=entry.municipality,
            place=entry.place,
            activity=entry.activity,
            status=entry.status,
            is_sample=entry.is_sample,
        )
        entry.links.all().delete()
        for bottleneck in Bottleneck.objects.all():
            if lot.random() < 0.5:
                factories.link(entry, bottleneck, role=lot.choice(Link.Role.values))

    for entry in entries:
        change(entry)
    for _round in range(4):
        for entry in Initiative.objects.all():
            assert [match.initiative.pk for match in matches_for(entry)] == _plainly(entry)
        for entry in lot.sample(entries, 3):
            change(entry)
        entries.append(factories.initiative())
        change(entries[-1])
