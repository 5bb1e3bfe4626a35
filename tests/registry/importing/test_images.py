import struct
import zlib
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from registry.importing.images import LONGEST_SIDE, MAX_BYTES, clean_image
from registry.models import Initiative, Role
from registry.moderation.decisions import decide
from tests import factories

pytestmark = pytest.mark.once


def picture(kind="JPEG", size=(40, 20), name="foto.jpg", mode="RGB", colour="teal", **options):
    out = BytesIO()
    Image.new(mode, size, colour).save(out, kind, **options)
    return SimpleUploadedFile(name, out.getvalue())


def opened(content):
    return Image.open(BytesIO(content.read()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_becomes_webp_whatever_its_name(kind):
    result = opened(clean_image(picture(kind, name="foto.txt")))
    assert (result.format, result.size) == ("WEBP", (40, 20))


def test_what_is_in_the_file_beside_the_picture_is_gone():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Camera van Ans"
    exif.get_ifd(0x8825)[2] = (52.0, 30.0, 0.0)
    upload = picture(exif=exif.tobytes(), comment=b"van Ans")
    assert b"Camera van Ans" in upload.read()
    content = clean_image(upload)
    assert b"Ans" not in content.read()
    content.seek(0)
    result = opened(content)
    assert (dict(result.getexif()), result.info.get("exif"), result.info.get("xmp")) == ({}, None, None)
    # Orientation 6: the phone was held on its side.
    assert result.size == (20, 40)


def test_a_large_photo_is_made_smaller_and_a_see_through_one_stays_so():
    result = opened(clean_image(picture("PNG", (4000, 1000), mode="RGBA", colour=(0, 0, 0, 0))))
    assert (result.size, result.mode) == ((LONGEST_SIDE, 400), "RGBA")


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "1"])
def test_odd_colour_modes_are_read(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert opened(clean_image(picture(kind, mode=mode, colour=0))).format == "WEBP"


def png_of(width, height):
    """A small file that says it is enormous."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    data = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "geen afbeelding"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "geen afbeelding"),
        (picture("GIF").read(), "geen afbeelding"),
        (picture("BMP").read(), "geen afbeelding"),
        (picture(size=(400, 400)).read()[:300], "geen afbeelding"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "geen afbeelding"),
        (png_of(50_000, 50_000), "te veel beeldpunten"),
        (png_of(8_000, 8_000), "te veel beeldpunten"),
        (b"\0" * (MAX_BYTES + 1), "te groot"),
    ],
)
def test_what_is_not_a_fit_photo_is_refused(content, message):
    with pytest.raises(ValidationError, match=message):
        clean_image(SimpleUploadedFile("foto.png", content))


@pytest.fixture
def form(client, db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(factories.person(role=Role.EDITOR))
    entry = factories.initiative()
    page = reverse("admin:registry_initiative_change", args=[entry.pk])
    empty = {
        f"{prefix}-{name}_FORMS": 0
        for prefix in ("links", "exchanges", "mentions", "external_ids", "decisions")
        for name in ("TOTAL", "INITIAL")
    }

    def post(**fields):
        return client.post(page, empty | {"name": "N", "slug": entry.slug} | fields)

    post.entry = entry
    return post


def test_the_form_wants_a_text_alternative(form):
    response = form(image=picture())
    assert response.context["adminform"].form.errors == {
        "image_alt": ["Beschrijf de afbeelding voor wie haar niet ziet."],
        "image": ["Kies dit bestand nog een keer: het is nog niet bewaard."],
    }
    response = form(image=SimpleUploadedFile("foto.png", b"<svg/>"), image_alt="Iets")
    assert list(response.context["adminform"].form.errors) == ["image"]


def test_a_picture_that_is_replaced_or_removed_is_gone(
    client, form, tmp_path, django_capture_on_commit_callbacks
):
    def files():
        return sorted(path.name for path in tmp_path.rglob("*.webp"))

    form(image=picture(), image_alt="Een vlak")
    entry = Initiative.objects.get(pk=form.entry.pk)
    assert files() == [entry.image.name.split("/")[-1]]
    page = reverse("admin:registry_initiative_image", args=[entry.pk])
    assert opened(BytesIO(b"".join(client.get(page).streaming_content))).format == "WEBP"
    with django_capture_on_commit_callbacks(execute=True):
        form(image=picture(colour="red"), image_alt="Een vlak")
    entry.refresh_from_db()
    assert files() == [entry.image.name.split("/")[-1]]
    with django_capture_on_commit_callbacks(execute=True):
        form(**{"image-clear": "on"})
    assert files() == []
    for address, data in (
        (reverse("admin:registry_initiative_delete", args=[entry.pk]), {"post": "yes"}),
        (
            reverse("admin:registry_initiative_changelist"),
            {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"},
        ),
    ):
        Initiative.objects.get_or_create(pk=entry.pk, defaults={"slug": entry.slug, "name": "N"})
        decide(Initiative.objects.get(pk=entry.pk), "ingetrokken", by=None, reason="Weg")
        form(image=picture(), image_alt="Een vlak")
        assert len(files()) == 1
        client.force_login(factories.person(role=Role.MANAGER))
        with django_capture_on_commit_callbacks(execute=True):
            client.post(address, data | {"reden": "Bestaat niet"})
        assert not Initiative.objects.exists()
        assert files() == []
