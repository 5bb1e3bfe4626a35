"""What a colleague did between the preview and the yes is never overwritten unseen."""

import pytest

from registry.models import Import, Initiative, Link, Organisation
from tests import factories

pytestmark = pytest.mark.django_db


def shown(desk):
    return [
        (clash.number, clash.column, clash.previewed, clash.now) for clash in desk.context.get("clashes", ())
    ]


def test_an_edit_of_the_same_cell_is_a_clash_and_nothing_changes(desk):
    entry = factories.initiative("Hof", slug="hof", summary="A")
    factories.initiative("Heg", slug="heg", summary="X")
    desk.send("adres;samenvatting\nhof;B\nheg;Y\n")
    Initiative.objects.filter(pk=entry.pk).update(summary="C")
    assert desk.confirm() == ["Intussen is er iets gewijzigd. Er is niets geïmporteerd."]
    assert shown(desk) == [(2, "samenvatting", "A", "C")]
    assert list(Initiative.objects.order_by("slug").values_list("summary", flat=True)) == ["X", "C"]
    assert not Import.objects.exists()
    # The page shows what the file would do now; a second yes is to that.
    assert desk.context["outcome"].rows[0].changes == (("samenvatting", "C", "B"),)
    assert desk.confirm() == ["Geïmporteerd: 0 nieuw, 2 gewijzigd, 0 gelijk gebleven."]
    assert Initiative.objects.get(pk=entry.pk).summary == "B"


def test_an_edit_of_another_column_is_no_clash(desk):
    entry = factories.initiative("Hof", slug="hof", summary="A")
    desk.send("adres;samenvatting\nhof;B\n")
    Initiative.objects.filter(pk=entry.pk).update(costs="gratis")
    desk.confirm()
    entry.refresh_from_db()
    assert (entry.summary, entry.costs) == ("B", "gratis")


def test_a_row_that_was_equal_and_is_so_no_more_is_a_clash(desk):
    entry = factories.initiative("A", slug="hof")
    desk.send("adres;naam\nhof;A\nnieuw;N\n")
    Initiative.objects.filter(pk=entry.pk).update(name="Anders")
    desk.confirm()
    assert (2, "naam", "A", "Anders") in shown(desk)
    assert Initiative.objects.count() == 1


def test_a_new_row_that_somebody_made_in_between_is_a_clash(desk):
    desk.send("adres;naam\nhof;Hof\n", "organisation")
    factories.organisation(slug="hof", name="Eerder")
    desk.confirm()
    assert shown(desk) == [(2, "", "stond er nog niet", "staat er al")]
    assert Organisation.objects.get().name == "Eerder"


def test_a_colleague_who_did_the_same_is_told_of(desk):
    entry = factories.initiative("Hof", slug="hof", summary="A")
    desk.send("adres;samenvatting\nhof;B\n")
    Initiative.objects.filter(pk=entry.pk).update(summary="B")
    desk.confirm()
    assert shown(desk) == [(2, "samenvatting", "A", "B")]


def test_a_set_that_changed_is_a_clash(desk):
    case = factories.case(slug="kas")
    case.bottlenecks.add(factories.bottleneck("R1"))
    factories.bottleneck("R2"), factories.bottleneck("R3")
    desk.send("adres;knelpunten\nkas;R2\n", "case")
    case.bottlenecks.set(["R3"])
    desk.confirm()
    assert shown(desk) == [(2, "knelpunten", "R1", "R3")]
    assert [one.code for one in case.bottlenecks.all()] == ["R3"]


def test_a_link_that_is_gone_is_a_clash(desk):
    link = factories.link(factories.initiative(slug="hof"), factories.bottleneck("R1"), "ervaart")
    desk.send("initiatief;knelpunt;rol;toelichting\nhof;R1;ervaart;Nieuw\n", "link")
    Link.objects.filter(pk=link.pk).delete()
    desk.confirm()
    assert shown(desk) == [(2, "", "staat er al", "stond er nog niet")]


def test_pressing_twice_brings_it_in_once(desk):
    desk.send("naam\nHof\n")
    ticket = desk.context["ticket"]
    assert desk.confirm() == ["Geïmporteerd: 1 nieuw, 0 gewijzigd, 0 gelijk gebleven."]
    desk.context = {"ticket": ticket}
    assert desk.confirm() == [
        "Dit bestand is al binnen. Geïmporteerd: 1 nieuw, 0 gewijzigd, 0 gelijk gebleven."
    ]
    assert Import.objects.count() == Initiative.objects.count() == 1
