"""What stands inside another noun: names of what it points at, and what belongs to an initiative."""

from django.utils.translation import gettext_lazy as _

from registry.models import Exchange, ExternalId, Initiative, Link, Mention, Municipality, Organisation, Place
from registry.models.public.declaration import Field, Noun

MUNICIPALITY_NAME = Noun(
    "MunicipalityName",
    Municipality,
    (Field("code", "code", help=_("De CBS-code, zoals GM0995.")), Field("naam", "name")),
)
ORGANISATION_NAME = Noun("OrganisationName", Organisation, (Field("slug", "slug"), Field("naam", "name")))
INITIATIVE_NAME = Noun("CaseInitiative", Initiative, (Field("id", "public_id"), Field("naam", "name")))
PLACE = Noun(
    "Place",
    Place,
    (
        Field("slug", "slug", column="adres"),
        Field("naam", "name"),
        Field("gemeente", "municipality", in_json=False),
    ),
)
CONTACT = Noun(
    "Contact",
    Initiative,
    (Field("naam", "contact_name"), Field("email", "contact_email"), Field("telefoon", "contact_phone")),
)
# The address of a picture is that of its page, with this behind it.
IMAGE = Noun(
    "Image",
    Initiative,
    (Field("url", shape="url", nullable=False), Field("beschrijving", "image_alt", nullable=False)),
)
IMAGE_BEHIND_PAGE = "beeld/"
LINK = Noun(
    "Link",
    Link,
    (
        Field("initiatief", "initiative", in_json=False),
        Field("code", "bottleneck", column="knelpunt", help=_("De code van het knelpunt, zoals R1.")),
        Field("rol", "role"),
        Field("niveau", "bottleneck__level", column=""),
        Field("toelichting", "explanation"),
        Field("wieZegtDit", "stated_by", in_json=False),
        Field("bevestigd", "is_confirmed", help=_("Of de provincie dit heeft bevestigd.")),
    ),
)
MENTION = Noun(
    "Mention",
    Mention,
    (
        Field("initiatief", "initiative", in_json=False),
        Field("waar", "event", column="waar_genoemd"),
        Field("aantal", "count"),
        Field("letterlijk", "quote"),
        Field("datum", "mentioned_on"),
        Field("bron", "source__slug"),
    ),
)
EXCHANGE = Noun(
    "Exchange",
    Exchange,
    (
        Field("richting", "direction", choices=()),
        Field("soort", "kind", choices=()),
        Field("wat", "text"),
        Field("duur", "duration"),
    ),
)
EXTERNAL_ID = Noun(
    "ExternalId", ExternalId, (Field("register", "scheme", choices=()), Field("kenmerk", "value"))
)
