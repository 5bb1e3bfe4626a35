"""The doors for machines: every collection of the API in every order, and about each secret its items and its filters;
and the files of the sitemap."""

from datetime import UTC, datetime

from django.urls import reverse

from registry.api.urls import urlpatterns as of_registry
from registry.sitemaps import SITEMAPS
from survey.api.urls import urlpatterns as of_survey
from tests.registry.leaks.doors import about, door
from tests.registry.leaks.world import case_of, word_of

ROOT = "/api/v1"
INITIATIVES = [
    "",
    "cursor=*&pageSize=100",
    "sorteer=-gepubliceerdOp",
    "expand=organisatie,knelpunten,casussen",
    "facetten=gemeente,kern,niveau,knelpunt,rol,soort,activiteit",
    "gemeente=GM0995",
    "kern=warande",
    "niveau=relationeel",
    "knelpunt=R1&rol=pakt-aan",
    "soort=evenement&activiteit=actief",
    "zoek=kwartel",
    "velden=naam,contact,locatie",
    f"gewijzigdSinds={datetime(2020, 1, 1, tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}",
]
OTHERS = "knelpunten casussen organisaties gemeenten niveaus bronnen begrippen bevindingen wisselwerkingen metingen"
COVERED = {pattern.name for pattern in (*of_registry, *of_survey)} | {"root"}


def address(covers, path, query=""):
    where = f"{ROOT}{path}{'?' if query else ''}{query}"

    @door(f"api:{covers}", f"api {where}")
    def ask(client, secret, world):
        return client.get(where)


for form in ("application/geo+json", "application/ld+json", "text/csv", "application/x-ndjson"):

    @door("api:initiatieven", f"api initiatieven als {form}")
    def _form(client, secret, world, form=form):
        return client.get(f"{ROOT}/initiatieven", headers={"accept": form})


for section in SITEMAPS:

    @door("sitemap-section", f"sitemap {section}")
    def _section(client, secret, world, section=section):
        return client.get(reverse("sitemap-section", kwargs={"section": section}))


address("root", "")
address("crss", "/crss")
address("initiatieven", "/initiatieven", "bbox=5.4705,52.5085,5.4715,52.509")
for query in INITIATIVES:
    address("initiatieven", "/initiatieven", query)
for noun in OTHERS.split():
    address(noun, f"/{noun}")
address("casussen", "/casussen", "zoek=kwartel")
address("casussen", "/casussen", "expand=knelpunten,initiatief")
address("casussen", "/casussen", "knelpunt=R1&sorteer=-gewijzigdOp")
address("knelpunten", "/knelpunten", "expand=niveau,bevindingen")
address("knelpunten", "/knelpunten", "gemeente=GM0995")
address("initiatief", "/initiatieven/havenhart", "expand=organisatie,knelpunten,casussen")
address("knelpunten-item", "/knelpunten/R1", "expand=bevindingen")
address("knelpunt-initiatieven", "/knelpunten/R1/initiatieven", "rol=ervaart")
address("knelpunt-initiatieven", "/knelpunten/R2/initiatieven", "cursor=*")
address("gemeenten-item", "/gemeenten/GM0995")
address("niveaus-item", "/niveaus/relationeel")
for noun in "organisaties bronnen begrippen bevindingen".split():
    address(f"{noun}-item", f"/{noun}/x")
address("meting", "/metingen/x")
address("resultaten", "/metingen/x/resultaten")


@about("api:initiatief", "api initiatief bij slug")
def _by_slug(client, secret, world):
    return client.get(f"{ROOT}/initiatieven/{secret.entry.slug}", follow=True)


@about("api:initiatief", "api initiatief bij id")
def _by_id(client, secret, world):
    return client.get(
        f"{ROOT}/initiatieven/{secret.entry.public_id}?expand=organisatie,knelpunten,casussen", follow=True
    )


@about("api:initiatieven", "api erop gezocht", word_of)
def _searched(client, secret, world):
    return client.get(f"{ROOT}/initiatieven", {"zoek": secret.word})


@about("api:casussen-item", names=case_of)
def _case(client, secret, world):
    return client.get(
        f"{ROOT}/casussen/{secret.case.slug if secret.case else 'x'}?expand=knelpunten,initiatief"
    )


@about("api:casussen", "api casussen ervan")
def _cases_of(client, secret, world):
    return client.get(f"{ROOT}/casussen", {"initiatief": secret.entry.public_id})
