import re

import pytest

from survey.fieldwork import intake, stands
from survey.models import AccessCode, Round, SourceCode
from tests.survey import making

pytestmark = pytest.mark.django_db


def test_a_stand_has_its_own_address(settings):
    settings.SITE_URL = "https://samenbuurten.example"
    round = making.round("havenfeest")
    assert stands.address(round) == "https://samenbuurten.example/enquete/havenfeest/"
    source = SourceCode.objects.create(round=round, code="ingang", name="Ingang")
    assert stands.address(round, source).endswith("/enquete/havenfeest/?stand=ingang")


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_a_qr_code_is_a_picture(kind, start):
    assert stands.qr("https://samenbuurten.example/enquete/havenfeest/", kind).startswith(start)


def test_codes_let_people_in_once_and_only_their_hash_is_kept():
    round = making.round(access=Round.Access.CODES)
    codes = stands.make_codes(round, 20)
    assert len(set(codes)) == 20
    assert {len(code) for code in codes} == {11}
    assert set(round.access_codes.values_list("has_check", flat=True)) == {True}
    assert not set("".join(codes)) - set(stands.READABLE) - {"-"}
    kept = " ".join(AccessCode.objects.values_list("digest", flat=True))
    assert [code for code in codes if code in kept or code.replace("-", "") in kept] == []
    # As people type it.
    making.response(round, "R1", code=codes[0].lower().replace("-", " "))
    with pytest.raises(intake.NotTaken):
        making.response(round, "R2", code=codes[0])
    assert round.access_codes.filter(is_used=True).count() == 1


def test_a_slip_of_the_finger_in_a_code_is_found_without_a_network():
    code = "".join(stands._code().split("-"))
    assert stands.has_right_check(code)
    for place, sign in enumerate(code):
        for other in stands.READABLE.replace(sign, ""):
            assert not stands.has_right_check(code[:place] + other + code[place + 1 :])
        for away in range(place + 1, len(code)):
            swapped = list(code)
            swapped[place], swapped[away] = swapped[away], swapped[place]
            assert stands.has_right_check("".join(swapped)) == (code[place] == code[away])
    for wrong in ("", code[:-1], code + "3", code[:-1] + "0", code.lower()):
        assert not stands.has_right_check(wrong)


def test_a_code_on_a_poster_has_the_white_edge_that_the_standard_asks():
    """Four squares: with less a camera may not find it on a coloured ground."""
    picture = stands.qr_in_page("https://samenbuurten.example/enquete/festival/?stand=ingang")
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', picture)[1])
    places = [int(number) for square in re.findall(r"M(\d+) (\d+)h1", picture) for number in square]
    assert (min(places), max(places)) == (4, size - 5)
    assert "style" not in picture
