"""Sets rank all texts at once as plain Python ranks them one by one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.models import ContentStamp, Everyday, Initiative
from registry.search.postings import ranking
from registry.search.understanding import understand
from tests import factories
from tests.registry.search.plain import place_of_initiative

pytestmark = pytest.mark.django_db


def test_sets_rank_as_plain_python_does_one_by_one():
    words = ["opbouwwerker", "buurt-verbinder", "sociaal makelaar", "sociaal", "makelaar", "op", "werkers"]
    factories.term(equal=["buurtverbinder", "sociaal makelaar"])
    factories.term("makelaar", equal=["bemiddelaar", "op"])
    Everyday.objects.create(said="helpen\nsociaal", means="makelaar\nwerkers kaas")
    urk = factories.place("Urk", code="GM0184")
    some = st.lists(
        st.sampled_from([*words, "bemiddelaar", "kaas", "kazen", "urk", "helpen"]), min_size=1, max_size=3
    ).map(" ".join)

    @settings(max_examples=60)
    @given(st.lists(st.tuples(some, some, st.booleans()), min_size=1, max_size=4), some)
    def check(texts, text):
        Initiative.objects.all().delete()
        rows = [
            factories.initiative(
                name, summary=summary, place=urk if is_there else None, municipality=urk.municipality
            )
            for name, summary, is_there in texts
        ]
        query = understand(text)
        expected = {row.pk: place_of_initiative(query, row) for row in rows}
        answer = ranking(query, ContentStamp.versions())
        ranked = {key: (tier.parts, tier.level) for tier in answer.tiers for key in tier.keys}
        assert ranked == {key: place for key, place in expected.items() if place[0]}

    check()
