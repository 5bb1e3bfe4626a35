"""An address that was given once leads on: for every noun, through every door."""

import re

import pytest
from django.urls import URLPattern, get_resolver, reverse

from registry.models import Case, Finding, Initiative, Organisation, Source, Term
from registry.models.address import RESERVED, AddressField, current_address
from samenbuurten.former_addresses import NOUNS
from tests import factories

# Addresses of what has no address of its own to change: a key that is drawn, a code that is fixed, a level or kern
# whose address is fixed once it is there, a file; and of a round, which survey keeps (tests/survey).
FIXED = re.compile(
    r"^(admin:|account|hsds:|survey:|api:(meting|resultaten|niveaus|knelpunt|gemeenten)|"
    r"registry:(bottleneck-detail|download|enter-code|proof|stop|unfollow))"
)


def patterns(resolver, namespace="", path=""):
    for one in resolver.url_patterns:
        where = path + str(one.pattern)
        if isinstance(one, URLPattern):
            yield f"{namespace}{one.name}", where, one.pattern.converters
        else:
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from patterns(one, inner, where)


ALL = list(patterns(get_resolver()))


def test_every_address_of_a_noun_leads_on():
    told = {name for name, _where, converters in ALL if converters and not FIXED.match(name)}
    assert told == set(NOUNS)


def test_no_word_of_the_site_can_be_an_address():
    paths = [where for _name, where, _converters in ALL]
    shadowing = set()
    for where in paths:
        if found := re.match(r"(.*)<slug:slug>/?", where):
            for other in paths:
                beside = re.fullmatch(re.escape(found[1]) + r"([-\w]+)(/.*|\..*)?", other)
                if beside and "<" not in beside[1]:
                    shadowing.add(beside[1])
    assert shadowing - {"voorbeeld", "dienst"} <= RESERVED  # these two hold a key or a dot behind them


@pytest.fixture
def nouns(db):
    municipality = factories.municipality()
    entry = factories.initiative(
        "Tuin", slug="oud", municipality=municipality, organisation=factories.organisation(slug="oud")
    )
    case = factories.case(slug="oud")
    source = factories.source(slug="oud")
    term = factories.term(slug="oud")
    finding = Finding.objects.create(slug="oud", level=factories.level(), position=1, text="Zo is het.")
    return {
        Initiative: entry,
        Case: case,
        Organisation: entry.organisation,
        Source: source,
        Term: term,
        Finding: finding,
    }


def rename(row, slug):
    row.slug = slug
    row.save()


@pytest.mark.parametrize("name", [name for name in NOUNS if "my-" not in name])
def test_the_old_address_leads_to_the_new_one_with_its_query(client, nouns, name):
    row = nouns[NOUNS[name]]
    keyword = next(iter(next(converters for one, _where, converters in ALL if one == name)))
    old = reverse(name, kwargs={keyword: "oud"})
    query = "?velden=slug" if name.startswith("api:") else "?taal=nl"
    there = client.get(old).status_code
    rename(row, "nieuw")
    rename(row, "nieuwer")
    now = reverse(name, kwargs={keyword: "nieuwer"})
    for spelling in (old, old.replace("oud", "OUD")):
        response = client.get(spelling + query)
        assert (response.status_code, response.url) == (301, now + query)
    assert client.get(now + query).status_code == there
    assert client.get(now.replace("nieuwer", "Nieuwer") + query).status_code in (there, 301)


def test_what_was_sent_to_an_old_address_is_sent_on(client, nouns):
    rename(nouns[Initiative], "nieuw")
    response = client.post("/initiatieven/oud/schrijven/", {})
    assert (response.status_code, response.url) == (308, "/initiatieven/nieuw/schrijven/")


def test_an_address_that_was_never_public_leads_nowhere(client, db):
    entry = factories.initiative(slug="jan-thuis", status="concept")
    rename(entry, "tuin")
    entry.status = "gepubliceerd"
    entry.save()
    assert client.get("/initiatieven/jan-thuis/").status_code == 404
    rename(entry, "hof")
    assert client.get("/initiatieven/tuin/").url == "/initiatieven/hof/"
    entry.status = "ingetrokken"
    entry.save()
    assert client.get("/initiatieven/tuin/").status_code == 404


def test_an_old_address_of_what_was_merged_leads_to_what_is_left(client, nouns):
    kept = factories.initiative("Hof", slug="hof")
    rename(nouns[Initiative], "nieuw")
    nouns[Initiative].status, nouns[Initiative].merged_into = "samengevoegd", kept
    nouns[Initiative].save()
    assert client.get("/initiatieven/oud/").url == "/initiatieven/hof/"
    assert current_address(Initiative, "oud") == "hof"


@pytest.mark.parametrize("model", [Initiative, Case, Organisation, Source, Term, Finding])
def test_reserved_words_are_refused_whoever_gives_them(nouns, model):
    assert isinstance(model._meta.get_field("slug"), AddressField)
    for word in ("aanmelden", "Aanmelden"):
        nouns[model].slug = word
        with pytest.raises(Exception, match="adres van de site zelf"):
            nouns[model].full_clean()
