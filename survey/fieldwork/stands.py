"""What hangs at a stand: the address with its QR code; and the codes that let one person in once."""

import io
import secrets

import qrcode
from django.conf import settings
from django.urls import reverse
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.image.pil import PilImage
from qrcode.image.svg import SvgPathImage

from survey.design import logbook
from survey.fieldwork import intake
from survey.models import AccessCode

# Without what looks alike on paper: 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
READABLE = "3467ACDEFGHJKMNPQRTWXY"
CODE_LENGTH = 9
# A prime just above the number of signs: any one sign that is wrong, and any two that changed places, are found.
MODULUS = 23
MOST_CODES = 500
FORMATS = {"svg": "image/svg+xml", "png": "image/png"}


def address(round, source=None):
    """Where people answer; ``source`` says at which stand they began."""
    query = f"?stand={source.code}" if source else ""
    return f"{settings.SITE_URL}{reverse('survey:respond', args=[round.slug])}{query}"


def qr(text, kind):
    """A QR code as bytes, readable with up to a quarter of it damaged (error correction level Q)."""
    code, picture = _qr(text), io.BytesIO()
    code.make_image(image_factory=PilImage if kind == "png" else SvgPathImage).save(picture)
    return picture.getvalue()


def qr_in_page(text):
    """The same as SVG to put in a page, as large as its place."""
    lines = _qr(text).get_matrix()
    squares = "".join(
        f"M{x} {y}h1v1h-1z" for y, line in enumerate(lines) for x, is_dark in enumerate(line) if is_dark
    )
    return f'<svg viewBox="0 0 {len(lines)} {len(lines)}"><path d="{squares}"/></svg>'


def _qr(text):
    """With the white edge of four squares that the standard asks: with less a camera may not find it."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q, box_size=8, border=4)
    code.add_data(text)
    return code


def make_codes(round, number, *, by=None):
    """So many new codes, in plain text for once: only their hashes are kept."""
    codes = [_code() for _number in range(number)]
    AccessCode.objects.bulk_create(
        AccessCode(round=round, digest=intake.digest(round, code), has_check=True) for code in codes
    )
    logbook.note(round, logbook.What.MADE_CODES, by, number=number)
    return codes


def has_right_check(code):
    """Whether ``code``, without its hyphens, may be one of ours: each sign times its place adds up to nothing.

    The same lines stand in samenbuurten/static/src/survey/code.js, for who has no network. Codes of before have
    eight signs and no check: where a round still has such codes, only what is as long as a new one is checked.
    """
    places = [READABLE.find(sign) for sign in code]
    if len(code) != CODE_LENGTH or -1 in places:
        return False
    return sum(weight * place for weight, place in enumerate(places, 1)) % MODULUS == 0


def has_codes_without_check(round):
    return round.access_codes.filter(has_check=False).exists()


def _code():
    """Drawn until the check happens to be right: once in 23 times."""
    while True:
        drawn = "".join(secrets.choice(READABLE) for _place in range(CODE_LENGTH))
        if has_right_check(drawn):
            return "-".join(drawn[start : start + 3] for start in range(0, CODE_LENGTH, 3))
