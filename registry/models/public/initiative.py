"""An initiative. A new column gets its line here; docs/how-to/add-a-field.md says what more."""

from django.utils.translation import gettext_lazy as _

from registry.models import Initiative
from registry.models.initiative import geojson_point
from registry.models.operations.trace import public_moment
from registry.models.public.declaration import Field, FormText, Noun, Part
from registry.models.public.parts import (
    CONTACT,
    EXCHANGE,
    EXTERNAL_ID,
    IMAGE,
    LINK,
    MENTION,
    MUNICIPALITY_NAME,
    ORGANISATION_NAME,
)

_STORY = (
    Field("slug", "slug", column="adres", in_tables=False),
    Field(
        "naam",
        "name",
        in_geojson=True,
        group="story",
        form_text=FormText(_("Hoe heet het initiatief?")),
        is_asked_first=True,
    ),
    Field("andereNamen", "other_names", called="alias, ook bekend als, roepnaam", group="story", rows=2),
    Field("soort", "kind", in_geojson=True, called="type, categorie, soort initiatief", group="story"),
    Field(
        "samenvatting",
        "summary",
        in_geojson=True,
        group="story",
        rows=3,
        form_text=FormText(_("Wat doet u?"), _("In een paar zinnen. Ten hoogste 300 tekens.")),
        is_asked_first=True,
    ),
    Field("beschrijving", "description", group="story", rows=8),
)
_WHERE = (
    Part(
        "gemeente",
        "municipality",
        noun=MUNICIPALITY_NAME,
        in_tables={"gemeenteNaam": "municipality__name", "gemeenteCode": "municipality"},
        in_geojson=True,
        group="where",
        form_text=FormText(_("In welke gemeente?"), empty=_("Kies een gemeente")),
        is_asked_first=True,
    ),
    Field(
        "kern",
        "place__name",
        in_geojson=True,
        called="plaats, wijk, stadsdeel, dorp, woonplaats, buurt",
        group="where",
        form_text=FormText(_("In welke kern of welk stadsdeel?"), empty=_("Weet ik niet")),
    ),
    Field("lengtegraad", "longitude", in_json=False, in_tables=False, group="where", is_for_staff=True),
    Field("breedtegraad", "latitude", in_json=False, in_tables=False, group="where", is_for_staff=True),
    Field(
        "locatie",
        make=geojson_point,
        reads=("longitude", "latitude", "is_location_shielded"),
        shape="Point",
    ),
    Field(
        "locatieAfgeschermd",
        "is_location_shielded",
        in_tables={"afgeschermd": "is_location_shielded"},
        in_geojson="afgeschermd",
        column="plek_afgeschermd",
        group="where",
        form_text=FormText(_("Zeg alleen ‘in de buurt van’: de precieze plek hoeft niet op de site.")),
    ),
)
_WHO = (
    Field(
        "wieDoetHet",
        "run_by",
        called="trekker, door wie",
        group="who",
        form_text=FormText(_("Wie doet het?"), empty=_("Zeg ik nu niet")),
    ),
    Part(
        "organisatie",
        "organisation",
        noun=ORGANISATION_NAME,
        in_tables={"organisatie": "organisation__name"},
        group="who",
        is_for_staff=True,
    ),
    Field("website", "website", group="who", form_text=FormText(_("Website"))),
)
_CONTACT = (
    Part("contact", noun=CONTACT, only_if="is_contact_public"),
    Field(
        "contactpersoon",
        "contact_name",
        in_json=False,
        in_tables=False,
        called="contact, naam contactpersoon, aanspreekpunt",
        group="contact",
    ),
    Field(
        "e_mailadres",
        "contact_email",
        in_json=False,
        in_tables=False,
        group="contact",
    ),
    Field(
        "telefoonnummer",
        "contact_phone",
        in_json=False,
        in_tables=False,
        called="telefoon, tel, mobiel, telefoon nummer, tel nr, telnr, mobiele nummer",
        group="contact",
    ),
    Field("contactOpenbaar", "is_contact_public", in_json=False, in_tables=False, group="contact"),
)
_WHEN = (
    Field(
        "begintOp",
        "starts_on",
        called="start, startdatum, begin, begindatum, datum vanaf, sinds",
        group="when",
    ),
    Field("eindigtOp", "ends_on", called="eind, einddatum, einde, tot, datum tot", group="when"),
    Field("activiteit", "activity", in_geojson=True, group="when"),
    Field("lessen", "lessons", group="when"),
)
# These stand on the page of their own accord.
_JOINING = (
    Field(
        "voorWie",
        "audience",
        called="doelgroep, doelgroepen",
        group="joining",
        form_text=FormText(_("Voor wie is het?")),
    ),
    Field(
        "toegankelijkheid",
        "accessibility",
        group="joining",
        form_text=FormText(
            _("Hoe zorgt u dat iedereen mee kan doen?"),
            _("Bijvoorbeeld: geen drempels, rustige ruimte, samen ophalen."),
        ),
    ),
    Field(
        "talen", "languages", called="taal", group="joining", form_text=FormText(_("Welke talen spreekt u?"))
    ),
    Field(
        "kosten",
        "costs",
        called="prijs, bijdrage",
        group="joining",
        form_text=FormText(_("Wat kost meedoen?")),
    ),
)
_BELONGING = (
    Part("knelpunten", "links", noun=LINK, many=True),
    Part("vermeldingen", "mentions", noun=MENTION, many=True),
    Part("vraagEnAanbod", "exchanges", noun=EXCHANGE, many=True),
    Part("externeKenmerken", "external_ids", noun=EXTERNAL_ID, many=True),
    Part("afbeelding", noun=IMAGE, only_if="image"),
)
_PUBLICATION = (
    Field("status", "status", in_json=False, in_tables=False, is_readonly=True),
    Field(
        "voorbeeld",
        "is_sample",
        in_geojson=True,
        column="",
        help=_("Verzonnen, om de site te tonen."),
    ),
    Field("gepubliceerdOp", "published_at", in_tables=False, column=""),
    Field("gewijzigdOp", "changed_at", expression=public_moment, column=""),
    Field("bevestigdOp", "confirmed_on", column=""),
)

INITIATIVE = Noun(
    "Initiative",
    Initiative,
    (
        Field("id", "public_id", help=_("Blijft, ook als de naam verandert."), in_tables=False, column=""),
        *_STORY,
        *_WHERE,
        *_WHO,
        *_CONTACT,
        *_WHEN,
        *_JOINING,
        *_BELONGING,
        *_PUBLICATION,
    ),
    links={"self": "{api}/initiatieven/{key}", "pagina": "{page}"},
)
