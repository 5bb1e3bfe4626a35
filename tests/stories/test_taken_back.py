"""A merge that is taken back: who comes along, what stays, and what each page says of it."""

import pytest
from django.test import Client
from django.urls import reverse

from registry import ownership
from registry.community import introductions, reminders
from registry.lifecycle.merge import merge
from registry.lifecycle.merge_undo import undo
from registry.models import Introduction, Notice, Ownership
from registry.moderation.versions import version_of
from registry.ownership import history
from registry.personal_data import forget
from tests import factories
from tests.stories.telling import (
    as_,
    keepers,
    kinds_to,
    last_to,
    link_to,
    now,
    own_page,
    page_of_residents,
    press,
    staff,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
U, V, W = "u@voorbeeld.nl", "v@voorbeeld.nl", "w@voorbeeld.nl"


@pytest.fixture
def two():
    """A of u, B of v, and who merges them."""
    a, u = page_of_residents("Aardhof", "u", slug="a")
    b, v = page_of_residents("Buurttuin", "v", slug="b")
    return a, u, b, v, staff()[0]


def third(name="Dorpsplein", owner="w", slug="d"):
    return page_of_residents(name, owner, slug=slug)


def told(initiative, reader=None):
    return " ".join(f"{one.what} {one.whom} {one.why}" for one in history.lines(initiative, reader=reader))


@pytest.mark.parametrize("is_put_out", [True, False])
def test_who_no_longer_keeps_what_is_left_does_not_come_back(two, is_put_out):
    a, u, b, _v, editor = two
    Ownership.objects.create(initiative=b, user=u)
    merge(a, b, by=editor, reason="zelfde")
    ownership.leave(b, u, by=editor if is_put_out else None, reason="misbruik", as_staff=is_put_out)
    undo(now(a), by=editor, reason="toch twee")
    assert keepers(a) == set()
    assert keepers(b) == {V}
    assert "Weggehaald" in told(a) if is_put_out else "Beheert de pagina niet meer" in told(a)
    # Staff see that nobody keeps it.
    assert Notice.objects.open().get().initiative == a


def test_a_page_that_comes_back_without_owners_waits_for_staff(two):
    a, u, b, _v, editor = two
    merge(a, b, by=editor, reason="zelfde")
    forget(u)
    undo(now(a), by=editor, reason="toch twee")
    assert [notice.initiative for notice in Notice.objects.open()] == [a]


def test_the_log_of_both_says_that_it_was_taken_back(two):
    a, u, b, v, editor = two
    merge(a, b, by=editor, reason="zelfde")
    undo(now(a), by=editor, reason="toch twee")
    assert "Beheert de pagina weer apart" in told(a, u)
    assert "Beheert de pagina niet meer, door het ongedaan maken" in told(b, v)
    assert "De samenvoeging met ‘Aardhof’ is ongedaan gemaakt. toch twee" in told(b, v)


@pytest.mark.parametrize("first_back", ["a", "d"])
def test_what_two_doubles_brought_stays_while_one_of_them_does(two, first_back):
    a, u, b, _v, editor = two
    d, _w = third("Aardhof")
    Ownership.objects.create(initiative=d, user=u)
    bottleneck = factories.bottleneck()
    for one, count in ((a, 3), (d, 2)):
        factories.link(one, bottleneck)
        one.mentions.create(event="Festival", count=count)
    merge(a, b, by=editor, reason="1")
    merge(d, now(b), by=editor, reason="2")
    assert b.mentions.get().count == 5
    back, other = (a, d) if first_back == "a" else (d, a)
    left = {a: 3, d: 2}
    undo(now(back), by=editor, reason="toch niet")
    assert back.mentions.get().count == left[back]
    assert b.mentions.get().count == left[other]
    assert U in keepers(back)
    assert U in keepers(b)
    assert back.links.count() == b.links.count() == 1
    assert now(b).aliases == ["Aardhof"]
    undo(now(other), by=editor, reason="toch niet")
    assert other.mentions.get().count == left[other]
    assert not b.mentions.exists()
    assert U in keepers(other)
    assert U not in keepers(b)
    assert other.links.count() == 1
    assert not b.links.exists()
    assert now(b).aliases == []


def test_other_names_of_the_double_lead_to_what_is_left(two):
    a, _u, b, _v, editor = two
    a.other_names = "De Aarde"
    a.save()
    merge(a, b, by=editor, reason="zelfde")
    assert now(b).aliases == ["Aardhof", "De Aarde"]
    undo(now(a), by=editor, reason="toch twee")
    assert now(b).aliases == []


def test_a_question_whether_it_stopped_is_closed_when_others_come_to_keep_it(two):
    a, _u, b, v, editor = two
    Ownership.objects.create(initiative=b, user=factories.person(W))
    reminders.stop(b, lessons="", by=v)
    merge(a, b, by=editor, reason="zelfde")
    assert reminders.stop_asked(b) is None
    assert "samengevoegd" in last_to(V, "voorstel-besloten")


def test_who_no_longer_keeps_it_stops_it_no_more(two):
    a, u, b, _v, editor = two
    merge(a, b, by=editor, reason="zelfde")
    reminders.stop(b, lessons="", by=u)
    assert reminders.stop_asked(b)
    undo(now(a), by=editor, reason="toch twee")
    assert reminders.stop_asked(b) is None
    assert "weer twee pagina’s" in last_to(U, "voorstel-besloten")


def test_who_was_invited_for_the_one_goes_back_with_it(two):
    a, u, b, _v, editor = two
    ownership.invite(a, W, by=u)
    merge(a, b, by=editor, reason="zelfde")
    page = Client().get(link_to(W)).text
    assert "Wij schreven u over Aardhof" in page
    assert "nu een deel van Buurttuin" in page
    Client().post(link_to(W))
    assert W in keepers(b)
    undo(now(a), by=editor, reason="toch twee")
    assert keepers(a) == {U, W}
    assert keepers(b) == {V}


def test_a_yes_of_who_keeps_both_goes_along_and_comes_back(two):
    a, u, b, _v, editor = two
    d, _w = third()
    Ownership.objects.create(initiative=b, user=u)
    asked = introductions.ask(a, d)
    introductions.answer(asked, a, by=u, yes=True)
    merge(a, b, by=editor, reason="zelfde")
    asked.refresh_from_db()
    assert asked.first == b
    assert asked.willing(b) == [U]
    undo(now(a), by=editor, reason="toch twee")
    asked.refresh_from_db()
    assert asked.first == a
    assert asked.willing(a) == [U]
    Client().post(link_to(W, "kennismaken-vraag"), {"antwoord": "ja"})
    assert U in last_to(W, "kennismaken")
    assert W in last_to(U, "kennismaken")


def test_a_question_that_was_mailed_meanwhile_still_opens(two):
    a, u, b, _v, editor = two
    d, _w = third()
    asked = introductions.ask(a, d)
    merge(a, b, by=editor, reason="zelfde")
    introductions.ask_owner(Introduction.objects.get(pk=asked.pk), b, u.email)
    undo(now(a), by=editor, reason="toch twee")
    link = link_to(U, "kennismaken-vraag")
    assert Client().get(link).status_code == 200
    Client().post(link, {"antwoord": "ja"})
    asked.refresh_from_db()
    assert asked.willing(a) == [U]


def test_an_introduction_of_the_two_ends_in_true_words_and_may_be_asked_anew(two):
    a, u, b, _v, editor = two
    introductions.ask(a, b, yes_from=a, by=u)
    merge(a, b, by=editor, reason="zelfde")
    assert "samengevoegd" in last_to(U, "kennismaken-vervalt")
    undo(now(a), by=editor, reason="toch twee")
    introductions.ask(now(a), now(b), yes_from=now(a), by=u)


def test_who_keeps_both_sides_leaves_the_question_open_for_the_others(two):
    a, u, *_rest = two
    d, _w = third()
    Ownership.objects.create(initiative=d, user=u)
    asked = introductions.ask(a, d)
    for side in (a, d):
        introductions.answer(asked, side, by=u, yes=True)
    asked.refresh_from_db()
    assert asked.introduced_at is None
    Client().post(link_to(W, "kennismaken-vraag"), {"antwoord": "ja"})
    assert U in last_to(W, "kennismaken")
    assert W in last_to(U, "kennismaken")


def test_a_link_about_the_one_names_what_it_asks_about(two):
    a, u, b, _v, editor = two
    ownership.invite(a, W, by=u)
    merge(a, b, by=editor, reason="zelfde")
    undo(now(a), by=editor, reason="toch twee")
    assert "Wij schreven u over" not in Client().get(link_to(W)).text


def test_saving_a_form_as_it_was_is_no_other_version():
    entry = factories.initiative("Buurttuin", status="ingediend", municipality=factories.municipality())
    _editor, client = staff()
    url = reverse("admin:registry_initiative_change", args=[entry.pk])
    shown = client.get(url).context
    given = {one.html_name: one.value() for one in shown["adminform"].form if one.value()}
    for inline in shown["inline_admin_formsets"]:
        prefix = inline.formset.prefix
        given |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    before = version_of(entry)
    assert client.post(url, given).status_code == 302
    assert version_of(entry) == before
    assert client.post(url, given | {"summary": "Anders"}).status_code == 302
    assert version_of(entry) != before


def test_leaving_by_the_button_ends_both(two):
    a, u, b, _v, editor = two
    Ownership.objects.create(initiative=b, user=u)
    merge(a, b, by=editor, reason="zelfde")
    press(as_(u), b, doe="vertrek", eigenaar=b.ownerships.get(user=u).pk)
    assert as_(u).get(own_page(a), follow=True).status_code == 404
    assert kinds_to(U) == ["samengevoegd"]
