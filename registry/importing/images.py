"""Photos from visitors and staff: each is decoded and encoded again, so no metadata of the file is stored."""

import warnings
from io import BytesIO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONGEST_SIDE = 1600


def clean_image(upload):
    """The photo as WebP of at most 1600 pixels, upright, with nothing in it but the picture.

    Drawing it anew leaves the place, the camera and the maker behind, and whatever hides in the file.
    Raises ValidationError with a Dutch message for what is not a photo or is too large.
    """
    if upload.size > MAX_BYTES:
        raise ValidationError(_("Deze afbeelding is te groot. Kies een bestand van ten hoogste 8 MB."))
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            # Pillow warns for oddities in metadata, which is thrown away, and for size, checked below.
            warnings.simplefilter("ignore")
            photo = Image.open(BytesIO(upload.read()), formats=FORMATS)
            # Nothing is decoded yet: the size is what the first bytes say.
            if photo.width * photo.height > MAX_PIXELS:
                raise Image.DecompressionBombError
            return _redrawn(photo)
    except Image.DecompressionBombError as bomb:
        raise ValidationError(
            _("Deze afbeelding heeft te veel beeldpunten. Kies er een van ten hoogste 40 miljoen.")
        ) from bomb
    except Exception as unreadable:
        # Pillow raises whatever its decoders raise; for the person it is all the same.
        raise ValidationError(
            _("Dit is geen afbeelding die wij kunnen lezen. Kies een foto in JPEG, PNG of WebP.")
        ) from unreadable


def _redrawn(photo):
    photo.draft("RGB", (LONGEST_SIDE * 2, LONGEST_SIDE * 2))
    photo = ImageOps.exif_transpose(photo)
    photo = photo.convert("RGBA" if photo.has_transparency_data else "RGB")
    photo.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    bare = Image.new(photo.mode, photo.size)
    bare.paste(photo)
    out = BytesIO()
    bare.save(out, "WEBP", quality=82, method=4)
    return ContentFile(out.getvalue(), name="beeld.webp")
