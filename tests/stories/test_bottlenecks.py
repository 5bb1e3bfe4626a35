"""A team tidies up its bottlenecks: what hung on one that went is found again, and nobody is left without a word."""

from datetime import timedelta

import pytest
import tablib
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from registry.models import Bottleneck, Case, Decision, Interaction, Link, Role, SavedSearch
from registry.resources import BottleneckResource
from tests import factories
from tests.mail import words

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MERGED, RETIRED, ACTIVE = Bottleneck.Status.MERGED, Bottleneck.Status.RETIRED, Bottleneck.Status.ACTIVE


def change(client, code, status, into=""):
    """As an editor does on the page of the bottleneck."""
    bottleneck = Bottleneck.objects.get(pk=code)
    page = reverse("admin:registry_bottleneck_change", args=[code])
    given = {
        "level": bottleneck.level_id,
        "number": bottleneck.number,
        "title": bottleneck.title,
        "explanation": "",
        "origin": bottleneck.origin,
        "status": status,
        "merged_into": into,
        "municipality": "",
        "wordings-TOTAL_FORMS": 0,
        "wordings-INITIAL_FORMS": 0,
    }
    response = client.post(page, given)
    assert response.status_code == 302, response.context["errors"]
    return client.get(page)


@pytest.fixture
def staff(client):
    client.force_login(factories.person(role=Role.EDITOR))
    return client


@pytest.fixture
def two():
    return factories.bottleneck("R1", statement="Wij worden niet gehoord."), factories.bottleneck("R2")


def found(client, address):
    page = client.get(address)
    assert page.status_code == 200
    return page.content.decode()


def test_what_was_linked_to_the_old_one_is_found_under_the_new(staff, two):
    old, new = two
    facing, tackling = factories.initiative("Buurthuis"), factories.initiative("Keuken")
    factories.link(facing, old, Link.Role.FACES, explanation="Elke week")
    factories.link(tackling, new, Link.Role.TACKLES)
    assert "Wie kan elkaar verder helpen" not in found(staff, facing.get_absolute_url())
    page = change(staff, "R1", MERGED, "R2")
    assert "1 koppeling staat nu bij R2." in page.content.decode()
    for code in ("R1", "R2"):
        assert "Buurthuis" in found(staff, f"/initiatieven/?knelpunt={code}")
        rows = staff.get(f"/api/v1/knelpunten/{code}/initiatieven").json()["initiatieven"]
        assert {row["naam"] for row in rows} == {"Buurthuis", "Keuken"}
    assert staff.get("/knelpunten/r1/").headers["Location"] == "/knelpunten/r2/"
    assert "Buurthuis" in found(staff, "/knelpunten/r2/")
    assert "Wie kan elkaar verder helpen" in found(staff, tackling.get_absolute_url())
    link = Link.objects.get(initiative=facing)
    assert (link.bottleneck_id, link.explanation) == ("R2", "Elke week")
    assert "R1 is samengevoegd met R2" in Decision.objects.get(initiative=facing).reason


def test_an_initiative_with_both_has_it_once_and_both_come_back(staff, two):
    entry = factories.initiative()
    for bottleneck in two:
        factories.link(entry, bottleneck, explanation=bottleneck.code)
    before = set(Link.objects.values_list("initiative", "bottleneck", "role", "explanation"))
    change(staff, "R1", MERGED, "R2")
    assert [link.explanation for link in entry.links.all()] == ["R2"]
    page = change(staff, "R1", ACTIVE)
    assert "1 koppeling is terug." in page.content.decode()
    assert set(Link.objects.values_list("initiative", "bottleneck", "role", "explanation")) == before


def snapshot():
    return {
        "links": sorted(Link.objects.values_list("initiative", "bottleneck", "role", "explanation")),
        "interplay": sorted(
            Interaction.objects.values_list("from_bottleneck", "to_bottleneck", "explanation")
        ),
        "cases": sorted(Case.objects.values_list("title", "bottlenecks")),
        "follow": sorted(SavedSearch.objects.values_list("email", "query", "label")),
    }


