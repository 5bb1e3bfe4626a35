"""Two municipalities, each with an entry that must not show up where it does not belong."""

from types import SimpleNamespace

import pytest
from django.contrib import admin
from django.template import Engine
from django.template.loaders.locmem import Loader

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


def _bare(monkeypatch, templates):
    engine = Engine.get_default()
    loaders = [Loader(engine, templates), *engine.template_loaders]
    monkeypatch.setitem(vars(engine), "template_loaders", loaders)


@pytest.fixture
def without_menu(monkeypatch):
    """For walks past hundreds of pages of the admin: without what is the same around all of them."""
    blocks = "title extrahead breadcrumbs pretitle content_title content_subtitle content sidebar footer"
    own = "".join(f"{{% block {name} %}}{{{{ title }}}}{{% endblock %}}" for name in blocks.split())
    notes = "{{ subtitle }}{% for note in messages %}{{ note }}{% endfor %}"
    _bare(monkeypatch, {"admin/base_site.html": own + notes})
    monkeypatch.setattr(admin.site._wrapped, "get_app_list", lambda request, app_label=None: [])


@pytest.fixture
def without_frame(monkeypatch, without_menu):
    """For walks past thousands, with odd addresses: also without the page of a refusal, and without the rows of what
    hangs below a form, which nothing in an address reaches."""
    bare = {"admin/base_site.html": "{% block content %}{% endblock %}", "400.html": "400"}
    rows = ["admin/edit_inline/stacked.html", "admin/edit_inline/tabular.html"]
    _bare(monkeypatch, bare | dict.fromkeys(rows, ""))
