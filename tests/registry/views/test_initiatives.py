import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from registry.models import Bottleneck, Exchange, ExternalId, Link, Mention, Status
from tests import factories

pytestmark = pytest.mark.usefixtures("province")
NOT_PUBLIC = [status for status in Status if status not in (Status.PUBLISHED, Status.MERGED)]
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L"


def names(response):
    return [initiative.name for initiative in response.context["page_obj"]]


def linked(**fields):
    made = factories.initiative(
        municipality=factories.municipality(), place=factories.place("Lelystad", code="GM0995"), **fields
    )
    factories.link(made, Bottleneck.objects.filter(code="R1").first() or factories.bottleneck("R1"))
    return made


def test_list_shows_only_what_is_published(client):
    factories.initiative("Open")
    for status in NOT_PUBLIC:
        factories.initiative(f"Geheim {status}", status=status, municipality=factories.municipality())
    response = client.get("/initiatieven/")
    assert names(response) == ["Open"]
    assert "Geheim" not in response.text
    # Nor in a count, a map or a search.
    assert response.context["overview"].areas[0].count == 0
    assert "Geheim" not in client.get("/initiatieven/?zoek=geheim").text.replace("‘geheim’", "")


@pytest.mark.parametrize("number", [1, 3])
def test_list_asks_the_same_for_one_and_for_three(client, django_assert_num_queries, number):
    for _ in range(number):
        linked()
    with django_assert_num_queries(12):
        assert len(names(client.get("/initiatieven/"))) == number


def test_list_asks_four_queries_when_the_counts_are_known(client, django_assert_num_queries):
    linked()
    client.get("/initiatieven/")
    with django_assert_num_queries(4):
        client.get("/initiatieven/")


@pytest.mark.parametrize("number", [1, 3])
def test_list_with_a_search_asks_the_same_for_one_and_for_three(client, django_assert_num_queries, number):
    for index in range(number):
        linked(name=f"Buurttuin {index}")
    with django_assert_num_queries(24):
        assert len(names(client.get("/initiatieven/?zoek=buurttuin"))) == number


def test_list_says_under_which_other_word_a_row_was_found(client):
    factories.term("opbouwwerker", equal=["buurtverbinder"])
    factories.initiative("Buurtverbinder Urk")
    response = client.get("/initiatieven/?zoek=opbouwwerker")
    assert "gevonden onder ‘buurtverbinder’" in response.text
    assert 'value="opbouwwerker"' in response.text


def test_list_offers_to_take_each_choice_away(client):
    factories.initiative(municipality=factories.municipality())
    response = client.get("/initiatieven/?gemeente=GM0995&gemeente=GM0034&zoek=tuin&pagina=1")
    assert [(chip.label, chip.url) for chip in response.context["chips"]] == [
        ("‘tuin’", "?gemeente=GM0995&gemeente=GM0034"),
        ("Almere", "?gemeente=GM0995&zoek=tuin"),
        ("Lelystad", "?gemeente=GM0034&zoek=tuin"),
    ]


def test_list_with_an_unknown_value_says_so_and_shows_nothing(client):
    factories.initiative("Open")
    response = client.get("/initiatieven/?gemeente=GM9999")
    assert response.status_code == 200
    assert names(response) == []
    assert "De gemeente ‘GM9999’ bestaat niet." in response.text


def test_list_without_results_says_what_to_do(client):
    text = client.get("/initiatieven/?zoek=zwaardvis").text
    assert "Haal hierboven een keuze weg, of zoek met een ander woord." in text


def test_list_opens_the_filters_that_are_used(client):
    text = client.get("/initiatieven/?soort=evenement&rol=ervaart").text
    opened = re.findall(r'<details class="facet" open>\s*<summary id="facet-(\w+)"', text)
    assert opened == ["gemeente", "kern", "rol", "soort"]
    one_line = " ".join(text.split())
    assert 'name="rol" value="ervaart" checked' in one_line
    assert 'name="rol" value="" checked' not in one_line


