from datetime import UTC, datetime
from decimal import Decimal

import pytest

from registry.exporting import rows
from registry.models import Initiative, Municipality
from registry.models.public.declaration import Field, Noun, Part
from tests import factories

NAME = Noun("Name", Municipality, (Field("code", "code"), Field("naam", "name")))
CONTACT = Noun("Contact", Initiative, (Field("naam", "contact_name"), Field("email", "contact_email")))
NOUN = Noun(
    "Few",
    Initiative,
    (
        Field("naam", "name"),
        Field("namen", "other_names"),
        Field("kosten", "costs"),
        Field("sinds", "published_at"),
        Field("lengte", "longitude"),
        Field("kern", "place__name"),
        Field("luid", make=str.upper, reads=("name",)),
        Part("gemeente", "municipality", noun=NAME),
        Part("contact", noun=CONTACT, only_if="is_contact_public"),
    ),
)
ALL = {
    "naam": "Tuin",
    "namen": ["De Tuin", "Hof"],
    "kosten": "gratis",
    "sinds": "2026-07-01T12:30:05Z",
    "lengte": 5.25,
    "kern": "Almere Haven",
    "luid": "TUIN",
    "gemeente": {"code": "GM0034", "naam": "Almere"},
    "contact": {"naam": "Ans", "email": None},
}
NOTHING = {
    "naam": "Tuin",
    "namen": [],
    "kosten": None,
    "sinds": None,
    "lengte": None,
    "kern": None,
    "luid": "TUIN",
    "gemeente": None,
    "contact": None,
}


def all_known():
    place = factories.place("Almere Haven")
    return factories.initiative(
        "Tuin",
        other_names="De Tuin\nHof",
        costs="gratis",
        published_at=datetime(2026, 7, 1, 12, 30, 5, 9, UTC),
        longitude=Decimal("5.25"),
        latitude=Decimal("52.3"),
        place=place,
        municipality=place.municipality,
        contact_name="Ans",
        is_contact_public=True,
    )


def nothing_known():
    return factories.initiative("Tuin", published_at=None, contact_name="Ans", is_contact_public=False)


@pytest.mark.django_db
@pytest.mark.parametrize(("make", "expected"), [(all_known, ALL), (nothing_known, NOTHING)])
def test_a_tuple_and_an_object_say_the_same(make, expected):
    key = make().pk
    tuples = rows.Tuples(NOUN, NOUN.in_json, skip=1)
    (row,) = Initiative.objects.values_list("pk", *tuples.columns)
    assert tuples(row) == expected
    assert rows.of_object(NOUN, Initiative.objects.get(pk=key)) == expected
