"""What the API gives of the survey, described for the OpenAPI document and for ``velden``."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class HrefOf(serializers.Serializer):
    href = serializers.URLField()


class RoundLinks(serializers.Serializer):
    resultaten = HrefOf()
    pagina = HrefOf(help_text=_("De pagina op de site."))

    def get_fields(self):
        return {"self": HrefOf()} | super().get_fields()


class RoundShape(serializers.Serializer):
    slug = serializers.CharField()
    naam = serializers.CharField()
    gelegenheid = serializers.CharField(allow_null=True)
    datum = serializers.DateField(allow_null=True, help_text=_("Null: niet bekend."))
    uitgave = serializers.IntegerField(help_text=_("Het nummer van de nieuwste uitgave."))
    vastgesteldOp = serializers.DateField(allow_null=True)
    n = serializers.IntegerField(allow_null=True, help_text=_("Hoeveel mensen meededen."))
    voorbeeld = serializers.BooleanField(help_text=_("Verzonnen, om de site te tonen."))

    def get_fields(self):
        return super().get_fields() | {"_links": RoundLinks()}


class IntervalShape(serializers.Serializer):
    van = serializers.IntegerField(help_text=_("Ondergrens in procenten (Wilson, 95 %)."))
    tot = serializers.IntegerField(help_text=_("Bovengrens in procenten."))


class StatementShape(serializers.Serializer):
    code = serializers.CharField(help_text=_("De code van het knelpunt."))
    stelling = serializers.CharField(help_text=_("Zoals zij is gevraagd."))
    formulering = serializers.IntegerField(allow_null=True, help_text=_("De versie van de formulering."))
    aantal = serializers.IntegerField(allow_null=True)
    n = serializers.IntegerField(
        allow_null=True, help_text=_("De basis van het percentage. Null: te weinig mensen om te tonen.")
    )
    percentage = serializers.IntegerField(allow_null=True)
    interval = IntervalShape(allow_null=True)
    rang = serializers.IntegerField(allow_null=True)
    band = serializers.IntegerField(allow_null=True)
    afgeleid = serializers.BooleanField(help_text=_("Teruggerekend uit een gepubliceerd percentage."))
    onderdrukt = serializers.BooleanField(help_text=_("Of het getal er is, maar niet wordt getoond."))
    reden = serializers.CharField(allow_null=True, help_text=_("Waarom er geen getal staat."))


class LevelResultShape(serializers.Serializer):
    niveau = serializers.CharField()
    letter = serializers.CharField()
    naam = serializers.CharField()
    n = serializers.IntegerField(allow_null=True)
    onderdrukt = serializers.BooleanField()
    reden = serializers.CharField(allow_null=True)
    stellingen = StatementShape(many=True)


class ErratumShape(serializers.Serializer):
    datum = serializers.DateField()
    tekst = serializers.CharField()


class ResultsShape(RoundShape):
    drempel = serializers.IntegerField(help_text=_("De kleinste groep die wordt getoond."))
    toelichting = serializers.CharField(allow_null=True)
    niveaus = LevelResultShape(many=True)
    errata = ErratumShape(many=True)
