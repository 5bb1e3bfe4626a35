"""Two municipalities, each with an entry that must not show up where it does not belong."""

from types import SimpleNamespace

import pytest

from registry.models import Role, Status
from tests import factories

SECRET = "GeheimUitAlmere"


@pytest.fixture
def world(db):
    """What stands in Lelystad, in Almere (all with the secret word in it), and in no municipality."""
    lelystad, almere = factories.municipality("GM0995"), factories.municipality("GM0034")
    pinches = factories.bottleneck("R1")
    made = SimpleNamespace(lelystad=lelystad, almere=almere)
    for name, where, word in [("own", lelystad, "Lelie"), ("other", almere, SECRET), ("free", None, "Vrij")]:
        initiative = factories.initiative(
            f"{word} initiatief",
            slug=f"{word.lower()}-initiatief",
            municipality=where,
            summary=f"{word} samenvatting",
            contact_email=f"{word.lower()}@voorbeeld.nl",
            status=Status.SUBMITTED,
        )
        setattr(
            made,
            name,
            SimpleNamespace(
                initiative=initiative,
                organisation=factories.organisation(
                    name=f"{word} organisatie", municipality=where, contact_email=f"{word.lower()}@org.nl"
                ),
                case=factories.case(f"{word} casus", municipality=where, status=Status.SUBMITTED),
                link=factories.link(initiative, pinches, stated_by=f"{word} zegt dit"),
            ),
        )
    return made


@pytest.fixture
def log_in(client, world):
    """Log in as someone with this role, who works for Lelystad."""

    def _log_in(role):
        user = factories.person(role=role, municipality=world.lelystad)
        client.force_login(user)
        return user

    return _log_in


@pytest.fixture
def local(log_in):
    return log_in(Role.MUNICIPALITY_EDITOR)