def test_list_has_pages_that_keep_the_filters(client):
    for _ in range(21):
        factories.initiative(municipality=factories.municipality())
    first = client.get("/initiatieven/?gemeente=GM0995")
    second = client.get("/initiatieven/?gemeente=GM0995&pagina=2")
    assert (len(names(first)), len(names(second))) == (20, 1)
    assert set(names(first)).isdisjoint(names(second))
    assert 'rel="next" href="?gemeente=GM0995&amp;pagina=2"' in " ".join(first.text.split())
    assert 'rel="prev" href="?gemeente=GM0995&amp;pagina=1"' in " ".join(second.text.split())


@pytest.mark.parametrize("page", ["0", "2", "x", "99999999999999999999"])
def test_list_beyond_its_pages_is_a_friendly_404(client, page):
    response = client.get(f"/initiatieven/?pagina={page}")
    assert response.status_code == 404
    assert "Deze pagina bestaat niet" in response.text


def test_list_gives_htmx_the_results_and_the_new_counts_only(client):
    factories.initiative("Open", municipality=factories.municipality())
    response = client.get("/initiatieven/?gemeente=GM0995", headers={"HX-Request": "true"})
    assert response.text.count("<html") == 0
    assert response.text.count('id="uitkomst"') == 1
    assert response.text.count('hx-swap-oob="true"') == len(response.context["facets"])
    # A screen reader hears the new number.
    assert '<p id="melding" hx-swap-oob="innerHTML">1 initiatief</p>' in response.text
    assert "HX-Request" in response["Vary"]


def test_list_gives_htmx_the_whole_page_when_it_restores_history(client):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert client.get("/initiatieven/", headers=headers).text.count("<html") == 1


def test_list_has_a_feed_with_the_same_filters(client):
    text = client.get("/initiatieven/?gemeente=GM0995&pagina=1").text
    # For a feed reader in the head, for people beside the number.
    assert text.count('href="/initiatieven/feed.xml?gemeente=GM0995"') == 2


def test_list_can_be_followed_by_email_with_the_same_filters(client):
    text = client.get("/initiatieven/?gemeente=GM0995&zoek=tuin&pagina=1").text
    assert text.count('href="/volgen/?gemeente=GM0995&amp;zoek=tuin"') == 1
    assert 'href="/volgen/"' in client.get("/initiatieven/").text


@pytest.mark.parametrize("status", NOT_PUBLIC)
def test_detail_of_what_is_not_public_is_not_found(client, status):
    initiative = factories.initiative("Geheim", status=status)
    response = client.get(initiative.get_absolute_url())
    assert response.status_code == 404
    assert "Geheim" not in response.text


def test_detail_of_a_merged_initiative_leads_to_the_one_that_is_left(client):
    last = factories.initiative("Blijft")
    middle = factories.initiative(status=Status.MERGED, merged_into=last)
    first = factories.initiative(status=Status.MERGED, merged_into=middle)
    response = client.get(first.get_absolute_url())
    assert (response.status_code, response["Location"]) == (301, last.get_absolute_url())


def test_detail_of_one_merged_into_what_was_withdrawn_is_not_found(client):
    gone = factories.initiative("Geheim", status=Status.WITHDRAWN)
    merged = factories.initiative(status=Status.MERGED, merged_into=gone)
    assert client.get(merged.get_absolute_url()).status_code == 404


def everything(number=1, **fields):
    initiative = linked(
        name="Buurtkamer",
        summary="Elke dag open.",
        organisation=factories.organisation(name="Stichting Samen"),
        contact_name="Ans Jansen",
        contact_email="ans@buurtkamer.example",
        contact_phone="06 12345678",
        longitude=Decimal("5.512345"),
        latitude=Decimal("52.543219"),
        **fields,
    )
    for index in range(number):
        Mention.objects.create(initiative=initiative, event=f"Festival {index}", count=2)
        Exchange.objects.create(initiative=initiative, direction="vraagt", text=f"Stoelen {index}")
        factories.case(f"Casus {index}", initiative=initiative)
        ExternalId.objects.create(
            initiative=initiative, scheme=["kvk", "osm", "social-handprint"][index], value=f"1234567{index}"
        )
        factories.link(initiative, factories.bottleneck(f"M{index + 1}"), Link.Role.FACES)
    return initiative


