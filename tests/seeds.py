"""Random walks that are drawn anew for each seed."""

import pytest


def seeds(numbers, *, everywhere):
    """The first ``everywhere`` of these on each database; the others once, for what they find knows no database."""
    numbers = list(numbers)
    once = [pytest.param(number, marks=pytest.mark.once) for number in numbers[everywhere:]]
    return pytest.mark.parametrize("seed", [*numbers[:everywhere], *once])
