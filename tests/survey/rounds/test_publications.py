from datetime import date

import pytest
from django.contrib import admin
from django.db import IntegrityError, transaction

from registry.foundation.errors import Refused
from registry.models import Wording
from survey import results
from survey.models import AnswerDigests, OpenAnswer, Publication
from survey.results import Theme, read, shares
from survey.results.audit import auditor, digests
from survey.rounds import publications
from tests import factories
from tests.survey import coded, making
from tests.survey.counting import anybody, everybody, store

pytestmark = pytest.mark.django_db
CODES = ["M1", "M2", "B1", "R1", "R2", "R3"]


@pytest.fixture
def closed():
    round = making.round()
    store(round, anybody(CODES, 60, seed=1))
    return making.close(round)


def test_what_is_fixed_says_from_what_it_was_made(closed):
    made = publications.freeze(closed)
    assert (made.edition, made.questionnaire_version) == (1, "Knelpunten, versie 1")
    assert [len(digest) for digest in (made.data_hash, made.responses_hash)] == [64] * 2
    assert made.code_version == str(publications.RULES_VERSION)
    assert read(made.data).responses == 60


def test_rebuilding_gives_the_same_bytes(closed):
    made = publications.freeze(closed)
    # What changes later in the register is not what people read then.
    Wording.objects.update(text="Anders gezegd")
    assert publications.rebuild(Publication.objects.get(pk=made.pk)) == made.data


def test_one_other_answer_gives_another_hash(closed):
    before = digests.hash_of_responses(closed)
    assert digests.hash_of_responses(closed) == before
    one = closed.responses.first()
    one.ticks ^= 1
    one.save()
    assert digests.hash_of_responses(closed) != before


@pytest.mark.parametrize(
    ("since", "left_out"),
    [
        (everybody(12, "M1", "R1", municipality="GM0034"), set()),
        (everybody(8, "M1", municipality="GM0034") + everybody(4, "R1", municipality="GM0995"), {"gemeente"}),
        (
            everybody(12, "M1", municipality="GM0034")
            + everybody(4, "M1", levels=(1,), municipality="GM0034"),
            {"samenhang"},
        ),
    ],
)
def test_an_edition_leaves_out_what_beside_an_earlier_one_tells_about_few(since, left_out):
    """16 answered the first level and 12 all of them: the earlier edition is taken from the later in each group."""
    for code in ("GM0034", "GM0995"):
        factories.municipality(code)
    round = making.close(making.round(questionnaire=making.questionnaire(CODES, asks_role=False)))
    people = everybody(20, "M1", "R1", municipality="GM0034") + everybody(
        20, "R2", "B1", municipality="GM0034"
    )
    people += everybody(20, "M1", "R1", "R2", municipality="GM0995") + everybody(
        15, "M2", municipality="GM0995"
    )
    store(round, people)
    assert results.parts_left_out(read(publications.freeze(round).data)) == set()
    store(round, since)
    assert results.parts_left_out(read(publications.freeze(round).data)) >= left_out
    assert (
        results.clashes(
            read(round.publications.get(edition=1).data), results.results_for(round), round.threshold
        )
        == left_out
    )


def test_what_changes_while_all_is_read_together_is_not_fixed_unread(closed, monkeypatch):
    def meanwhile(*_args, **_options):
        store(closed, everybody(1, "M1"))
        return ()

    monkeypatch.setattr(auditor, "audit", meanwhile)
    with pytest.raises(Refused, match="Intussen veranderde er iets"):
        publications.freeze(closed)
    assert not Publication.objects.exists()


def test_only_words_that_are_public_are_in_the_hash(closed):
    before = digests.hash_of_responses(closed)
    answer = OpenAnswer.objects.create(
        response=closed.responses.first(),
        question=closed.questionnaire.open_questions.first(),
        text="Bel mij op 0612345678",
    )
    assert digests.hash_of_responses(closed) == before
    answer.screening, answer.quote = OpenAnswer.Screening.PUBLIC, "Bel mij"
    answer.save()
    assert digests.hash_of_responses(closed) != before