@pytest.mark.parametrize("number", [1, 3])
def test_detail_asks_the_same_for_one_and_for_three_of_each(client, django_assert_num_queries, number):
    url = everything(number).get_absolute_url()
    with django_assert_num_queries(16):
        client.get(url)


@pytest.mark.parametrize("number", [1, 3])
def test_detail_asks_the_same_for_one_and_for_three_matches(client, django_assert_num_queries, number):
    initiative = everything()
    for _ in range(number):
        other = factories.initiative(
            municipality=factories.municipality(), place=factories.place("Lelystad", code="GM0995")
        )
        factories.link(other, Bottleneck.objects.get(pk="M1"))
    with django_assert_num_queries(17):
        response = client.get(initiative.get_absolute_url())
    assert len(response.context["matches"]) == number


def test_detail_says_who_can_help_whom(client):
    initiative = everything()
    helper = factories.initiative("Kas", municipality=factories.municipality())
    factories.link(helper, Bottleneck.objects.get(pk="M1"))
    text = client.get(initiative.get_absolute_url()).text
    assert "Pakt aan wat Buurtkamer ervaart: M1. In dezelfde gemeente." in text
    assert "Wie kan elkaar verder helpen" not in client.get(factories.initiative().get_absolute_url()).text


def test_detail_offers_to_write_only_when_somebody_reads(client):
    reached, unreached = factories.initiative(contact_email="ans@buurtkamer.example"), factories.initiative()
    sample = factories.initiative(contact_email="ans@buurtkamer.example", is_sample=True)
    for initiative, number in [(reached, 1), (unreached, 0), (sample, 0)]:
        text = client.get(initiative.get_absolute_url()).text
        assert text.count(f'href="/initiatieven/{initiative.slug}/schrijven/"') == number
        assert text.count(f'href="/initiatieven/{initiative.slug}/overnemen/"') == 1
        assert "ans@" not in text


@pytest.mark.parametrize(("days", "is_silent"), [(30, False), (31, True)])
def test_detail_says_when_its_owners_are_silent(client, days, is_silent):
    asked_on = timezone.localdate() - timedelta(days=days)
    initiative = factories.initiative(asked_since=asked_on)
    factories.owner(initiative)
    text = client.get(initiative.get_absolute_url()).text
    assert ("<strong>Niet bevestigd.</strong>" in text) == is_silent


def test_detail_shows_what_is_known(client):
    text = client.get(everything(confirmed_on=date(2026, 3, 9)).get_absolute_url()).text
    for known in [
        "Buurtkamer",
        "Elke dag open.",
        "Stichting Samen",
        "2x genoemd, Festival 0",
        "Stoelen 0",
        "KvK 12345670",
        "Casus 0",
        "Bevestigd op 9 maart 2026.",
        "Nog niet bevestigd.",
    ]:
        assert known in text
    assert "Kosten" not in text


def test_detail_keeps_contact_to_itself_unless_it_is_public(client):
    initiative = everything()
    text = client.get(initiative.get_absolute_url()).text
    for private in ["Ans Jansen", "ans@buurtkamer.example", "12345678"]:
        assert private not in text
    initiative.is_contact_public = True
    initiative.save()
    text = client.get(initiative.get_absolute_url()).text
    for public in ["Ans Jansen", "mailto:ans@buurtkamer.example", "tel:0612345678"]:
        assert public in text


def data_block(text):
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text)[1])


def test_detail_describes_itself_for_machines(client):
    initiative = everything()
    assert data_block(client.get(initiative.get_absolute_url()).text) == {
        "@context": "https://schema.org",
        "@type": "Project",
        "name": "Buurtkamer",
        "description": "Elke dag open.",
        "url": f"http://testserver{initiative.get_absolute_url()}",
        "location": {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": "Lelystad",
                "addressRegion": "Flevoland",
                "addressCountry": "NL",
            },
            "geo": {"@type": "GeoCoordinates", "longitude": 5.512345, "latitude": 52.543219},
        },
    }


