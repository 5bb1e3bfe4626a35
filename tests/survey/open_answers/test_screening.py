from importlib import import_module

import pytest
from django.apps import apps
from hypothesis import given
from hypothesis import strategies as st

from registry.foundation.errors import Refused
from survey.coding import double_coding
from survey.models import OpenAnswer, Unit
from survey.open_answers import screening, themes
from tests.survey import coded, making

pytestmark = pytest.mark.once


def signs(text):
    return [(piece.text, piece.sign) for piece in screening.pieces(text) if piece.sign]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mail ans.jansen@voorbeeld.nl maar", ("ans.jansen@voorbeeld.nl", "e-mailadres")),
        ("bel 06-12345678!", ("06-12345678", "telefoonnummer")),
        ("bel 06 12 34 56 78", ("06 12 34 56 78", "telefoonnummer")),
        ("bel +31 6 12345678", ("+31 6 12345678", "telefoonnummer")),
        ("bel 0320-123456", ("0320-123456", "telefoonnummer")),
        ("op 8232 AB wonen", ("8232 AB", "postcode")),
        ("op 8232ab wonen", ("8232ab", "postcode")),
        ("mijn bsn 123456782", ("123456782", "lang nummer, zoals BSN of KvK")),
        ("KvK 12345678", ("12345678", "lang nummer, zoals BSN of KvK")),
        ("zie www.ansjansen.nl", ("www.ansjansen.nl", "webadres")),
    ],
)
def test_what_may_point_at_a_person_is_marked(text, found):
    assert signs(text) == [found]


@pytest.mark.parametrize(
    "text",
    ["In 2024 is de bus gestopt", "Er kwamen 150 mensen om 10.30 uur", "Lijn 4 rijdt niet", "@ huis", ""],
)
def test_ordinary_words_are_not_marked(text):
    assert signs(text) == []


@given(st.text())
def test_the_pieces_are_the_text(text):
    assert "".join(piece.text for piece in screening.pieces(text)) == text


@pytest.fixture
def answer(db):
    return coded.answers(making.round(), "De bus rijdt niet. Bel Ans op 0612345678.")[0]


def units():
    return list(Unit.objects.order_by("position").values_list("text", flat=True))


def test_a_public_answer_has_its_words_as_quote_and_is_not_edited(answer):
    screening.decide(answer, "openbaar")
    answer.refresh_from_db()
    assert (answer.screening, answer.quote, answer.is_edited) == ("openbaar", answer.text, False)
    assert units() == [answer.text]


def test_an_edited_quote_is_marked_and_each_line_is_a_unit(answer):
    screening.decide(answer, "openbaar", words="De bus rijdt niet.\r\n\r\n  Bel  iemand. ")
    answer.refresh_from_db()
    assert (answer.quote, answer.is_edited) == ("De bus rijdt niet.\nBel iemand.", True)
    assert units() == ["De bus rijdt niet.", "Bel iemand."]


def test_only_cutting_a_text_up_is_no_edit(answer):
    screening.decide(answer, "besloten", words="De bus rijdt niet.\nBel Ans op 0612345678.")
    answer.refresh_from_db()
    assert (answer.is_edited, len(units())) == (False, 2)
    assert answer.quote == "De bus rijdt niet.\nBel Ans op 0612345678."


def test_wiping_leaves_no_word(answer):
    screening.decide(answer, "openbaar")
    screening.decide(answer, "gewist")
    screening.purge(answer)
    answer.refresh_from_db()
    assert (answer.text, answer.quote, answer.screening, units()) == ("", "", "gewist", [])
    with pytest.raises(Refused, match="al gewist"):
        screening.decide(answer, "openbaar", words="Toch")


@pytest.mark.parametrize("to", ["onbeslist", "feest", "", None])
def test_what_is_no_decision_is_refused(answer, to):
    with pytest.raises(Refused, match="Kies"):
        screening.decide(answer, to)
    assert OpenAnswer.objects.get().screening == "onbeslist"


def test_an_answer_without_words_is_wiped_on_purpose_only(answer):
    with pytest.raises(Refused, match="geen tekst meer"):
        screening.decide(answer, "openbaar", words=" \n ")
    assert OpenAnswer.objects.get().text == answer.text


