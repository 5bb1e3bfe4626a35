"""However somebody is written they are found, and nobody else is."""

import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from registry.personal_data.person import GONE, Known
from registry.personal_data.spelling import numbers_in

pytestmark = pytest.mark.once
NONE = frozenset()
DIGITS = st.text("0123456789", min_size=8, max_size=8)
BETWEEN = st.sampled_from(["", " ", "-", "/", ".", "\u00a0", "_", "–", " - ", ") "])
AROUND = st.sampled_from(["", " ", "-", "...", "_", "(", "tel.", "tel:", "'", "\n", "\u00a0"])
BEHIND = st.sampled_from(["", " ", ".", ",", "_", ")", "-", "!", "\n"])
PART = st.text("abcdefgh1", min_size=1, max_size=6)


def of(*, address=(), phone="", name=()):
    return Known(frozenset(address), frozenset(numbers_in(phone)), frozenset(name))


@settings(max_examples=200, deadline=None)
@given(
    DIGITS,
    st.lists(BETWEEN, min_size=10, max_size=10),
    st.sampled_from(["0", "+31 ", "0031", "+31 (0)"]),
    AROUND,
    BEHIND,
)
def test_a_dutch_number_is_found_as_anybody_writes_it(digits, between, country, before, after):
    wanted = f"6{digits}"
    written = country + "".join(sign + gap for sign, gap in zip(wanted, between, strict=False)).rstrip(
        ") -/._\u00a0–"
    )
    assume(not re.search(r"\d$", before))
    text = of(phone=f"06-{digits}").without(f"{before}{written}{after}")
    assert not re.search(r"\d{4}", text)
    assert GONE in text


@settings(max_examples=200, deadline=None)
@given(DIGITS, st.text("0123456789", min_size=1, max_size=3))
def test_a_longer_number_is_another(digits, more):
    for text in (f"06{digits}{more}", f"NL91ABNA06{digits}"):
        assert of(phone=f"06{digits}").without(text) == text


@pytest.mark.parametrize(
    ("field", "texts"),
    [
        ("+32 471 12 34 56", ["+32 471 12 34 56", "0032471123456", "32-471-123456"]),
        ("0612345678/0320123456", ["06 12345678", "0320-123456"]),
        (
            "06/12345678",
            ["06/12345678", "06–12 34 56 78", "tel.0612345678", "06_12345678", "+31 (0)6 12345678"],
        ),
    ],
)
def test_numbers_as_they_are_stored(field, texts):
    for text in texts:
        assert re.fullmatch(rf"Bel (tel\.)?{re.escape(GONE)}\.", of(phone=field).without(f"Bel {text}."))


@pytest.mark.parametrize("field", ["", "de", "geen", "265265", "06 12 34", ".", "()", "+"])
def test_fewer_than_eight_digits_are_no_number(field):
    assert numbers_in(field) == set()


@settings(max_examples=200, deadline=None)
@given(PART, PART, st.sampled_from(["", " ", "-", "...", "_", "mailto:", "(", "<", "'", "=", "%20"]), BEHIND)
def test_an_address_is_found_whatever_stands_around_it(local, host, before, after):
    address = f"{local}@{host}.nl"
    for written in (address, address.upper(), address.replace("@", "%40")):
        assert of(address=[address]).without(f"{before}{written}{after}") == f"{before}{GONE}{after}"


@settings(max_examples=200, deadline=None)
@given(PART, PART, PART, st.sampled_from([".", "-", "_", "+", "'", "’", ""]), st.sampled_from([".", "-", ""]))
@example("an", "x", "o", "'", ".")
def test_a_part_of_a_longer_address_is_somebody_else(local, host, more, before, after):
    address = f"{local}@{host}.nl"
    for text in (f"{more}{before}{address}", f"{address}{after}{more}"):
        assert of(address=[address]).without(text) == text


def test_a_host_in_its_own_letters():
    known = of(address=["jan@xn--caf-dma.nl"])
    assert known.without("Mail jan@café.nl of jan@xn--caf-dma.nl.") == f"Mail {GONE} of {GONE}."


@pytest.mark.parametrize(
    "text",
    [
        "Wil d'Hond",
        "Wil d’Hond",
        "wil  d`hond",
        "Wil&nbsp;d&#x27;Hond",
        "Wil+d%27Hond",
        "_Wil d’Hond_",
        "Wil d&rsquo;Hond",
    ],
)
def test_a_name_with_an_apostrophe(text):
    assert "ond" not in of(name=["Wil d’Hond"]).without(text)


@pytest.mark.parametrize("text", ["Wil d'Hond-Jansen", "Anna-Wil d'Hond", "Mwil d'Hond", "Wil d'Honden"])
def test_a_longer_name_is_another(text):
    assert of(name=["Wil d'Hond"]).without(text) == text
