"""What the API gives, described for the OpenAPI document and for ``velden``.

They do not turn rows into data: registry/exporting/as_json.py does, and a test holds the two equal.
"""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from registry.models import Bottleneck, Initiative, Link


class Shape(serializers.Serializer):
    """All parts are always there; None is "not known"."""

    def get_fields(self):
        fields = super().get_fields()
        links = fields.pop("links", None)
        # An underscore in front cannot be the name of a declared field.
        return fields | ({"_links": links} if links else {})


class HrefShape(serializers.Serializer):
    href = serializers.URLField()


class SelfLinks(serializers.Serializer):
    def get_fields(self):
        return {"self": HrefShape()} | super().get_fields()


class PageLinks(SelfLinks):
    pagina = HrefShape(help_text=_("De pagina op de site."))


class MunicipalityName(serializers.Serializer):
    code = serializers.CharField(help_text=_("De CBS-code, zoals GM0995."))
    naam = serializers.CharField()


class PointShape(serializers.Serializer):
    """GeoJSON, in lengte- en breedtegraad (CRS84)."""

    type = serializers.ChoiceField(choices=["Point"])
    coordinates = serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)


class OrganisationName(serializers.Serializer):
    slug = serializers.CharField()
    naam = serializers.CharField()


class ContactShape(serializers.Serializer):
    naam = serializers.CharField(allow_null=True)
    email = serializers.EmailField(allow_null=True)
    telefoon = serializers.CharField(allow_null=True)


class LinkShape(serializers.Serializer):
    code = serializers.CharField(help_text=_("De code van het knelpunt, zoals R1."))
    niveau = serializers.CharField()
    rol = serializers.ChoiceField(choices=Link.Role.choices)
    toelichting = serializers.CharField(allow_null=True)
    bevestigd = serializers.BooleanField(help_text=_("Of de provincie dit heeft bevestigd."))


class MentionShape(serializers.Serializer):
    waar = serializers.CharField()
    aantal = serializers.IntegerField(min_value=1)
    letterlijk = serializers.CharField(allow_null=True)
    datum = serializers.DateField(allow_null=True)
    bron = serializers.CharField(allow_null=True)


class ExchangeShape(serializers.Serializer):
    richting = serializers.CharField()
    soort = serializers.CharField()
    wat = serializers.CharField()
    duur = serializers.CharField(allow_null=True)


class ExternalIdShape(serializers.Serializer):
    register = serializers.CharField()
    kenmerk = serializers.CharField()


class ImageShape(serializers.Serializer):
    url = serializers.URLField()
    beschrijving = serializers.CharField()


class InitiativeShape(Shape):
    id = serializers.UUIDField(help_text=_("Blijft, ook als de naam verandert."))
    slug = serializers.CharField()
    naam = serializers.CharField()
    andereNamen = serializers.ListField(child=serializers.CharField())
    samenvatting = serializers.CharField(allow_null=True)
    beschrijving = serializers.CharField(allow_null=True)
    soort = serializers.ChoiceField(choices=Initiative.Kind.choices, allow_null=True)
    activiteit = serializers.ChoiceField(choices=Initiative.Activity.choices, allow_null=True)
    gemeente = MunicipalityName(allow_null=True)
    kern = serializers.CharField(allow_null=True)
    locatie = PointShape(allow_null=True)
    locatieAfgeschermd = serializers.BooleanField()
    wieDoetHet = serializers.ChoiceField(choices=Initiative.RunBy.choices, allow_null=True)
    organisatie = OrganisationName(allow_null=True)
    website = serializers.URLField(allow_null=True)
    contact = ContactShape(allow_null=True)
    begintOp = serializers.DateField(allow_null=True)
    eindigtOp = serializers.DateField(allow_null=True)
    voorWie = serializers.CharField(allow_null=True)
    toegankelijkheid = serializers.CharField(allow_null=True)
    talen = serializers.CharField(allow_null=True)
    kosten = serializers.CharField(allow_null=True)
    lessen = serializers.CharField(allow_null=True)
    knelpunten = LinkShape(many=True)
    vermeldingen = MentionShape(many=True)
    vraagEnAanbod = ExchangeShape(many=True)
    externeKenmerken = ExternalIdShape(many=True)
    afbeelding = ImageShape(allow_null=True)
    voorbeeld = serializers.BooleanField(help_text=_("Verzonnen, om de site te tonen."))
    gepubliceerdOp = serializers.DateTimeField(allow_null=True)
    gewijzigdOp = serializers.DateTimeField()
    bevestigdOp = serializers.DateField(allow_null=True)
    links = PageLinks()


