"""What a page hides, its filter does not tell: each class of the admin, each field, each lookup, each role."""

import io
import logging
import re

import pytest
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.sites import AdminSite
from django.core.exceptions import SuspiciousOperation
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from registry import checks
from registry.foundation.admin_lookups import DeclaredLookups
from registry.foundation.text import is_readable
from registry.mail import letters
from registry.models import Role, Source, User
from tests import factories

pytestmark = pytest.mark.django_db

LOOKUPS = [
    "", "exact", "iexact", "contains", "icontains", "startswith", "iregex", "regex", "gt", "lte", "in", "range",
    "isnull", "year", "date", "0", "key__contains", "has_key",
]  # fmt: skip
ODD = ["", "***", "(.*a){25}", "\0", "x" * 5000, "9" * 30, "-1", "99999", "é", "'\"", "[]", "None", "٣"]
CLASSES = [pytest.param(one, id=one._meta.label) for one in admin.site._registry]


def paths(model):
    """Each field, and each field of what it leads to."""
    for field in model._meta.get_fields():
        yield field.name
        if field.related_model and not getattr(field, "one_to_many", False):
            yield from (f"{field.name}__{further.name}" for further in field.related_model._meta.get_fields())


def parameters(model):
    for path in paths(model):
        yield from ("__".join(filter(None, (path, lookup))) for lookup in LOOKUPS)


