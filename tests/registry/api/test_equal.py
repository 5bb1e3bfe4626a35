"""One filter, many doors: the page and the API give the same rows in the same order, and the same counts."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.models import Link
from tests import factories

VALUES = {
    "gemeente": ["GM0995", "GM0034", "GM9999"],
    "kern": ["almere-haven"],
    "niveau": ["relationeel", "bestuurlijk"],
    "knelpunt": ["R1", "r2", "B1"],
    "rol": ["ervaart", "pakt-aan"],
    "soort": ["evenement", "woonproject"],
    "activiteit": ["actief", "gestopt"],
    "zoek": ["festival", "buurt", "zwaardvis"],
}
queries = st.lists(
    st.sampled_from([(name, value) for name, values in VALUES.items() for value in values]),
    max_size=4,
    unique_by=lambda pair: pair[0] if pair[0] in ("zoek", "rol") else pair,
)


@pytest.fixture
def world(db):
    place = factories.place()
    bottlenecks = [factories.bottleneck(code) for code in ("R1", "R2", "B1")]
    for number in range(15):
        made = factories.initiative(
            ["Festival", "Buurtkamer", "Tuin"][number % 3] + f" {number}",
            kind=["evenement", "woonproject", ""][number % 3],
            activity=["actief", "gestopt"][number % 2],
            municipality=[factories.municipality(), place.municipality, None][number % 3],
            place=place if number % 3 == 1 else None,
        )
        factories.link(made, bottlenecks[number % 3], [Link.Role.TACKLES, Link.Role.FACES][number % 2])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(query=queries)
def test_the_page_and_the_api_are_equal(client, world, query):
    asked = urlencode(query)
    page = client.get(f"/initiatieven/?{asked}").context
    facets = "gemeente,kern,niveau,knelpunt,rol,soort,activiteit"
    response = client.get(f"/api/v1/initiatieven?{asked}&pageSize=20&facetten={facets}")
    if page["filterset"].errors:
        assert response.status_code == 400
        return
    found = response.json()
    assert [one["id"] for one in found["initiatieven"]] == [str(one.public_id) for one in page["initiatives"]]
    assert found["aantal"] == page["paginator"].count
    for facet in page["facets"]:
        counts = [(one["waarde"], one["aantal"]) for one in found["facetten"][facet.name]]
        assert counts == [(str(option.value), option.count) for option in facet.options]
