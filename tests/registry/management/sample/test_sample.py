import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from registry.filters import InitiativeFilter
from registry.foundation.errors import Refused
from registry.management.sample import generate, remove, rows
from registry.models import (
    Case,
    ContentStamp,
    Decision,
    Exchange,
    ExternalId,
    Initiative,
    Link,
    Mention,
    Organisation,
    Status,
)
from registry.moderation.decisions import decide
from tests import factories

pytestmark = pytest.mark.django_db

KINDS = (Initiative, Case, Organisation, Link, Mention, Exchange, ExternalId, Decision)


@pytest.fixture
def register():
    factories.place()
    factories.municipality("GM0995", inhabitants=83033)
    for code in ("R1", "R2", "B1", "M1"):
        factories.bottleneck(code)


def everything():
    """All that is in the register, histories included."""
    rows = {model.__name__: sorted(model.objects.values_list("pk", flat=True)) for model in KINDS}
    histories = {
        model.__name__: sorted(model.history.values_list("history_id", flat=True))
        for model in KINDS
        if hasattr(model, "history")
    }
    return rows, histories


def contents():
    fields = (
        "slug",
        "public_id",
        "name",
        "search_text",
        "position",
        "municipality",
        "place",
        "status",
        "longitude",
    )
    return list(Initiative.objects.order_by("slug").values_list(*fields))


def test_generate_gives_the_same_for_the_same_seed(register):
    generate(initiatives=30, seed=7)
    first = contents()
    remove()
    generate(initiatives=30, seed=7)
    assert contents() == first
    remove()
    generate(initiatives=30, seed=8)
    assert [row[2] for row in contents()] != [row[2] for row in first]


def test_generate_again_adds_nothing_and_more_adds_the_rest(register):
    generate(initiatives=20, seed=1)
    first, before = set(contents()), everything()
    assert sum(generate(initiatives=20, seed=1).values()) == 0
    assert everything() == before
    generate(initiatives=25, seed=1)
    assert (Initiative.objects.count(), first - set(contents())) == (25, set())


def test_generate_fills_the_register_with_marked_valid_rows(register):
    made = generate(initiatives=200, seed=1)
    assert (made["initiatieven"], made["casussen"], Organisation.objects.count()) == (200, 20, 40)
    for model in (Initiative, Case, Organisation):
        assert not model.objects.filter(is_sample=False).exists()
        for row in model.objects.all():
            row.full_clean()
    assert set(Link.objects.values_list("role", flat=True)) == {"ervaart", "pakt-aan"}
    assert {"concept", "gepubliceerd"} < set(Initiative.objects.values_list("status", flat=True))
    assert Initiative.objects.filter(is_location_shielded=True).exists()
    assert Mention.objects.exists()
    assert Exchange.objects.exists()


def test_generate_makes_one_word_common_one_rare_and_one_unique(register):
    generate(initiatives=1000, seed=1)
    everyone = Initiative.objects.all()
    common, rare, once = (
        everyone.filter(search_text__contains=word).count()
        for word in ("koffie", "bijenhotel", "sterrenwacht")
    )
    assert (550 < common < 650, 3 < rare < 20, once) == (True, True, 1)
    assert InitiativeFilter({"zoek": "sterrenwacht"}).counts.total == 1


def test_generate_asks_for_the_deck_first():
    with pytest.raises(CommandError, match=r"Draai eerst: manage.py load_deck"):
        call_command("sample_initiatives")
    assert not Initiative.objects.exists()


def test_remove_takes_all_of_the_sample_and_nothing_else(register, capsys):
    real = factories.initiative("Echt")
    factories.link(real, factories.bottleneck("P1"))
    factories.case("Echte casus", initiative=real)
    factories.organisation()
    Mention.objects.create(initiative=real, event="Festival")
    before = everything()
    call_command("sample_initiatives", initiatives=40)
    staff = factories.person()
    one, other = Initiative.objects.filter(is_sample=True, status=Status.PUBLISHED)[:2]
    decide(one, Status.WITHDRAWN, by=staff, reason="Proef")
    decide(other, Status.MERGED, by=staff, merged_into=one)
    for link in Link.objects.filter(initiative__is_sample=True)[:3]:
        link.save()
    case = Case.objects.filter(is_sample=True).first()
    case.save()
    ExternalId.objects.create(initiative=one, scheme="kvk", value="1")
    gone = Initiative.objects.filter(is_sample=True).exclude(pk__in=[one.pk, other.pk]).first()
    gone.save()
    gone.cases.all().delete()
    gone.delete()
    call_command("remove_sample_initiatives")
    assert everything() == before
    assert "initiatieven: 39 verwijderd" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["case", "organisation", "merged"])
def test_remove_refuses_while_real_content_points_at_the_sample(register, kind):
    generate(initiatives=10, seed=1)
    example = Initiative.objects.filter(status=Status.PUBLISHED).first()
    if kind == "case":
        factories.case("Echt", initiative=example)
    elif kind == "organisation":
        factories.initiative("Echt", organisation=Organisation.objects.first())
    else:
        factories.initiative("Echt", status=Status.MERGED, merged_into=example)
    before = everything()
    with pytest.raises(Refused, match=r"Pas eerst aan: Echt\. Er is niets verwijderd"):
        remove()
    with pytest.raises(CommandError):
        call_command("remove_sample_initiatives")
    assert everything() == before


def test_sample_moves_the_stamp(register):
    before = ContentStamp.current()
    generate(initiatives=5, seed=1)
    between = ContentStamp.current()
    remove()
    assert before < between < ContentStamp.current()


def test_generate_works_in_batches(register, monkeypatch):
    monkeypatch.setattr(rows, "BATCH", 7)
    generate(initiatives=20, seed=1)
    assert Initiative.objects.filter(is_sample=True).count() == 20
