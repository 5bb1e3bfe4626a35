"""Who sees what, through every door: role by object by door."""

from itertools import product

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse

from registry.models import Initiative, Link, Organisation, Role, Status
from tests import factories
from tests.registry.admin.conftest import SECRET

pytestmark = pytest.mark.once

MODELS = ["initiative", "organisation", "case", "link"]
OBJECTS = ["own", "other", "free"]
WHOLE = [Role.MANAGER, Role.EDITOR, Role.RESEARCHER]
DOORS = ["change", "history", "delete", "version", "decide", "image"]


def address(door, model, entry):
    if door == "version":
        return reverse(f"admin:registry_{model}_simple_history", args=[entry.pk, entry.history.first().pk])
    return reverse(f"admin:registry_{model}_{door}", args=[entry.pk])


def expected_at(role, door, thing, model):
    if door == "image":
        return 404  # none has one
    if (
        (door == "decide" and role == Role.RESEARCHER)
        or (door == "delete" and role != Role.MANAGER and model != "link")
        or (door == "delete" and role == Role.RESEARCHER)
    ):
        return 403
    if role == Role.MUNICIPALITY_EDITOR and thing != "own":
        return 404 if door in ("history", "version", "decide") else 302
    return 200


@pytest.mark.parametrize("role", Role)
def test_each_page_of_an_object(client, log_in, world, role, request):
    log_in(role)
    if role != Role.MUNICIPALITY_EDITOR:  # of whom each whole page is read
        request.getfixturevalue("without_frame")
    wrong = []
    for door, thing, model in product(DOORS, OBJECTS, MODELS):
        try:
            page = address(door, model, getattr(getattr(world, thing), model))
        except NoReverseMatch:
            assert (door, model) in {("decide", "organisation"), ("decide", "link")} or door == "image"
            continue
        is_secret = role == Role.MUNICIPALITY_EDITOR and thing == "other"
        response = client.get(page, follow=is_secret)
        status = next(
            (status for _to, status in getattr(response, "redirect_chain", ())), response.status_code
        )
        expected = expected_at(role, door, thing, model)
        if status != expected:
            wrong.append(f"{door} of {thing} {model}: {status} and not {expected}")
        if is_secret and SECRET in response.text:
            wrong.append(f"{door} of {thing} {model} tells the secret")
    assert wrong == []


@pytest.mark.parametrize("role", Role)
def test_the_list_and_its_search(client, log_in, world, role):
    log_in(role)
    for model in [*MODELS, "decision"]:
        page = reverse(f"admin:registry_{model}_changelist")
        for query in ({}, {"q": "geheim"}, {"q": "i"}, {"all": ""}):
            is_seen = SECRET.lower() in client.get(page, query).content.decode().lower()
            if role == Role.MUNICIPALITY_EDITOR or model == "decision":
                assert not is_seen, (model, query)
            elif query == {}:
                assert is_seen, model


@pytest.mark.parametrize("role", Role)
def test_autocomplete(client, log_in, world, role):
    log_in(role)
    for model, field in [("link", "initiative"), ("case", "initiative"), ("initiative", "organisation")]:
        query = {"app_label": "registry", "model_name": model, "field_name": field, "term": ""}
        results = client.get(reverse("admin:autocomplete"), query).json()["results"]
        kind = "organisatie" if field == "organisation" else "initiatief"
        everything = [f"{SECRET} {kind}", f"Lelie {kind}", f"Vrij {kind}"]
        assert [row["text"] for row in results] == (
            [f"Lelie {kind}"] if role == Role.MUNICIPALITY_EDITOR else everything
        )


@pytest.mark.parametrize("model", ["initiative", "organisation", "case", "link"])
def test_forms_offer_nothing_from_elsewhere(client, local, world, model):
    pages = [
        reverse(f"admin:registry_{model}_add"),
        reverse(f"admin:registry_{model}_change", args=[getattr(world.own, model).pk]),
        reverse(f"admin:registry_{model}_changelist"),
    ]
    factories.place("Almere Haven")
    for page in pages:
        text = client.get(page).content.decode()
        assert SECRET not in text
        if "changelist" not in page and "/add" in page:
            assert "Almere Haven" not in text


def initiative_data(**fields):
    empty = {
        f"{prefix}-{name}": number
        for prefix in ("links", "exchanges", "mentions", "external_ids", "decisions")
        for name, number in (("TOTAL_FORMS", 0), ("INITIAL_FORMS", 0))
    }
    return empty | {"name": "Nieuw", "slug": "nieuw", "municipality": "GM0995"} | fields


