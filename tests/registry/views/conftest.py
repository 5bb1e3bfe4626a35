import pytest

from tests import factories


@pytest.fixture
def province(db):
    """The four levels and two municipalities: what every page counts on."""
    for slug in factories.LEVELS:
        factories.level(slug)
    factories.municipality("GM0995")
    factories.municipality("GM0034")
