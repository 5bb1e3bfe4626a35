"""The survey in the admin, in a real browser: reachable for all, within the policy, and fast by keyboard."""

import time

import pytest
from django.urls import reverse

from registry.models import Role, User
from survey.coding import double_coding
from survey.models import OpenAnswer
from tests import factories
from tests.browser.coding import fill_coding
from tests.browser.keeping import log_in
from tests.browser.looking import LOOKED_AT, faults_of_all
from tests.survey import coded, making

pytestmark = pytest.mark.once

STAFF = "ans@voorbeeld.nl"
# Longer than keys wait for somebody to read (keys.js), in ms.
READING = 800
# The field to type in has the focus by itself, a moment after the page is there.
FOCUSED = "name => document.activeElement.name === name"


@pytest.fixture
def staff(visit, site):
    factories.person(STAFF, role=Role.MANAGER, name="Ans Jansen")

    def open_window(**options):
        window = visit(**options)
        log_in(window.context, site, STAFF)
        return window

    return open_window


def answers_in(round):
    return OpenAnswer.objects.filter(response__round=round)


def opened(page, addresses):
    """Each page in turn, by its name."""
    for name, address in addresses.items():
        page.goto(address)
        yield name


def test_no_page_has_a_fault(staff):
    page = staff(**LOOKED_AT).page
    assert faults_of_all(page, opened(page, fill_coding(STAFF)), is_dark_too=True) == {}


def test_answers_are_read_and_coded_by_keyboard_alone(staff):
    """A hundred in ten minutes leaves six seconds for each, of which the site may take one: counted in work, for a
    busy machine is no fault of the site."""
    page = staff().page
    page.clock.install()
    round = making.round()
    coded.answers(round, *(f"De bus rijdt niet meer, zegt nummer {number}" for number in range(8)))
    plan = coded.planned(round, share=0)
    plan.first_coder_id = User.objects.get(email=STAFF).pk
    plan.save()
    began = time.process_time()
    page.goto(reverse("admin:survey_round_screen", args=[round.pk]))
    for key in "o1b2" * 2:
        page.clock.fast_forward(READING)
        with page.expect_navigation():
            page.keyboard.press(key)
    assert "Alles is gelezen." in page.locator("#content").inner_text()
    states = [answer.screening for answer in answers_in(round).order_by("screening")]
    assert states == ["besloten"] * 4 + ["openbaar"] * 4
    page.goto(reverse("admin:survey_round_code", args=[round.pk]))
    for _answer in range(8):
        page.wait_for_function(FOCUSED, arg="code")
        page.keyboard.type("R1")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    seconds = (time.process_time() - began) / 8
    assert double_coding.progress(round).first == 8
    print(f"\nreading and coding one answer takes the site {seconds:.2f} s")
    assert seconds < 1


def test_a_key_in_the_text_is_a_letter_and_no_decision(staff):
    page = staff().page
    round = making.round()
    coded.answers(round, "De bus")
    page.goto(reverse("admin:survey_round_screen", args=[round.pk]))
    page.focus("#tekst")
    page.keyboard.press("End")
    page.keyboard.type(" o w")
    assert page.input_value("#tekst") == "De bus o w"
    page.keyboard.press("Escape")
    page.wait_for_timeout(READING)
    with page.expect_navigation():
        page.keyboard.press("o")
    assert answers_in(round).get().quote == "De bus o w"


def test_two_quick_keys_decide_one_answer(staff):
    page = staff().page
    questionnaire = making.questionnaire()
    decided = {}
    for pause in (0, 40, 150, 300):
        round = making.round(f"pauze-{pause}", questionnaire=questionnaire)
        coded.answers(round, "De bus", "Niemand luistert", "De huur")
        page.goto(reverse("admin:survey_round_screen", args=[round.pk]))
        page.wait_for_timeout(READING)
        with page.expect_navigation():
            page.keyboard.press("o")
            page.wait_for_timeout(pause)
            page.keyboard.press("o")
        page.wait_for_load_state()
        page.keyboard.press("o")
        page.wait_for_timeout(READING)
        decided[pause] = answers_in(round).filter(screening="openbaar").count()
    assert decided == {0: 1, 40: 1, 150: 1, 300: 1}


def test_wiping_by_key_asks_first(staff):
    page = staff().page
    round = making.round()
    coded.answers(round, "De bus")
    page.goto(reverse("admin:survey_round_screen", args=[round.pk]))
    page.wait_for_timeout(READING)
    with page.expect_navigation():
        page.keyboard.press("w")
    assert answers_in(round).get().screening == "onbeslist"
    with page.expect_navigation():
        page.get_by_role("button", name="Ja, doe dit").click()
    assert answers_in(round).get().screening == "gewist"


def test_paper_is_typed_in_by_keyboard_alone(staff):
    page = staff().page
    round = making.round()
    page.goto(reverse("admin:survey_round_key_in", args=[round.pk]))
    for turn in range(2):
        if turn:
            page.goto(f"{reverse('admin:survey_round_key_in', args=[round.pk])}?keer=2")
        for codes in ("m1 r2", "b0", "r1 r2 r3"):
            page.wait_for_function(FOCUSED, arg="codes")
            page.keyboard.type(codes)
            with page.expect_navigation():
                page.keyboard.press("Enter")
    assert (round.responses.count(), round.paper_forms.filter(is_done=True).count()) == (3, 3)
