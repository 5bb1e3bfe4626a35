import pytest

from registry.exporting.chunks import chunks
from registry.exporting.rows import public_links
from registry.models import Bottleneck, Initiative, Link
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_chunks_hold_every_row_once_by_key(size):
    keys = [factories.initiative().pk for _number in range(3)]
    found = list(chunks(Initiative.objects.in_neutral_order(), ["name"], size=size))
    assert [row[0] for rows in found for row in rows] == keys
    assert max(len(rows) for rows in found) <= size


def test_chunks_of_nothing_are_none():
    assert list(chunks(Initiative.objects.all(), ["name"])) == []


def test_links_are_public_and_in_the_order_of_the_levels():
    initiative, other = factories.initiative(), factories.initiative()
    for code in ("R2", "R10", "M1"):
        factories.link(initiative, factories.bottleneck(code))
    factories.link(initiative, Bottleneck.objects.get(pk="R2"), Link.Role.FACES)
    factories.link(initiative, factories.bottleneck("R3", status=Bottleneck.Status.CANDIDATE))
    factories.link(other, Bottleneck.objects.get(pk="M1"), explanation="Zo")
    assert public_links([initiative.pk]) == {
        initiative.pk: [("M1", "pakt-aan"), ("R2", "ervaart"), ("R2", "pakt-aan"), ("R10", "pakt-aan")]
    }
    assert public_links([other.pk], "explanation") == {other.pk: [("M1", "pakt-aan", "Zo")]}
