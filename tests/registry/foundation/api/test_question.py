"""What was asked is read once: one frozen object, or all that is wrong at once."""

from dataclasses import FrozenInstanceError
from datetime import UTC, datetime

import pytest
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from registry.foundation.api.question import CRS84, USUAL, Expansion, Takes, read
from registry.foundation.paging import encode

pytestmark = pytest.mark.once


class Shape(serializers.Serializer):
    naam = serializers.CharField()
    code = serializers.CharField()


class Things(Takes):
    collection = "dingen"
    serializer_class = Shape
    sortings = {"naam": "name", "jaar": "year"}
    expansions = {"delen": Expansion(of=lambda items, base: [[] for _item in items])}
    facets = ("soort",)
    extra = ("crs",)
    is_located = True


class Changes(Things):
    follows = True
    extra = ("crs", "gewijzigdSinds")

    def read_cursor(self, cursor):
        return f"{int(cursor)}"


class Thing(Takes):
    serializer_class = Shape


class Own(Takes):
    class Parameters(serializers.Serializer):
        page = serializers.IntegerField(default=1)
        per_page = serializers.IntegerField(default=10)
        top = serializers.BooleanField(default=False)

    parameters_class = Parameters


def ask(takes, query="", form="json"):
    return read(takes(), Request(APIRequestFactory().get(f"/dingen?{query}")), form)


def wrong(takes, query, form="json"):
    with pytest.raises(ValidationError) as refused:
        ask(takes, query, form)
    return {name: len(reasons) for name, reasons in refused.value.detail.items()}


def test_what_was_asked_is_one_object_that_stays_as_it_is():
    question = ask(Things, f"velden=naam&expand=delen&facetten=soort&sorteer=-jaar,naam&page=3&crs={CRS84}")
    assert (question.fields, question.expansions, question.facets) == (("naam",), ("delen",), ("soort",))
    assert (question.order, question.page, question.size) == (("-year", "name", "pk"), 3, USUAL)
    assert (question.base, question.address) == ("http://testserver", "http://testserver/dingen")
    assert (question.by_cursor, question.since, question.filters) == (False, None, None)
    with pytest.raises(FrozenInstanceError):
        question.page = 4


def test_all_that_is_wrong_is_said_at_once():
    query = "velden=x&expand=y&facetten=z&sorteer=a&page=0&pageSize=101&crs=b&onbekend=1&velden=naam&%00=1"
    names = "velden expand facetten sorteer page pageSize crs onbekend vraag".split()
    # ``velden`` is given twice, and the last of the two names a field that there is.
    assert wrong(Things, query) == dict.fromkeys(names, 1)


def test_an_item_takes_nothing_of_a_list():
    names = "page pageSize cursor sorteer facetten expand gewijzigdSinds crs".split()
    assert wrong(Thing, "&".join(f"{name}=1" for name in names)) == dict.fromkeys(names, 1)
    assert ask(Thing, "velden=code").fields == ("code",)


def test_what_cannot_be_sorted_is_said_once():
    class Unsorted(Things):
        sortings = {}

    assert wrong(Unsorted, "sorteer=naam") == {"sorteer": 1}


def test_a_cursor_goes_by_the_key_that_is_in_it():
    begin, further = ask(Things, "cursor=*"), ask(Things, f"cursor={encode('r1')}")
    assert (begin.by_cursor, begin.after, further.after) == (True, None, "r1")
    assert wrong(Things, "cursor==&page=1&sorteer=naam") == {"page": 1, "sorteer": 1, "cursor": 1}


def test_who_follows_changes_has_a_cursor_of_its_own_and_asks_since_a_moment():
    assert ask(Changes, "cursor=07").after == "7"
    assert wrong(Changes, "cursor=x&velden=x") == {"cursor": 1, "velden": 1}
    since = ask(Changes, "gewijzigdSinds=2026-11-23T10:30:00%2B01:00")
    assert (since.by_cursor, since.since) == (True, datetime(2026, 11, 23, 9, 30, tzinfo=UTC))
    assert wrong(Changes, "gewijzigdSinds=gisteren&page=1&sorteer=naam&facetten=soort") == {
        "gewijzigdSinds": 1,
        "page": 1,
        "sorteer": 1,
        "facetten": 1,
    }


def test_a_whole_selection_has_no_pages():
    assert ask(Changes, form="csv").format == "csv"
    names = "page pageSize cursor gewijzigdSinds sorteer facetten velden expand".split()
    query = "page=1&pageSize=1&cursor=*&gewijzigdSinds=2026-01-01T00:00:00Z&sorteer=naam&facetten=soort"
    assert wrong(Changes, f"{query}&velden=naam&expand=delen", form="csv").keys() == {*names}


def test_an_address_may_have_parameters_of_its_own():
    question = ask(Own, "per_page=5&top=true")
    assert (question.page, question.size, question.values["top"]) == (1, 5, True)
    assert wrong(Own, "page=x&velden=naam&top=true&top=false") == {"page": 1, "velden": 1, "top": 1}


def test_a_link_asks_the_same_but_for_what_changes():
    question = ask(Things, "page=2&velden=naam,code&sorteer=-jaar")
    assert question.link(page=3) == "http://testserver/dingen?velden=naam,code&sorteer=-jaar&page=3"
    assert question.link(page=None, velden=None, sorteer=None) == "http://testserver/dingen"


def test_only_the_chosen_fields_stay_and_what_comes_along():
    item = {"naam": "a", "code": "b", "_embedded": {}}
    assert ask(Things).only(item) == item
    assert ask(Things, "velden=code").only(item) == {"code": "b", "_embedded": {}}