def changelist(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


@pytest.fixture(params=[*Role, "superuser"])
def somebody(request, client):
    if request.param == "superuser":
        user = factories.person(is_staff=True, is_superuser=True)
    else:
        user = factories.person(role=request.param, municipality=factories.municipality())
    client.force_login(user)
    return user


@pytest.mark.once  # refused before the table is asked
def test_only_what_a_class_declares_gets_through(rf, somebody):
    request = rf.get("/")
    request.user = somebody
    for model, model_admin in admin.site._registry.items():
        with CaptureQueriesContext(connection) as queries:
            allowed = {
                name
                for name in parameters(model)
                for value in ("x", "1")
                if model_admin.lookup_allowed(name, value, request)
            }
        assert allowed <= model_admin.declared_lookups(request), model
        assert {name.split("__")[0] for name in allowed} <= {
            str(declared).split("__")[0] for declared in model_admin.list_filter
        }, model
        lookups = {name.split("__")[-1] for name in allowed}
        assert lookups & {"iregex", "contains", "startswith", "gt", "range"} == set(), model
        # Roles are asked for; nothing is looked up in the rows themselves.
        assert model._meta.db_table not in _sql(queries) or model is User


def _sql(queries):
    return " ".join(query["sql"] for query in queries)


@pytest.mark.once  # refused before the table is asked
def test_a_refused_filter_answers_the_same_whatever_the_data(client, rf, without_menu, somebody):
    """Each column and lookup is refused by the view, and what was typed never came to the table; and a refusal is one page."""
    answers, seen = {}, 0
    for model, model_admin in admin.site._registry.items():
        page = changelist(model)
        if client.get(page).status_code != 200:
            continue
        seen += 1
        columns = [field for field in model._meta.concrete_fields if not field.is_relation]
        undeclared = [
            f"{field.name}__{lookup}" for field in columns for lookup in ("contains", "iregex", "gt")
        ]
        with CaptureQueriesContext(connection) as queries:
            for name in undeclared:
                for value in ("zzz", "***"):
                    request = rf.get(page, {name: value})
                    request.user = somebody
                    with pytest.raises(DisallowedModelAdminLookup):
                        model_admin.changelist_view(request)
        # What was typed never came there.
        assert re.search(r"zzz|\*\*\*", _sql(queries)) is None, model
        for name, value in zip(undeclared, ("a", "zzz", "***"), strict=False):
            response = client.get(page, {name: value})
            answers.setdefault(response.status_code, set()).add(response.content)
            assert model._meta.db_table not in getattr(response, "reason", "")
    assert (seen > 0, {status: len(bodies) for status, bodies in answers.items()}) == (True, {400: 1})


def test_the_mail_that_holds_a_link_tells_no_letter_of_it(client):
    client.force_login(factories.person(role=Role.EDITOR))
    letters.post(letters.Letter("Wachtwoord", "http://x/account/password/reset/key/9-d3a"), "a@voorbeeld.nl")
    for field in ("message", "html_message", "headers", "context", "logs__message", "template__content"):
        bodies = {
            client.get(changelist(Email), {f"{field}__contains": word}).content
            for word in ("key/9-d", "key/9-x")
        }
        assert len(bodies) == 1
    assert "400" not in client.get(changelist(Email), {"status__exact": "2"}).headers.get("Location", "")


@pytest.mark.parametrize("model", CLASSES)
def test_no_parameter_breaks_a_page(client, rf, without_frame, model):
    user = factories.person(is_staff=True, is_superuser=True)
    client.force_login(user)
    page, model_admin = changelist(model), admin.site._registry[model]
    # None of these is refused, so that all of them are read when they are sent at once.
    at_once = ["e", "all", "_facets", "_popup", "_changelist_filters"]
    names = ["q", "o", "p", "_to_field"]
    names += sorted(
        model_admin.declared_lookups(None) if not model_admin.list_filter else declared(model_admin)
    )
    for name in names:
        for value in ODD:
            look(rf, user, model_admin, page, {name: value})
        # With the page around it, and through all that stands before a page.
        assert client.get(page, {name: "".join(ODD)}).status_code < 500, name
    for value in ODD:
        assert client.get(page, dict.fromkeys(at_once, value)).status_code < 500, value
    client.post(page, {"action": "delete_selected", "_selected_action": "1", "index": "9" * 30})
    for value in ODD:
        chosen = {"action": "delete_selected", "_selected_action": value}
        assert client.post(page, chosen).status_code < 500, value
        fields = [*model._meta.fields, *model._meta.many_to_many]
        assert client.get(f"{page}add/", {field.name: value for field in fields}).status_code < 500, value
    many = {"q": " ".join(["a"] * 3000)}
    assert client.get(page, many).status_code < 500


def look(rf, user, model_admin, page, query):
    """Read the rows and the filters of a list as its page would, without the page; a refusal is an answer."""
    if not all(map(is_readable, query.values())):
        return  # stopped before any page
    request = rf.get(page, query)
    request.user = user
    try:
        response = model_admin.changelist_view(request)
    except SuspiciousOperation:
        return
    if response.status_code == 200:
        changes = response.context_data["cl"]
        _read = list(changes.result_list), [list(spec.choices(changes)) for spec in changes.filter_specs]


def declared(model_admin):
    class Anybody:
        user = None

    return model_admin.declared_lookups(Anybody)


def test_what_our_own_pages_link_to_goes_through(client):
    user = factories.person(role=Role.MANAGER)
    client.force_login(user)
    home = client.get(reverse("admin:index"))
    addresses = [address for _item, address in home.context["waiting"]]
    assert len(addresses) > 10
    addresses.append(reverse("admin:registry_webhookdelivery_changelist") + "?subscription__id__exact=1")
    assert {client.get(address).status_code for address in addresses} == {200}


@pytest.mark.parametrize("model", CLASSES)
def test_each_filter_that_a_page_offers_works(client, without_frame, model):
    factories.initiative(municipality=factories.municipality())
    client.force_login(factories.person(is_staff=True, is_superuser=True))
    page = client.get(changelist(model)).context["cl"]
    for spec in page.filter_specs:
        for choice in spec.choices(page):
            assert client.get(changelist(model) + choice["query_string"]).status_code == 200


def test_a_list_is_not_sorted_by_an_address_that_it_does_not_show(client):
    client.force_login(factories.person(role=Role.RESEARCHER))
    page = reverse("admin:registry_decision_changelist")
    orders = {client.get(page, {"o": number}).context["cl"].queryset.query.order_by for number in range(8)}
    assert ("to_status", "-pk") in orders
    assert not any("by" in order for order in orders)


def test_only_a_field_that_is_looked_up_while_typing_can_be_asked(client, without_frame):
    client.force_login(factories.person(is_staff=True, is_superuser=True))
    factories.initiative("Buurttuin")
    page, pairs = reverse("admin:autocomplete"), admin.site.autocompleted()
    for model in admin.site._registry:
        for field in model._meta.get_fields():
            asked = (model._meta.app_label, model._meta.model_name, field.name)
            given = dict(zip(("app_label", "model_name", "field_name"), asked, strict=True)) | {"term": "u"}
            assert client.get(page, given).status_code == (200 if asked in pairs else 403), asked
    given = {"app_label": "registry", "model_name": "link", "field_name": "initiative"}
    for value in ODD:
        assert client.get(page, given | {"term": value}).status_code < 500
        assert client.get(page, given | {"page": value}).status_code < 500
        assert client.get(page, given | {"field_name": value}).status_code < 500


def test_whatever_is_registered_goes_through_the_declaration():
    site = type(admin.site._wrapped)(name="proef")
    site.register(Source)
    assert isinstance(site._registry[Source], DeclaredLookups)
    assert checks.lists_take_what_they_declare(None) == []
    plain = AdminSite(name="kaal")
    plain.register(Source)
    assert [error.id for error in checks.lists_take_what_they_declare(None)] == ["registry.E001"]
    plain._registry.clear()


@pytest.mark.parametrize("model", CLASSES)
def test_a_search_looks_only_in_what_is_shown(model):
    """No search field holds what the class keeps from some roles."""
    model_admin = admin.site._registry[model]
    hidden = set(getattr(model_admin, "personal", ()))
    searched = {name.split("__")[0].lstrip("^=@") for name in model_admin.search_fields}
    assert searched & hidden == set()
    assert not any(isinstance(model._meta.get_field(name), models.JSONField) for name in searched)


def test_a_refusal_is_one_line_in_the_log(client, monkeypatch):
    console = next(one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    monkeypatch.setattr(console, "stream", io.StringIO())
    client.force_login(factories.person(role=Role.EDITOR))
    page = changelist(Email)
    for address, reason in [
        (f"{page}?message__contains=x", "Filtering by message__contains not allowed: " + page),
        ("/beheer/registry/user/", "Forbidden (Permission denied): /beheer/registry/user/"),
        ("/", "Invalid HTTP_HOST header"),
        ("/a%0D%0Ab/", "add 'kwaad.example' to ALLOWED_HOSTS.: /a\\r\\nb/"),
        (f"{page}?q=%00", "Text that cannot be kept.: " + page),
    ]:
        console.stream.truncate(0)
        client.get(address, headers={"host": "kwaad.example"} if not address.startswith("/beheer") else {})
        lines = console.stream.getvalue().replace("\0", "").splitlines()
        assert [reason.lower() in line.lower() for line in lines] == [True], lines
