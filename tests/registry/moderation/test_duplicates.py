import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.foundation.text import normalise
from registry.models import Initiative
from registry.moderation.duplicates import LIKELY, Index, Traits, compare, likely_pairs, lookalikes
from tests import factories

ROWS = [
    ("Hof van Hestia", "GM0995", "https://www.hestia.nl/over"),
    ("Café De Meent", "GM0034", "https://facebook.com/demeent"),
    ("Soep", "GM0995", ""),
]


def index_of(rows):
    index = Index()
    for name, municipality, website in rows:
        index.add(name, Traits.from_values(name, municipality, website))
    return index


def likely(index, *values):
    alike = index.alike(Traits.from_values(*values))
    return alike[0][2] if alike and alike[0][0] >= LIKELY else None


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "municipality", "website", "like"),
    [
        ("HOF VAN HESTIA", "GM0995", "", "Hof van Hestia"),
        ("Hof van Hesta", "GM0995", "", "Hof van Hestia"),
        ("Hofje van Hestia", "GM0995", "", "Hof van Hestia"),
        ("Hofjes in Hestia", "GM0995", "", None),
        ("Hof van Hestia", "GM0034", "", "Hof van Hestia"),
        ("Hof van Hesta", "GM0034", "", None),
        ("Hof van Hestia", None, "", "Hof van Hestia"),
        ("Hof van Hesta", None, "", "Hof van Hestia"),
        ("Stichting Hestia Hof", "GM0995", "", "Hof van Hestia"),
        ("Stichting Hestia Hof", "GM0034", "", "Hof van Hestia"),
        ("Cafe de Ment", "GM0034", "", "Café De Meent"),
        ("Iets anders", "GM0034", "http://hestia.nl", "Hof van Hestia"),
        ("Iets anders", "GM0034", "https://facebook.com/anders", None),
        ("Soef", "GM0995", "", None),
        ("Soep", "GM0995", "", "Soep"),
        ("Iets anders", None, "geen adres", None),
    ],
)
def test_what_is_probably_the_same(name, municipality, website, like):
    assert likely(index_of(ROWS), name, municipality, website) == like


def slips(name, other):
    """Levenshtein's distance, as the textbook has it."""
    above = list(range(len(other) + 1))
    for row, letter in enumerate(name, 1):
        line = [row]
        for column, beside in enumerate(other, 1):
            line.append(min(above[column] + 1, line[-1] + 1, above[column - 1] + (letter != beside)))
        above = line
    return above[-1]


WORDS = st.text("abc ", min_size=8, max_size=14).filter(lambda text: len(" ".join(text.split())) >= 8)


@pytest.mark.once
@given(name=WORDS, others=st.lists(WORDS, min_size=1, max_size=8))
def test_nothing_within_two_slips_is_missed_in_either_direction(name, others):
    def plain(text):
        return normalise(text).strip()

    for other in others:
        near = slips(plain(name), plain(other)) <= 2
        assert not near or likely(index_of([(other, None, "")]), name, None, "") == other
        assert not near or likely(index_of([(name, None, "")]), other, None, "") == name
    found = likely(index_of((other, None, "") for other in others), name, None, "")
    assert bool(found) == any(
        slips(plain(name).replace(" ", ""), plain(other).replace(" ", "")) <= 2
        or set(name.split()) == set(other.split())
        for other in others
    )


TRAITS = st.builds(
    Traits.from_values,
    st.text("abc -", max_size=12) | st.sampled_from(["Stichting Hof", "Hof", "Buurt-tuin", "Buurttuinen"]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from(["", "a.nl", "https://www.a.nl/over", "b.nl", "facebook.com/a"]),
    st.sampled_from([None, (5.5, 52.5), (5.503, 52.5), (5.6, 52.5)]),
)


@pytest.mark.once
@given(one=TRAITS, other=TRAITS)
def test_two_are_alike_whichever_comes_first(one, other):
    assert compare(one, other) == compare(other, one)


@pytest.mark.once
@given(one=TRAITS, others=st.lists(TRAITS, max_size=6))
def test_the_index_misses_nothing_that_comparing_with_each_finds(one, others):
    index = Index()
    for key, other in enumerate(others):
        index.add(key, other)
    expected = sorted(
        (*compare(one, other), key) for key, other in enumerate(others) if compare(one, other)[0]
    )
    assert sorted(index.alike(one)) == expected


@pytest.mark.once
def test_rows_of_one_file_may_differ_by_a_letter():
    index = index_of([("Wandelgroep 1", "GM0995", "")])
    assert index.alike(Traits.from_values("Wandelgroep 2", "GM0995", ""))
    assert not index.alike(Traits.from_values("Wandelgroep 2", "GM0995", ""), with_slips=False)


@pytest.mark.django_db
def test_the_workbench_finds_slips_at_both_ends_and_neighbours_across_a_line_of_the_map():
    where = factories.municipality()
    pairs = [
        [factories.initiative(name, municipality=where, **fields) for name, fields in sides]
        for sides in (
            (("Buurttuin Oost", {}), ("Vuurttuin Oosd", {})),
            (
                ("Leeszaal", {"longitude": "5.50499", "latitude": "52.50000"}),
                ("Repaircafé", {"longitude": "5.50501", "latitude": "52.50000"}),
            ),
            (("Stichting Hof van Hestia", {}), ("Hestia Hof", {})),
        )
    ]
    found = {(first.pk, likeness.initiative.pk) for first, likeness in likely_pairs(Initiative.objects.all())}
    assert found == {(first.pk, second.pk) for first, second in pairs}
    draft = Initiative(name="Buurttuin Oosd", municipality=where)
    assert [likeness.initiative for likeness in lookalikes(draft, Initiative.objects.all())] == pairs[0]
