"""Days, years and places that can be meant: 0026 and 70000 are slips of a keyboard or of a program."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

FIRST, LAST, OLDEST_BOOK = 1800, 2100, 1450


def check_day(day):
    if not FIRST <= day.year <= LAST:
        raise ValidationError(
            _("Klopt het jaar %(year)s? Vul een datum in van %(first)d tot en met %(last)d."),
            params={"year": f"{day.year:04}", "first": FIRST, "last": LAST},
        )


def check_year(year):
    if not OLDEST_BOOK <= year <= LAST:
        raise ValidationError(
            _("Klopt het jaar %(year)s? Vul een jaar in van %(first)d tot en met %(last)d."),
            params={"year": str(year), "first": OLDEST_BOOK, "last": LAST},
        )


def _within(low, high):
    message = _("Dit punt ligt niet in Flevoland. Vul een getal in tussen %(low)s en %(high)s.") % {
        "low": low,
        "high": high,
    }
    return [MinValueValidator(low, message), MaxValueValidator(high, message)]


# The province, a little wide; in degrees.
LONGITUDE, LATITUDE = _within(5.0, 6.1), _within(52.2, 52.9)