def test_codes_stay_with_as_many_lines_and_go_with_others(answer):
    screening.decide(answer, "besloten")
    round = answer.response.round
    double_coding.plan_of(round)
    double_coding.give(Unit.objects.get(), "R1", coder=1)
    screening.decide(answer, "openbaar", words="De bus rijdt niet.")
    assert Unit.objects.get().codings.get().code.key == "R1"
    with pytest.raises(screening.Unsure, match="vervallen"):
        screening.decide(answer, "openbaar", words="De bus\nrijdt niet.")
    with pytest.raises(screening.Unsure, match="vervallen"):
        screening.decide(answer, "openbaar", words="Alles is geweldig.")
    assert Unit.objects.get().codings.count() == 1
    screening.decide(answer, "openbaar", words="De bus\nrijdt niet.", sure=True)
    assert [unit.codings.count() for unit in Unit.objects.all()] == [0, 0]


@pytest.mark.django_db
def test_after_the_coding_is_fixed_words_can_go_but_what_was_counted_stays():
    round = coded.frozen("De bus rijdt niet meer", "Geen bus")
    answer = OpenAnswer.objects.get(text="Geen bus")
    with pytest.raises(Refused, match="geen regels"):
        screening.decide(answer, "openbaar", words="Geen\nbus")
    screening.decide(answer, "gewist")
    assert sorted(units()) == ["", "De bus rijdt niet meer"]
    assert [theme.respondents for theme in themes.themes_of(round)] == [2]


def counted(how, to="openbaar"):
    """An answer of two units, each with its code, compared or fixed."""
    round = making.round()
    answer = coded.answers(round, "bus rijdt niet geld is op")[0]
    screening.decide(answer, to, words="bus rijdt niet\ngeld is op")
    coded.planned(round)
    double_coding.add_code(round, "bus", "Slecht vervoer")
    coded.code_all(round, first={"bus rijdt niet": "bus", "geld is op": "R1"})
    double_coding.compare(round)
    if how == "frozen":
        making.close(round)
        double_coding.freeze(round)
    return answer


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["compared", "frozen"])
@pytest.mark.parametrize("restored", [False, True])
@pytest.mark.parametrize(
    "words", ["bus rijdt niet geld\nis op", "bus rijdt\nniet geld is op", "bus\nrijdt niet geld is op"]
)
def test_no_word_goes_from_one_counted_unit_to_another(how, restored, words):
    answer = counted(how)
    if restored:
        screening.decide(answer, "gewist")
        screening.restore(answer)
    with pytest.raises(Refused, match="andere regel"):
        screening.decide(answer, "openbaar", words=words, sure=True)
    screening.decide(answer, "openbaar", words="bus […]\ngeld […] op")
    assert units() == ["bus […]", "geld […] op"]


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["compared", "frozen"])
@pytest.mark.parametrize("to", ["openbaar", "besloten"])
def test_how_an_answer_was_cut_up_is_never_forgotten(how, to):
    answer = counted(how, to)
    for now in ("besloten", "openbaar", "besloten"):
        screening.decide(answer, now)
        assert units() == ["bus rijdt niet", "geld is op"]
        screening.decide(answer, "gewist")
        assert units() == ["", ""]
        screening.restore(answer)
    screening.decide(answer, "openbaar")
    answer.refresh_from_db()
    assert (units(), answer.is_edited) == (["bus rijdt niet", "geld is op"], False)
    assert not screening.waiting(answer.response.round).exists()
    with pytest.raises(Refused, match="Het aantal regels was: 2"):
        screening.decide(answer, "openbaar", words="bus rijdt niet geld is op")


@pytest.mark.django_db
def test_what_was_cut_up_and_fixed_before_is_kept_and_stamped():
    answer = counted("frozen", "besloten")
    OpenAnswer.objects.update(quote="")
    Unit.objects.update(shown_on=None)
    import_module("survey.migrations.0010_what_all_could_read").stamp(apps, None)
    import_module("survey.migrations.0011_private_answers_keep_their_lines").keep_lines(apps, None)
    answer.refresh_from_db()
    assert answer.quote == "bus rijdt niet\ngeld is op"
    assert not Unit.objects.filter(shown_on=None).exists()
