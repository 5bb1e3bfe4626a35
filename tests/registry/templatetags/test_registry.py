import pytest

from registry.models import Initiative, Status
from registry.templatetags.registry import life


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        (Status.SUBMITTED, [("Ingediend", "klaar"), ("Wij lezen", "nu"), ("Op de site", "straks")]),
        (Status.NEEDS_MORE, [("Ingediend", "klaar"), ("Vraag aan u", "vraag"), ("Op de site", "straks")]),
        (Status.PUBLISHED, [("Ingediend", "klaar"), ("Gelezen", "klaar"), ("Op de site", "klaar")]),
        (Status.REJECTED, [("Ingediend", "klaar"), ("Gelezen", "klaar"), ("Komt niet op de site", "stop")]),
    ],
)
def test_life_says_how_far_an_entry_is(status, steps):
    assert [(step["label"], step["state"]) for step in life(Initiative(status=status))] == steps


@pytest.mark.parametrize("status", [one for one in Status if one != Status.MERGED])
def test_life_knows_every_status_that_an_owner_can_see(status):
    assert life(Initiative(status=status))