def test_an_open_round_and_an_empty_one_are_refused():
    round = making.round()
    store(round, anybody(CODES, 60, seed=1))
    with pytest.raises(Refused, match="nog niet gesloten"):
        publications.freeze(round)
    with pytest.raises(Refused, match="geen inzendingen"):
        publications.freeze(making.close(making.round("leeg", questionnaire=round.questionnaire)))
    assert not Publication.objects.exists()


def test_a_new_edition_needs_a_change_and_not_of_a_few(closed):
    publications.freeze(closed)
    with pytest.raises(Refused, match="Er is niets veranderd"):
        publications.freeze(closed)
    store(closed, everybody(9, "M1", "R1"))
    with pytest.raises(Refused, match="minder dan 10 inzendingen"):
        publications.freeze(closed)
    store(closed, everybody(1, "M1", "R1"))
    assert publications.freeze(closed).edition == 2


FEW = "minder dan 10 inzendingen"


@pytest.mark.once
@pytest.mark.parametrize("what", ["ticks", "answered", "municipality", "role", "channel"])
@pytest.mark.parametrize(("number", "is_refused"), [(1, True), (9, True), (10, False)])
def test_other_answers_of_a_few_make_no_edition(closed, what, number, is_refused):
    """However they differ: the sizes of all groups may be what they were."""
    publications.freeze(closed)
    for one in closed.responses.filter(answered=7)[:number]:
        value = getattr(one, what)
        others = {"municipality": "GM0303", "role": "opbouwwerker", "channel": "papier"}
        setattr(one, what, value ^ 2 if isinstance(value, int) else others[what])
        one.save()
    OpenAnswer.objects.create(  # another hash, as after reading open answers
        response=closed.responses.first(),
        question=closed.questionnaire.open_questions.first(),
        screening="openbaar",
        quote="Dank",
    )
    try:
        made = publications.freeze(closed)
    except Refused as refusal:
        # Or nothing that is told is other than it was.
        assert (FEW in str(refusal)) == is_refused or "niets veranderd" in str(refusal)
    else:
        assert (is_refused, made.edition) == (False, 2)


@pytest.mark.parametrize(("gone", "came"), [(1, 1), (9, 9), (1, 0), (0, 9)])
def test_others_in_the_place_of_a_few_make_no_edition(closed, gone, came):
    publications.freeze(closed)
    for one in closed.responses.order_by("pk")[:gone]:
        one.delete()
    store(closed, anybody(CODES, came, seed=5))
    with pytest.raises(Refused, match=FEW):
        publications.freeze(closed)


def test_a_few_other_answers_on_one_level_or_in_one_group_are_seen_between_many():
    for code in ("GM0034", "GM0995"):
        factories.municipality(code)
    round = making.close(making.round(questionnaire=making.questionnaire(CODES, asks_role=False)))
    store(
        round, everybody(40, "M1", "R1", municipality="GM0034") + everybody(40, "M2", municipality="GM0995")
    )
    store(round, everybody(20, "M1", levels=(1, 2), municipality="GM0034"))
    first = publications.freeze(round)
    then = read(first.data)
    assert (results.parts_left_out(then), then.pairs_n, len(then.breakdowns[0].blocks)) == (set(), 80, 2)

    def after(**changes):
        """What clashes when so many of each have ticked something else."""
        with transaction.atomic():
            for (codes, place, is_all), number in changes.pop("of").items():
                people = round.responses.filter(municipality=place, answered=7 if is_all else 3)
                for one in people[:number]:
                    for code in codes:
                        one.ticks ^= 1 << round.questionnaire.items.get(bottleneck=code).bit
                    one.save()
            found = results.results_for(round)
            changed = digests.differences(first)
            clashing = digests.clashes(round, changed, then, found)
            transaction.set_rollback(True)
        return clashing

    almere, lelystad = "GM0034", "GM0995"
    assert after(of={(("M1",), almere, True): 10}) == set()
    assert after(of={(("M1",), almere, True): 9}) == {results.LEVELS}
    assert after(of={(("M1",), almere, True): 10, (("R2",), lelystad, True): 1}) == {results.LEVELS}
    assert after(of={(("M1",), almere, True): 10, (("M1",), lelystad, True): 1}) == {"gemeente"}
    assert after(of={(("M1",), almere, True): 10, (("M1",), almere, False): 1}) == {"samenhang"}
    assert after(of={(("M1",), almere, True): 1, (("M1",), almere, False): 10}) == {"samenhang"}
    assert after(of={(("M1",), almere, True): 10, (("M1",), lelystad, True): 10}) == set()


