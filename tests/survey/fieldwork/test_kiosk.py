import pytest
from django.core.exceptions import ValidationError

from survey.fieldwork import kiosk
from survey.models import Round
from tests.survey import making

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_only_the_hash_of_a_pin_is_kept_and_only_that_pin_opens():
    kiosk.set_pin(making.round(), "2580")
    round = Round.objects.get()
    # The parts that the page reads.
    assert [len(part) > 0 for part in round.kiosk_pin.split("$")] == [True] * 4
    assert "2580" not in round.kiosk_pin.split("$")[2:]
    assert [kiosk.opens(round, pin) for pin in ("2580", "2581", "")] == [True, False, False]


def test_a_pin_can_be_taken_away():
    round = making.round()
    kiosk.set_pin(round, "2580")
    kiosk.set_pin(round, "")
    assert not kiosk.opens(round, "")


@pytest.mark.parametrize("pin", ["123", "123456789", "abcd", "12 4", "²²²²"])
def test_what_is_no_pin_is_refused(pin):
    with pytest.raises(ValidationError, match="vier tot acht cijfers"):
        kiosk.set_pin(making.round(), pin)
