from collections import Counter

import pytest
from django.core.management import call_command

from registry.models import (
    Bottleneck,
    Decision,
    Finding,
    Initiative,
    Interaction,
    Level,
    Link,
    Mention,
    Municipality,
    Organisation,
    Place,
    Source,
    Status,
    Term,
)

pytestmark = pytest.mark.django_db

COUNTED = [
    Bottleneck, Decision, Finding, Initiative, Interaction, Level, Link, Mention, Municipality,
    Organisation, Place, Source, Term,
]  # fmt: skip


@pytest.fixture
def deck():
    call_command("load_deck", verbosity=0)


def counts():
    return {model.__name__: model.objects.count() for model in COUNTED}


@pytest.mark.usefixtures("deck")
def test_load_deck_brings_all_and_nothing_more():
    assert counts() == {
        "Bottleneck": 34,
        "Decision": 14,
        "Finding": 34,
        "Initiative": 14,
        "Interaction": 1,
        "Level": 4,
        "Link": 0,  # the deck states none
        "Mention": 14,
        "Municipality": 6,
        "Organisation": 3,
        "Place": 23,
        "Source": 4,
        "Term": 19,
    }


@pytest.mark.once
@pytest.mark.usefixtures("deck")
def test_bottlenecks_stand_verbatim_in_deck_order():
    assert Counter(Bottleneck.objects.values_list("level", flat=True)) == {
        "maatschappelijk": 8,
        "bestuurlijk": 10,
        "professioneel": 7,
        "relationeel": 9,
    }
    assert list(Bottleneck.objects.values_list("pk", flat=True)) == [
        f"{letter}{number}"
        for letter, most in [("M", 8), ("B", 10), ("P", 7), ("R", 9)]
        for number in range(1, most + 1)
    ]
    assert Bottleneck.objects.get(pk="R1").statement == (
        "Er wordt teveel vóór inwoners gedacht, in plaats van te luisteren naar waar behoefte aan is bij "
        "samenlevingsopbouw."
    )
    assert Bottleneck.objects.get(pk="B10").statement == (
        "Er zijn te weinig plekken in wijken waar mensen elkaar 'toevallig' tegenkomen (zoals winkels, "
        "speeltuinen, etc.)."
    )


@pytest.mark.once
@pytest.mark.usefixtures("deck")
def test_unknown_stays_unknown():
    assert set(Bottleneck.objects.values_list("origin", flat=True)) == {Bottleneck.Origin.UNKNOWN}
    assert set(Bottleneck.objects.values_list("title", flat=True)) == {""}
    assert set(Initiative.objects.values_list("activity", "run_by", "longitude", "confirmed_on")) == {
        ("", "", None, None)
    }
    assert set(Mention.objects.values_list("mentioned_on", flat=True)) == {None}
    assert Counter(Initiative.objects.values_list("kind", flat=True)) == {
        "": 10,
        "evenement": 2,
        "beleid": 1,
        "dagbesteding": 1,
    }


@pytest.mark.once
@pytest.mark.usefixtures("deck")
def test_examples_are_public_with_place_and_mentions():
    assert Initiative.objects.published().count() == 14
    havenhart = Initiative.objects.get(slug="havenhart")
    assert (havenhart.municipality_id, havenhart.place.name) == ("GM0034", "Almere Haven")
    assert Initiative.objects.get(slug="hof-van-hestia").municipality.name == "Lelystad"
    assert Initiative.objects.get(slug="woonagenda-flevoland").municipality is None
    twice = Mention.objects.filter(count=2).values_list("initiative__slug", flat=True)
    assert sorted(twice) == ["almere-stad-binnenhaven", "homerushuis", "oosterwold"]
    assert {mention.count for mention in Mention.objects.exclude(count=2)} == {1}


@pytest.mark.once
@pytest.mark.usefixtures("deck")
def test_findings_for_flevoland_name_their_municipalities():
    assert [
        sorted(finding.municipalities.values_list("name", flat=True))
        for finding in Finding.objects.filter(is_about_flevoland=True)
    ] == [[], ["Almere"], ["Almere"], ["Dronten", "Lelystad", "Zeewolde"], ["Urk"]]


@pytest.mark.usefixtures("deck")
def test_loading_twice_changes_nothing():
    before = counts()
    histories = Initiative.history.count()
    call_command("load_deck", verbosity=0)
    assert counts() == before
    assert Initiative.history.count() == histories


@pytest.mark.usefixtures("deck")
def test_loading_again_leaves_what_staff_changed_renamed_withdrew_and_removed():
    havenhart = Initiative.objects.get(slug="havenhart")
    havenhart.slug, havenhart.summary = "havenhart-almere", "Door de redactie geschreven"
    havenhart.save()
    Initiative.objects.filter(slug="oosterwold").update(status=Status.WITHDRAWN)
    homerushuis = Initiative.objects.get(slug="homerushuis")
    homerushuis.delete()
    Finding.objects.get(slug="professioneel-1").delete()
    Term.objects.get(slug="opbouwwerker").delete()
    wording = Bottleneck.objects.get(pk="R1").wordings.get()
    wording.text = "Anders gezegd"
    wording.save()
    before = counts()

    call_command("load_deck", verbosity=0)

    assert counts() == before
    assert Initiative.objects.get(slug="havenhart-almere").summary == "Door de redactie geschreven"
    assert Initiative.objects.get(slug="oosterwold").status == Status.WITHDRAWN
    assert Bottleneck.objects.get(pk="R1").statement == "Anders gezegd"


@pytest.mark.once
@pytest.mark.usefixtures("deck")
def test_every_municipality_is_drawn_and_a_better_outline_stays():
    assert not Municipality.objects.filter(outline__isnull=True).exists()
    better = {"type": "Polygon", "coordinates": [[[5.6, 52.6], [5.7, 52.6], [5.7, 52.7], [5.6, 52.6]]]}
    Municipality.objects.filter(pk="GM0184").update(outline=better)
    call_command("load_deck", verbosity=0)
    assert Municipality.objects.get(pk="GM0184").outline == better