def test_an_edition_of_before_of_which_nothing_is_kept_stays_the_last(closed):
    made = publications.freeze(closed)
    made.digests.all().delete()
    with pytest.raises(Refused, match="Er is niets veranderd"):
        publications.freeze(closed)
    store(closed, everybody(30, "M1"))
    with pytest.raises(Refused, match="niet bewaard van welke inzendingen"):
        publications.freeze(closed)


def test_what_is_kept_of_answers_is_on_no_page_and_says_none_of_them(closed, client):
    made = publications.freeze(closed)
    parts = {one.part: bytes(one.digests) for one in made.digests.all()}
    assert {part: len(kept) for part, kept in parts.items()} == {
        "": 60 * digests.SIZE,
        **{level.level: level.n * digests.SIZE for level in read(made.data).levels},
    }
    assert len({kept[at : at + 8] for kept in parts.values() for at in range(0, len(kept), 8)}) == sum(
        len(kept) // 8 for kept in parts.values()
    )
    assert AnswerDigests not in admin.site._registry


def test_a_later_edition_tells_no_bands_where_an_earlier_one_did_on_other_counts():
    """Ten who tick only R1 leave the overlap with R2 as it was: two verdicts on it, at other counts."""
    round = making.close(making.round(questionnaire=making.questionnaire(["M1", "R1", "R2"])))
    store(round, everybody(20, "R1") + everybody(8, "R1", "R2") + everybody(6, "R2") + everybody(30, "M1"))
    first = read(publications.freeze(round).data)
    assert {level.bands_reason for level in first.levels} == {""}
    store(round, everybody(10, "R1", levels=(4,)))
    made = publications.freeze(round)
    second = read(made.data)
    assert [(level.letter, level.bands_reason) for level in second.levels] == [("M", ""), ("R", "controle")]
    assert {one.band for level in second.levels[1:] for one in level.statements} == {None}
    assert publications.rebuild(made) == made.data
    with pytest.raises(Refused, match="Er is niets veranderd"):
        publications.freeze(round)


def test_themes_of_open_answers_stand_beside_the_shares():
    """They count people, and are in no share."""
    round = coded.frozen(*coded.SAID)
    store(round, everybody(40, "R1"))
    made = publications.freeze(round)
    found = read(made.data)
    assert found.themes == (Theme("bus", "Slecht vervoer", 4),)
    assert found.statements["R1"].count == 44
    assert publications.rebuild(made) == made.data


def test_without_responses_nothing_is_rebuilt(closed):
    made = publications.freeze(closed)
    closed.responses.all().delete()
    with pytest.raises(Refused, match="Alleen wat is gepubliceerd, is bewaard"):
        publications.rebuild(made)


def test_an_edition_stands_once(closed):
    made = publications.freeze(closed)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.create(round=closed, edition=made.edition, published_on=date(2026, 1, 1))


def test_shares_for_other_pages_are_of_the_newest_round_that_is_real(closed):
    assert shares.known_shares() == {}
    publications.freeze(closed)
    example = making.round("voorbeeld", questionnaire=closed.questionnaire, is_sample=True)
    store(example, anybody(CODES, 60, seed=2))
    publications.freeze(making.close(example))
    found = shares.known_shares()
    assert ({one.round for one in found.values()}, sorted(found)) == ({closed}, sorted(CODES))
