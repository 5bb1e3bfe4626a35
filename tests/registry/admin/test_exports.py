"""Who takes what along is written down: each file that a page of the admin gives, and one's own data."""

import ast
from pathlib import Path

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from registry.foundation.spreadsheets import FORMATS
from registry.models import Export, Role
from tests import factories
from tests.survey import making

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


def with_export():
    for model in admin.site._registry:
        try:
            yield model, reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_export")
        except NoReverseMatch:
            continue


@pytest.fixture
def manager(client):
    user = factories.person(role=Role.MANAGER)
    client.force_login(user)
    return user


def logged():
    return list(Export.objects.order_by("pk").values_list("by", "what", "kind", "number", "query"))


def test_each_export_is_logged_with_its_filter_and_how_many(client, manager):
    home = factories.municipality()
    for name in ("Tuin", "Keuken"):
        factories.initiative(name, municipality=home)
    factories.initiative("Elders")
    expected = []
    for model, page in with_export():
        for kind in FORMATS:
            assert client.post(page, {"format": kind}).status_code == 200
            number = model.objects.count()
            expected.append((manager.pk, str(model._meta.verbose_name_plural), kind, number, ""))
    assert logged() == expected
    assert len(expected) >= 7 * len(FORMATS)
    query = "municipality__code__exact=GM0995"
    client.post(reverse("admin:registry_initiative_export") + f"?{query}", {"format": "csv"})
    assert logged()[-1] == (manager.pk, "initiatieven", "csv", 2, query)


def test_what_gives_no_rows_is_not_logged(client, manager):
    page = reverse("admin:registry_initiative_export")
    client.get(page)
    client.post(page, {"format": "exe"})
    client.get(page + "?description__iregex=a")
    client.get(reverse("admin:registry_initiative_template", args=["csv"]))
    assert logged() == []


def test_records_and_codes_of_a_round_are_logged(client, manager):
    round = making.round()
    for _number in range(3):
        making.response(round)
    for name in ("records", "records_syntax", "records_sav"):
        b"".join(client.get(reverse(f"admin:survey_round_{name}", args=[round.pk])))
    codes = reverse("admin:survey_round_codes", args=[round.pk])
    client.post(codes, {"number": 4, "csv": "1"})
    client.post(codes, {"number": 5, "vel": "1"})
    records, given = f"inzendingen: {round}", f"eenmalige codes: {round}"
    assert logged() == [
        (manager.pk, records, "csv", 3, ""),
        (manager.pk, records, "sps", None, ""),
        (manager.pk, records, "sav", 3, ""),
        (manager.pk, given, "csv", 4, ""),
        (manager.pk, given, "vel", 5, ""),
    ]


def test_who_takes_their_own_data_is_logged(client):
    user = factories.person()
    client.force_login(user)
    client.get(reverse("registry:my-data"))
    for _again in range(2):
        client.get(reverse("registry:my-data"), {"bestand": "1"})
    assert logged() == [(user.pk, "eigen gegevens", "json", 1, "")]


@pytest.mark.parametrize("role", Role)
def test_the_log_is_for_the_manager_to_read(client, role):
    factories.municipality()
    client.force_login(factories.person(role=role, municipality=factories.municipality()))
    kept = Export.objects.log(None, "initiatieven", kind="csv", number=2, query="q=Tuin")
    names = [("changelist", []), ("change", [kept.pk]), ("history", [kept.pk])]
    pages = [reverse(f"admin:registry_export_{name}", args=args) for name, args in names]
    expected = 200 if role == Role.MANAGER else 403
    assert [client.get(page).status_code for page in pages] == [expected] * 3
    closed = [reverse("admin:registry_export_add"), reverse("admin:registry_export_delete", args=[kept.pk])]
    assert [client.post(page).status_code for page in closed] == [403, 403]
    client.post(pages[1], {"what": "niets"})
    assert Export.objects.get().what == "initiatieven"


def test_every_file_that_the_admin_gives_is_logged():
    """A page that names a file to keep says so in the log too; drawings of a QR code hold nothing."""
    giving = [
        path
        for folder in ("registry/admin", "survey/admin")
        for path in (ROOT / folder).rglob("*.py")
        if "Content-Disposition" in path.read_text()
    ]
    assert {path.name for path in giving} == {"transfer.py", "stands.py", "publication.py"}
    for path in giving:
        calls = [
            ast.unparse(node.func)
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
        ]
        assert "Export.objects.log" in calls
