"""Whose a case is, says one rule: of its own municipality; without one, of that of its initiative."""

import pytest
from django.urls import reverse

from registry.models import Case, Decision, Role, Status
from registry.moderation.decisions import decide
from tests import factories
from tests.reading import read

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LELYSTAD, ALMERE = "GM0995", "GM0034"
# The case, its initiative, and who it is of.
WHOSE = [
    (LELYSTAD, ALMERE, LELYSTAD),
    (ALMERE, LELYSTAD, ALMERE),
    (None, LELYSTAD, LELYSTAD),
    (None, ALMERE, ALMERE),
    (LELYSTAD, None, LELYSTAD),
    (ALMERE, None, ALMERE),
    (None, None, None),
    (LELYSTAD, "without", LELYSTAD),
    (None, "without", None),
]


def make(own, of_initiative):
    initiative = None
    if of_initiative:
        where = None if of_initiative == "without" else factories.municipality(of_initiative)
        initiative = factories.initiative("Buurttuin", municipality=where)
    where = own and factories.municipality(own)
    return factories.case(
        "Bijzondere casus", municipality=where, initiative=initiative, status=Status.SUBMITTED
    )


@pytest.mark.parametrize(("own", "of_initiative", "whose"), WHOSE)
@pytest.mark.parametrize("editor_of", [LELYSTAD, ALMERE])
def test_every_door_gives_the_same_answer(client, own, of_initiative, whose, editor_of):
    case = make(own, of_initiative)
    decide(case, Status.PUBLISHED, by=None)
    user = factories.person(role=Role.MUNICIPALITY_EDITOR, municipality=factories.municipality(editor_of))
    client.force_login(user)
    is_theirs = whose == editor_of

    def page(name, *args):
        return reverse(f"admin:registry_case_{name}", args=args)

    found = {
        "queryset": Case.objects.visible_to(user).exists(),
        "list": client.get(page("changelist")).context["cl"].result_count == 1,
        "search": client.get(page("changelist"), {"q": "bijzondere"}).context["cl"].result_count == 1,
        "form": client.get(page("change", case.pk)).status_code == 200,
        "history": client.get(page("history", case.pk)).status_code == 200,
        "version": client.get(page("simple_history", case.pk, case.history.first().pk)).status_code == 200,
        "decision": client.get(page("decide", case.pk)).status_code == 200,
        "export": "Bijzondere casus" in client.post(page("export"), {"format": "csv"}).getvalue().decode(),
        "log of decisions": Decision.objects.visible_to(user).exists(),
        "home": "Bijzondere casus" in client.get(reverse("admin:index")).text,
    }
    assert found == dict.fromkeys(found, is_theirs)
    client.post(
        page("decide", case.pk), {"to": "ingetrokken", "reason": "Weg", "seen": "gepubliceerd"} | read(case)
    )
    case.refresh_from_db()
    assert (case.status == Status.WITHDRAWN) is is_theirs


def test_who_works_for_the_whole_province_sees_all(client):
    for own, of_initiative, _whose in WHOSE:
        make(own, of_initiative)
    assert Case.objects.visible_to(factories.person(role=Role.EDITOR)).count() == len(WHOSE)
    nowhere = factories.person(role=Role.MUNICIPALITY_EDITOR)
    assert Case.objects.visible_to(nowhere).count() == 0