def test_detail_says_when_an_event_is(client):
    initiative = factories.initiative(kind="evenement", starts_on=date(2026, 6, 1), ends_on=date(2026, 6, 2))
    block = data_block(client.get(initiative.get_absolute_url()).text)
    assert (block["@type"], block["startDate"], block["endDate"]) == ("Event", "2026-06-01", "2026-06-02")


def test_detail_never_lets_a_name_end_the_data_block(client):
    initiative = factories.initiative("</script><script>alert(1)</script>")
    text = client.get(initiative.get_absolute_url()).text
    assert "<script>alert" not in text
    assert data_block(text)["name"] == "</script><script>alert(1)</script>"


def test_detail_never_gives_a_shielded_point(client, settings):
    settings.MAP_TILES_URL = "https://tegels.example/{z}/{x}/{y}.png"
    initiative = everything(is_location_shielded=True)
    text = client.get(initiative.get_absolute_url()).text
    assert "In de buurt van Lelystad" in text
    assert "kaart__punt" not in text
    for digits in ["5.51", "5,51", "52.54", "52,54"]:
        assert digits not in text


def test_detail_shows_the_slippy_map_only_with_a_tile_server(client, settings):
    url = everything().get_absolute_url()
    assert "data-tegels" not in client.get(url).text
    settings.MAP_TILES_URL = "https://tegels.example/{z}/{x}/{y}.png"
    assert 'data-punt="5.512345 52.543219"' in client.get(url).text


def test_detail_of_sample_data_says_that_it_is_fictional(client):
    sample = factories.initiative(is_sample=True)
    real = factories.initiative()
    assert "Dit bestaat niet echt." in client.get(sample.get_absolute_url()).text
    assert "Dit bestaat niet echt." not in client.get(real.get_absolute_url()).text
    assert client.get("/initiatieven/").text.count("Verzonnen voorbeeld") == 1


def test_detail_hides_what_hangs_on_it_but_is_not_public(client):
    initiative = factories.initiative()
    candidate = factories.bottleneck("B1", statement="Kandidaat", status=Bottleneck.Status.CANDIDATE)
    factories.link(initiative, candidate)
    factories.case("Geheime casus", initiative=initiative, status=Status.DRAFT)
    text = client.get(initiative.get_absolute_url()).text
    assert "Kandidaat" not in text
    assert "Geheime casus" not in text


@pytest.fixture
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def with_image(**fields):
    initiative = factories.initiative(image_alt="Een tafel vol mensen", **fields)
    initiative.image.save("x.webp", ContentFile(WEBP))
    return initiative


@pytest.mark.usefixtures("_media")
def test_image_goes_out_with_its_page_and_is_asked_for_again_at_each_use(client):
    initiative = with_image()
    address = re.search(
        r'<img class="detail__beeld" src="([^"]+)" alt="Een tafel vol mensen">',
        client.get(initiative.get_absolute_url()).text,
    )[1]
    response = client.get(address)
    assert (response["Content-Type"], response.getvalue()) == ("image/webp", WEBP)
    assert response["Cache-Control"] == "public, no-cache"
    again = client.get(address, headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content, again["Cache-Control"]) == (304, b"", "public, no-cache")
    initiative.status = Status.WITHDRAWN
    initiative.save()
    assert client.get(address, headers={"If-None-Match": response["ETag"]}).status_code == 404
    assert address == f"/initiatieven/{initiative.slug}/beeld/?v={initiative.image.name.split('/')[1][:8]}"


@pytest.mark.usefixtures("_media")
@pytest.mark.parametrize("status", NOT_PUBLIC)
def test_image_of_what_is_not_public_is_not_found(client, status):
    initiative = with_image(status=status)
    assert client.get(f"/initiatieven/{initiative.slug}/beeld/").status_code == 404


def test_image_that_is_not_there_is_not_found(client):
    initiative = factories.initiative()
    assert client.get(f"/initiatieven/{initiative.slug}/beeld/").status_code == 404