def test_adding_outside_the_own_municipality_is_refused(client, local, world):
    page = reverse("admin:registry_initiative_add")
    for elsewhere in ("GM0034", ""):
        response = client.post(page, initiative_data(municipality=elsewhere))
        assert list(response.context["adminform"].form.errors) == ["municipality"]
    assert not Initiative.objects.filter(slug="nieuw").exists()
    client.post(page, initiative_data())
    assert Initiative.objects.get(slug="nieuw").municipality_id == "GM0995"


def test_pointing_at_what_is_out_of_reach_is_refused(client, local, world):
    page = reverse("admin:registry_initiative_add")
    response = client.post(page, initiative_data(organisation=world.other.organisation.pk))
    assert list(response.context["adminform"].form.errors) == ["organisation"]
    assert SECRET not in response.content.decode()
    page = reverse("admin:registry_link_add")
    data = {"initiative": world.other.initiative.pk, "bottleneck": "R1", "role": "ervaart"}
    assert list(client.post(page, data).context["adminform"].form.errors) == ["initiative"]
    assert Link.objects.filter(role="ervaart").count() == 0


def test_what_an_entry_already_points_at_can_stay(client, local, world):
    Initiative.objects.filter(pk=world.own.initiative.pk).update(organisation=world.other.organisation)
    page = reverse("admin:registry_initiative_change", args=[world.own.initiative.pk])
    data = initiative_data(slug="lelie-initiatief", organisation=world.other.organisation.pk, name="Anders")
    response = client.post(page, data)
    assert response.status_code == 302, response.context["errors"]
    world.own.initiative.refresh_from_db()
    assert (world.own.initiative.name, world.own.initiative.organisation) == (
        "Anders",
        world.other.organisation,
    )


def test_changing_and_deciding_elsewhere_change_nothing(client, local, world):
    other = world.other.initiative
    client.post(reverse("admin:registry_initiative_change", args=[other.pk]), initiative_data(name="Gekaapt"))
    decide = reverse("admin:registry_initiative_decide", args=[other.pk])
    assert client.post(decide, {"to": "gepubliceerd", "seen": "ingediend"}).status_code == 404
    client.post(
        reverse("admin:registry_initiative_changelist"),
        {"action": "publish", "_selected_action": [other.pk], "reason": ""},
    )
    client.post(
        reverse("admin:registry_link_changelist"),
        {"action": "confirm", "_selected_action": [world.other.link.pk]},
    )
    other.refresh_from_db()
    world.other.link.refresh_from_db()
    assert (other.name, other.status, world.other.link.is_confirmed) == (
        f"{SECRET} initiatief",
        Status.SUBMITTED,
        False,
    )


def test_what_is_gone_is_read_by_whoever_works_for_the_province(client, log_in, world):
    pk = world.other.organisation.pk
    page = reverse("admin:registry_organisation_history", args=[pk])
    Organisation.objects.filter(pk=pk).first().delete()
    log_in(Role.EDITOR)
    assert client.get(page).status_code == 200
    log_in(Role.MUNICIPALITY_EDITOR)
    assert client.get(page).status_code == 404


def test_the_staff_home_shows_the_own_municipality(client, local, world):
    response = client.get(reverse("admin:index"))
    assert SECRET.lower() not in response.content.decode().lower()
    counts = {str(item.plural): item.count for item, _address in response.context["waiting"]}
    assert counts["initiatieven ingediend"] == 1
    assert counts["koppelingen niet bevestigd"] == 1


def test_no_address_tells_the_public_address_of_what_is_hidden():
    with pytest.raises(NoReverseMatch):
        reverse("admin:view_on_site", args=[1, 1])


@pytest.mark.parametrize("version", ["abc", "99999999999999999999", "0"])
def test_an_odd_version_is_not_found(client, log_in, world, version):
    log_in(Role.MANAGER)
    page = reverse("admin:registry_initiative_simple_history", args=[world.own.initiative.pk, version])
    assert client.get(page).status_code == 404
    assert client.get(reverse("admin:registry_initiative_history", args=["abc"])).status_code == 404


def test_an_old_version_cannot_be_put_back(client, log_in, world):
    log_in(Role.MANAGER)
    assert client.post(address("version", "initiative", world.own.initiative)).status_code == 403


def test_every_model_with_a_reach_has_an_admin_that_keeps_it(rf, local):
    request = rf.get("/")
    request.user = local
    for model, model_admin in admin.site._registry.items():
        if hasattr(model.objects, "visible_to"):
            queryset = model_admin.get_queryset(request)
            assert str(queryset.query).count("GM0995") >= 1, model