@pytest.mark.parametrize("by_file", [False, True])
def test_all_that_went_along_comes_back_also_after_a_chain(staff, two, by_file):
    old, new = two
    last, other = factories.bottleneck("R3"), factories.bottleneck("M1")
    first, second = factories.initiative(), factories.initiative()
    for entry, bottleneck, text in [
        (first, old, "a"),
        (first, new, "b"),
        (second, old, "c"),
        (second, last, "d"),
    ]:
        factories.link(entry, bottleneck, explanation=text)
    factories.case("Verhaal").bottlenecks.add(old)
    both = factories.case("Beide")
    both.bottlenecks.add(old, new)
    Interaction.objects.create(from_bottleneck=old, to_bottleneck=other, explanation="Want")
    Interaction.objects.create(from_bottleneck=old, to_bottleneck=new, explanation="Tussen die twee")
    for email, query in [
        ("een@voorbeeld.nl", "knelpunt=R1"),
        ("twee@voorbeeld.nl", "knelpunt=R1&knelpunt=R2"),
    ]:
        SavedSearch.objects.create(
            email=email,
            query=query,
            label=str(old),
            confirmed_at=timezone.now(),
            sent_on=timezone.localdate(),
        )
    before = snapshot()

    def step(code, status, into=""):
        if not by_file:
            change(staff, code, status, into)
            return
        table = tablib.Dataset([code, status, into], headers=["code", "status", "samengevoegd_met"])
        assert not BottleneckResource().import_data(table, raise_errors=True).has_errors()

    step("R1", MERGED, "R2")
    step("R2", MERGED, "R3")
    assert snapshot() != before
    step("R2", ACTIVE)
    step("R1", ACTIVE)
    assert snapshot() == before
    step("R1", MERGED, "R2")
    step("R2", MERGED, "R3")
    step("R1", ACTIVE)
    step("R2", ACTIVE)
    assert snapshot() == before


def test_one_merged_into_the_wrong_one_is_given_to_another(staff, two):
    factories.bottleneck("R3")
    entry = factories.initiative()
    factories.link(entry, two[0])
    change(staff, "R1", MERGED, "R2")
    change(staff, "R1", MERGED, "R3")
    assert entry.links.get().bottleneck_id == "R3"


def test_residents_read_what_became_of_their_links(staff, two, mailoutbox):
    entry = factories.initiative("Tuin", run_by="inwoners")
    factories.owner(entry, "bewoner@voorbeeld.nl")
    for bottleneck in two:
        factories.link(entry, bottleneck)
    change(staff, "R1", MERGED, "R2")
    [letter] = mailoutbox
    assert letter.to == ["bewoner@voorbeeld.nl"]
    assert "die van R1 is weg" in words(letter)


def test_a_filter_on_what_leads_to_no_page_has_ended(staff, two):
    change(staff, "R1", MERGED, "R2")
    change(staff, "R2", Bottleneck.Status.CANDIDATE)
    assert staff.get("/volgen/?knelpunt=R1").status_code == 400
    assert "bestaat niet" in found(staff, "/initiatieven/?knelpunt=R1")


def test_links_that_moved_twice_go_where_the_last_one_leads(staff, two):
    factories.bottleneck("R3")
    entry = factories.initiative()
    factories.link(entry, two[0])
    change(staff, "R1", MERGED, "R2")
    change(staff, "R2", MERGED, "R3")
    assert entry.links.get().bottleneck_id == "R3"
    assert entry.name in found(staff, "/initiatieven/?knelpunt=R1")


def test_cases_findings_and_interplay_go_along(staff, two):
    old, new = two
    factories.case("Het verhaal").bottlenecks.add(old)
    other = factories.bottleneck("M1")
    for start, end in [(old, other), (new, other), (old, new)]:
        Interaction.objects.create(from_bottleneck=start, to_bottleneck=end, explanation="Want")
    change(staff, "R1", MERGED, "R2")
    assert "Het verhaal" in found(staff, "/knelpunten/r2/")
    assert [str(one) for one in Interaction.objects.all()] == ["R2 → M1"]


