import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.moderation.similarity import Known, within

pytestmark = pytest.mark.once

KNOWN = Known(
    [
        ("Hof van Hestia", "GM0995", "https://www.hestia.nl/over"),
        ("Café De Meent", "GM0034", "https://facebook.com/demeent"),
        ("Soep", "GM0995", ""),
    ]
)


@pytest.mark.parametrize(
    ("name", "municipality", "website", "like"),
    [
        ("HOF VAN HESTIA", "GM0995", "", "Hof van Hestia"),
        ("Hof van Hesta", "GM0995", "", "Hof van Hestia"),
        ("Hofje van Hestia", "GM0995", "", "Hof van Hestia"),
        ("Hofjes in Hestia", "GM0995", "", None),
        ("Hof van Hestia", "GM0034", "", "Hof van Hestia"),
        ("Hof van Hestia", None, "", "Hof van Hestia"),
        ("Stichting Hestia Hof", "GM0995", "", "Hof van Hestia"),
        ("Cafe de Ment", "GM0034", "", "Café De Meent"),
        ("Iets anders", "GM0034", "http://hestia.nl", "Hof van Hestia"),
        ("Iets anders", "GM0034", "https://facebook.com/anders", None),
        ("Soef", "GM0995", "", None),
        ("Soep", "GM0995", "", "Soep"),
        ("Iets anders", None, "geen adres", None),
    ],
)
def test_what_is_probably_the_same(name, municipality, website, like):
    assert KNOWN.like(name, municipality, website) == like


WORDS = st.text("abc ", min_size=8, max_size=14).filter(lambda text: len(" ".join(text.split())) >= 8)


@given(name=WORDS, others=st.lists(WORDS, min_size=1, max_size=8))
def test_nothing_within_two_slips_is_missed(name, others):
    def plain(text):
        return " ".join(text.split())

    known = Known((other, None, "") for other in others)
    near = any(within(plain(name), plain(other), 2) for other in others)
    assert bool(known.like(name, None, "")) == near