class BottleneckLinks(PageLinks):
    initiatieven = HrefShape()


class BottleneckShape(Shape):
    code = serializers.CharField()
    niveau = serializers.CharField()
    stelling = serializers.CharField(allow_null=True)
    titel = serializers.CharField(allow_null=True)
    uitleg = serializers.CharField(allow_null=True)
    herkomst = serializers.ChoiceField(choices=Bottleneck.Origin.choices)
    status = serializers.ChoiceField(
        choices=[one for one in Bottleneck.Status.choices if one[0] != Bottleneck.Status.CANDIDATE]
    )
    samengevoegdMet = serializers.CharField(allow_null=True)
    alleenInGemeente = serializers.CharField(allow_null=True)
    links = BottleneckLinks()


class LevelShape(Shape):
    slug = serializers.CharField()
    letter = serializers.CharField()
    naam = serializers.CharField()
    ondertitel = serializers.CharField()
    vraag = serializers.CharField()
    factor = serializers.CharField(allow_null=True)
    links = SelfLinks()


class CaseInitiativeShape(serializers.Serializer):
    id = serializers.UUIDField()
    naam = serializers.CharField()


class CaseShape(Shape):
    slug = serializers.CharField()
    titel = serializers.CharField()
    samenvatting = serializers.CharField(allow_null=True)
    situatie = serializers.CharField(allow_null=True)
    aanpak = serializers.CharField(allow_null=True)
    resultaat = serializers.CharField(allow_null=True)
    lessen = serializers.CharField(allow_null=True)
    initiatief = CaseInitiativeShape(allow_null=True)
    gemeente = serializers.CharField(allow_null=True)
    knelpunten = serializers.ListField(child=serializers.CharField())
    bron = serializers.CharField(allow_null=True)
    voorbeeld = serializers.BooleanField()
    gewijzigdOp = serializers.DateTimeField()
    links = PageLinks()


class OrganisationShape(Shape):
    slug = serializers.CharField()
    naam = serializers.CharField()
    omschrijving = serializers.CharField(allow_null=True)
    website = serializers.URLField(allow_null=True)
    gemeente = serializers.CharField(allow_null=True)
    kvkNummer = serializers.CharField(allow_null=True)
    voorbeeld = serializers.BooleanField()
    links = SelfLinks()


class PlaceShape(serializers.Serializer):
    slug = serializers.CharField()
    naam = serializers.CharField()


class MunicipalityLinks(SelfLinks):
    initiatieven = HrefShape()


class MunicipalityShape(Shape):
    code = serializers.CharField(help_text=_("De CBS-code, zoals GM0995."))
    naam = serializers.CharField()
    inwoners = serializers.IntegerField(allow_null=True)
    inwonersPeildatum = serializers.DateField(allow_null=True)
    kernen = PlaceShape(many=True)
    links = MunicipalityLinks()


class SourceShape(Shape):
    slug = serializers.CharField()
    verwijzing = serializers.CharField()
    auteurs = serializers.CharField(allow_null=True)
    jaar = serializers.IntegerField(allow_null=True)
    titel = serializers.CharField(allow_null=True)
    paginas = serializers.CharField(allow_null=True)
    doi = serializers.CharField(allow_null=True)
    url = serializers.URLField(allow_null=True)
    toelichting = serializers.CharField(allow_null=True)
    links = SelfLinks()


class TermShape(Shape):
    slug = serializers.CharField()
    woord = serializers.CharField()
    zelfde = serializers.ListField(child=serializers.CharField())
    verwant = serializers.ListField(child=serializers.CharField())
    uitleg = serializers.CharField(allow_null=True)
    letOp = serializers.CharField(allow_null=True)
    omstreden = serializers.BooleanField()
    links = SelfLinks()


class FindingShape(Shape):
    slug = serializers.CharField()
    niveau = serializers.CharField(allow_null=True)
    bevinding = serializers.CharField()
    onderdeelVan = serializers.CharField(allow_null=True)
    herkomst = serializers.CharField(allow_null=True)
    bron = serializers.CharField(allow_null=True)
    knelpunten = serializers.ListField(child=serializers.CharField())
    gemeenten = serializers.ListField(child=serializers.CharField())
    alleenFlevoland = serializers.BooleanField()
    links = SelfLinks()


class EndShape(serializers.Serializer):
    niveau = serializers.CharField(allow_null=True)
    knelpunt = serializers.CharField(allow_null=True)


class InteractionShape(Shape):
    van = EndShape()
    naar = EndShape()
    wederzijds = serializers.BooleanField()
    uitleg = serializers.CharField()
    bron = serializers.CharField(allow_null=True)