def test_a_follower_of_the_old_one_hears_of_what_is_new_at_the_other(staff, two, mailoutbox):
    for query, email in [
        ("gemeente=GM0995&knelpunt=R1", "een@voorbeeld.nl"),
        ("knelpunt=R1&knelpunt=R2", "twee@voorbeeld.nl"),
        ("knelpunt=R1", "beide@voorbeeld.nl"),
        ("knelpunt=R2", "beide@voorbeeld.nl"),
    ]:
        SavedSearch.objects.create(
            email=email,
            query=query,
            label=str(two[0]),
            confirmed_at=timezone.now(),
            sent_on=timezone.localdate() - timedelta(days=8),
        )
    change(staff, "R1", MERGED, "R2")
    assert sorted(SavedSearch.objects.values_list("email", "query")) == [
        ("beide@voorbeeld.nl", "knelpunt=R2"),
        ("een@voorbeeld.nl", "gemeente=GM0995&knelpunt=R2"),
        ("twee@voorbeeld.nl", "knelpunt=R2"),
    ]
    entry = factories.initiative(
        "Nieuw", municipality=factories.municipality(), published_at=timezone.now() - timedelta(days=2)
    )
    factories.link(entry, two[1])
    call_command("send_digests", verbosity=0)
    assert sorted(letter.to for letter in mailoutbox) == [
        ["beide@voorbeeld.nl"],
        ["een@voorbeeld.nl"],
        ["twee@voorbeeld.nl"],
    ]


def test_a_file_that_merges_does_the_same(two):
    entry = factories.initiative()
    factories.link(entry, two[0])
    table = tablib.Dataset(["R1", MERGED, "R2"], headers=["code", "status", "samengevoegd_met"])
    result = BottleneckResource().import_data(table, raise_errors=True)
    assert not result.has_errors()
    assert entry.links.get().bottleneck_id == "R2"


def test_nothing_merges_into_what_does_not_count(staff, two):
    for status in (Bottleneck.Status.CANDIDATE, RETIRED):
        Bottleneck.objects.filter(pk="R2").update(status=status)
        page = reverse("admin:registry_bottleneck_change", args=["R1"])
        response = staff.post(
            page,
            {
                "level": "relationeel",
                "number": 1,
                "origin": "onbekend",
                "status": MERGED,
                "merged_into": "R2",
                "wordings-TOTAL_FORMS": 0,
                "wordings-INITIAL_FORMS": 0,
            },
        )
        assert "is geen knelpunt dat nu telt" in response.content.decode()


def test_what_is_retired_says_so_where_it_is_linked_and_stands_on_the_worklist(staff, two):
    entry, other = factories.initiative("Tuin"), factories.initiative("Keuken")
    factories.link(entry, two[0], Link.Role.FACES)
    factories.link(other, two[0], Link.Role.TACKLES)
    page = change(staff, "R1", RETIRED)
    assert "2 koppelingen wijzen nog naar dit knelpunt" in page.content.decode()
    public = found(staff, entry.get_absolute_url())
    assert "Dit knelpunt is vervallen" in public
    assert "Wie kan elkaar verder helpen" not in public
    home = found(staff, reverse("admin:index"))
    assert "2</strong>" in home.split("koppelingen met een knelpunt dat is vervallen")[0][-80:]
    redo = found(staff, reverse("admin:registry_link_changelist") + "?te-doen=vervallen")
    assert "Tuin" in redo
    assert "Keuken" in redo


def test_who_follows_what_is_no_more_is_told_once(staff, two, mailoutbox):
    SavedSearch.objects.create(
        email="volger@voorbeeld.nl",
        query="knelpunt=R1",
        label="R1 Wij worden niet gehoord.",
        confirmed_at=timezone.now(),
        sent_on=timezone.localdate() - timedelta(days=8),
    )
    change(staff, "R1", Bottleneck.Status.CANDIDATE)
    for _day in range(2):
        call_command("send_digests", verbosity=0)
    [letter] = mailoutbox
    assert letter.to == ["volger@voorbeeld.nl"]
    assert "R1 Wij worden niet gehoord." in words(letter)
    assert "bestaat niet meer" in letter.subject
    assert not SavedSearch.objects.exists()
