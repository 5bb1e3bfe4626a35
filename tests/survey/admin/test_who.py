"""Who may open which page of the survey in the admin, and who may do what."""

import pytest
from django.urls import reverse

from registry.models import Role
from survey import results
from survey.fieldwork import double_entry
from survey.models import OpenAnswer
from survey.rounds import publications
from tests import factories
from tests.survey import coded, making

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# The first letters: beheerder, redacteur, gemeenteredacteur, onderzoeker.
PAGES = {
    "questionnaire_changelist": "bro",
    "questionnaire_add": "br",
    "questionnaire_change": "bro",
    "questionnaire_statements": "bro",
    "questionnaire_paper": "bro",
    "questionnaire_copy": "br",
    "round_changelist": "bro",
    "round_add": "br",
    "round_change": "bro",
    "round_open": "br",
    "round_close": "br",
    "round_unplan": "br",
    "round_steps": "bro",
    "round_log": "bro",
    "round_poster": "bro",
    "round_qr": "bro",
    "round_codes": "br",
    "round_key_in": "br",
    "round_throw_away": "br",
    "round_screen": "bro",
    "round_screened": "bro",
    "round_coding": "bro",
    "round_codebook": "bro",
    "round_coded": "bro",
    "round_compare_codes": "bro",
    "round_freeze": "br",
    "round_thaw": "br",
    "round_live": "bro",
    "round_publish": "br",
    "round_records": "bo",
    "round_records_syntax": "bo",
    "round_records_sav": "bo",
    "publication_changelist": "bro",
    "publication_withdraw": "br",
    "retentionrun_changelist": "bro",
}
MORE = {"round_poster": ["meting"], "round_qr": ["meting", "svg"], "round_throw_away": [5]}


@pytest.fixture
def round():
    made = making.round()
    coded.answers(made, *coded.SAID)
    double_entry.key_in(made, 5, ["M1"], {})
    publications.write(made, results.results_for(made), published_on=None)
    return made


def address(page, round):
    noun, name = page.split("_", 1)
    entry = {
        "questionnaire": round.questionnaire,
        "publication": round.publications.first(),
    }.get(noun, round)
    where = [] if name in ("changelist", "add") else [entry.pk, *MORE.get(page, [])]
    return reverse(f"admin:survey_{page}", args=where)


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_its_own_pages_and_no_others(client, round, role):
    client.force_login(factories.person(role=role, municipality=factories.municipality()))
    opened = {page: client.get(address(page, round)).status_code for page in PAGES}
    assert opened == {page: 200 if role[0] in who else 403 for page, who in PAGES.items()}


def test_nobody_else_opens_any(client, round):
    assert {client.get(address(page, round)).status_code for page in PAGES} == {302}


def test_a_researcher_changes_no_round(client, round):
    client.force_login(factories.person(role=Role.RESEARCHER))
    for page in ("round_open", "round_close", "round_change", "round_codes", "questionnaire_statements"):
        assert client.post(address(page, round), {"number": 3}).status_code == 403
    round.refresh_from_db()
    assert (round.is_open, round.access_codes.count()) == (True, 0)


def test_a_municipal_editor_reads_and_decides_no_answer(client, round):
    client.force_login(factories.person(role=Role.MUNICIPALITY_EDITOR, municipality=factories.municipality()))
    answer = OpenAnswer.objects.first()
    response = client.post(address("round_screen", round), {"antwoord": answer.pk, "besluit": "gewist"})
    answer.refresh_from_db()
    assert (response.status_code, bool(answer.text)) == (403, True)


def test_what_does_not_exist_is_not_found(client, round):
    client.force_login(factories.person(role=Role.MANAGER))
    for page, args in {
        "round_screen": [0],
        "round_change": [0],
        "round_poster": [round.pk, "geen"],
        "round_qr": [round.pk, "meting", "gif"],
        "round_compare": [round.pk, 7],
    }.items():
        status = client.get(reverse(f"admin:survey_{page}", args=args)).status_code
        assert (page, status) == (page, 302 if page == "round_change" else 404)
    for query in ("antwoord=x", "na=1", "antwoord=00000000-0000-4000-8000-000000000000"):
        assert client.get(f"{address('round_screen', round)}?{query}").status_code == 404
