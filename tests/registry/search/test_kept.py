"""What is kept is what would be made now, whatever column of whatever table changed; and how much of it is kept."""

import pytest
from django.core.cache import caches
from django.db import IntegrityError, transaction
from pyroaring import BitMap

from registry.geo import overview_map
from registry.models import ContentStamp, Initiative, Organisation, Posting
from registry.search import following, index, meanings, options, postings, sets, understanding, vocabulary
from tests import factories
from tests.registry.test_public_marks import CONTENT, TABLES, change, each_column, world

pytestmark = pytest.mark.django_db
assert world  # the fixture


def kept():
    versions = ContentStamp.versions()
    query = understanding.understand("soep stichting", versions)
    public = BitMap(Organisation.objects.public().values_list("pk", flat=True))
    return {
        "choices": options.choices(versions),
        "meanings": vars_of(meanings.meanings(versions)),
        # One that runs nothing public is found by nobody.
        "organisations": {
            word: keys & public for word, keys in meanings.organisations(versions).items() if keys & public
        },
        "documents": index.documents(versions).rows,
        "map": overview_map.overview({}, versions=versions),
        "sets": dict(sets.all_sets(versions).by_name),
        "hits": tiers(postings.ranking(query, versions)),
        "words": {
            word
            for layer in vocabulary.vocabulary(vocabulary.Words([]), versions.content).layers
            for word in layer.all
        }
        & words_now(),
    }


def vars_of(meanings):
    return {name: value for name, value in vars(meanings).items() if name != "spelled"}


def tiers(ranking):
    return {(tier.parts, tier.level): tier.keys for tier in ranking.tiers}


def words_now():
    return set(Posting.objects.values_list("word", flat=True))


def made_now():
    rows = Organisation.objects.public().values_list("pk", "name")
    # In a process that knows nothing yet.
    shelf, following._shelf = following._shelf, following._Shelf()
    try:
        versions = ContentStamp.versions()
        query = understanding.understand("soep stichting", versions)
        hits = tiers(postings.ranking(query, versions))
    finally:
        following._shelf = shelf
    by_word = {}
    for key, name in rows:
        for word in meanings.name_words(name):
            by_word.setdefault(word, BitMap()).add(key)
    return {
        "choices": options._read(),
        "meanings": vars_of(meanings._read()),
        "organisations": by_word,
        "documents": tuple(index._read()),
        "map": overview_map.Overview(
            overview_map.WIDTH,
            overview_map.HEIGHT,
            tuple(overview_map.Area(*drawn, 0, 0, False) for drawn in overview_map._draw()),
        ),
        "sets": {name: keys for name, keys in sets._read().items() if keys},
        "hits": hits,
        "words": words_now(),
    }


def stale():
    now = made_now()
    return [name for name, figure in kept().items() if figure != now[name]]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("table", TABLES)
def test_nothing_that_is_kept_is_stale_after_a_change_of_a_column(table):
    kept()
    wrong = []
    for column in each_column(table):
        keys = CONTENT[table]._base_manager.values_list("pk", flat=True)
        if sum(change(table, column, keys=[key]) for key in keys):
            wrong += [f"{column}: {name}" for name in stale()]
    assert wrong == []


@pytest.mark.usefixtures("world")
def test_nothing_that_is_kept_is_stale_when_a_row_went():
    kept()
    wrong = []
    for table in TABLES:
        for row in CONTENT[table]._base_manager.all():
            try:
                with transaction.atomic():
                    row.delete()
                    wrong += [f"{row}: {name}" for name in stale()]
                    transaction.set_rollback(True)
            except (IntegrityError, TypeError):  # something else points at it
                continue
    assert wrong == []


def test_what_search_looks_at_is_followed_when_only_that_changed():
    factories.initiative("Kade", summary="soep")
    assert len(kept()["hits"]) == 1
    Initiative.objects.update(search_text=" brood ")
    assert (len(kept()["hits"]), stale()) == (0, [])


def figure(versions, calls):
    return following.following(
        "figure",
        versions,
        lambda: calls.append("made") or {0},
        lambda old, keys: calls.append(len(keys)) or old | {*keys},
    )


def test_a_figure_follows_what_changed_and_is_made_anew_when_that_is_much(monkeypatch):
    monkeypatch.setattr(following, "MANY", 2)
    calls = []
    for add in (0, 0, 1, 2, 3, 0):
        for _number in range(add):
            factories.initiative()
        figure(ContentStamp.current(), calls)
    assert calls == ["made", 1, 2, "made"]


def test_a_version_that_went_back_makes_a_figure_anew():
    factories.initiative()
    calls = []
    figure(ContentStamp.current(), calls)
    ContentStamp.objects.update(version=0)
    figure(0, calls)
    caches["figures"].clear()
    figure(0, calls)
    assert calls == ["made"] * 3


def test_what_may_be_undone_is_not_kept():
    calls = []
    figure(ContentStamp.current(), calls)
    for name in ("Een", "Ander"):
        with transaction.atomic():
            entry = factories.initiative(name)
            assert figure(ContentStamp.current(), calls) == {0, entry.pk}
            transaction.set_rollback(True)
    assert calls == ["made", 1, 1]
    assert figure(ContentStamp.current(), calls) == {0}


def test_of_what_was_searched_for_so_many_bytes_are_kept_and_the_latest_last(monkeypatch):
    monkeypatch.setattr(following, "MOST_BYTES", 2000)
    calls = []

    def ask(name):
        following.following(name, 1, lambda: calls.append(name), None, lambda _figure: 600)

    for name in ("a", "b", "c", "a", "d", "a", "c", "b"):
        ask(name)
    assert calls == ["a", "b", "c", "d", "b"]
