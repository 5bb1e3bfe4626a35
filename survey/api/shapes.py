"""What the API gives of the survey: one description, for the answer, the OpenAPI document and ``velden``.

``source`` is where the figure stands in the outcome (survey/results/outcome.py), which says the same as the page.
"""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from survey import results
from survey.results.phrases import reason_text


class ReasonField(serializers.CharField):
    """Why there is no figure, in words; None where there is nothing to explain."""

    def __init__(self):
        super().__init__(source="reason", allow_null=True, help_text=_("Waarom er geen getal staat."))

    def to_representation(self, value):
        return reason_text(value) or None


class SuppressedField(serializers.BooleanField):
    """Whether it is known, but not shown. What nobody knows is not suppressed."""

    def __init__(self):
        super().__init__(source="reason", help_text=_("Of het getal er is, maar niet wordt getoond."))

    def to_representation(self, value):
        return bool(value) and value not in (results.Reason.UNKNOWN, results.Reason.NOT_ASKED)


class TextOrNone(serializers.CharField):
    def __init__(self, **options):
        super().__init__(allow_null=True, **options)

    def to_representation(self, value):
        return value or None


class BaseField(serializers.IntegerField):
    """How many people a percentage is of. What was published before has 0 where it was not shown."""

    def to_representation(self, value):
        return value or None


class HrefOf(serializers.Serializer):
    href = serializers.URLField()


class RoundLinks(serializers.Serializer):
    resultaten = HrefOf()
    pagina = HrefOf(help_text=_("De pagina op de site."))

    def get_fields(self):
        return {"self": HrefOf()} | super().get_fields()


class ResultsLinks(RoundLinks):
    meting = HrefOf()


class RoundShape(serializers.Serializer):
    slug = serializers.CharField(source="outcome.round")
    naam = serializers.CharField(source="outcome.name")
    gelegenheid = TextOrNone(source="outcome.occasion")
    datum = serializers.DateField(
        source="outcome.held_on", allow_null=True, help_text=_("Null: niet bekend.")
    )
    uitgave = serializers.IntegerField(source="edition", help_text=_("Het nummer van de nieuwste uitgave."))
    vastgesteldOp = serializers.DateField(source="published_on", allow_null=True)
    n = serializers.IntegerField(
        source="outcome.responses", allow_null=True, help_text=_("Hoeveel mensen meededen.")
    )
    voorbeeld = serializers.BooleanField(
        source="outcome.is_sample", help_text=_("Verzonnen, om de site te tonen.")
    )
    links = RoundLinks

    def get_fields(self):
        return super().get_fields() | {"_links": self.links(source="links")}


class IntervalShape(serializers.Serializer):
    van = serializers.IntegerField(help_text=_("Ondergrens in procenten (Wilson, 95 %)."))
    tot = serializers.IntegerField(help_text=_("Bovengrens in procenten."))

    def to_representation(self, interval):
        return dict(zip(self.fields, interval, strict=True)) if interval else None


class StatementShape(serializers.Serializer):
    code = serializers.CharField(help_text=_("De code van het knelpunt."))
    stelling = serializers.CharField(source="text", help_text=_("Zoals zij is gevraagd."))
    formulering = serializers.IntegerField(
        source="wording", allow_null=True, help_text=_("De versie van de formulering.")
    )
    aantal = serializers.IntegerField(source="count", allow_null=True)
    n = BaseField(
        allow_null=True, help_text=_("De basis van het percentage. Null: te weinig mensen om te tonen.")
    )
    percentage = serializers.IntegerField(allow_null=True)
    interval = IntervalShape(allow_null=True)
    rang = serializers.IntegerField(source="rank", allow_null=True)
    band = serializers.IntegerField(allow_null=True)
    afgeleid = serializers.BooleanField(
        source="is_derived", help_text=_("Teruggerekend uit een gepubliceerd percentage.")
    )
    onderdrukt = SuppressedField()
    reden = ReasonField()


class LevelResultShape(serializers.Serializer):
    niveau = serializers.CharField(source="level")
    letter = serializers.CharField()
    naam = serializers.CharField(source="name")
    n = serializers.IntegerField(allow_null=True)
    onderdrukt = SuppressedField()
    reden = ReasonField()
    stellingen = StatementShape(source="statements", many=True)


class ErratumShape(serializers.Serializer):
    datum = serializers.DateField(source="noted_on")
    tekst = serializers.CharField(source="text")


class ResultsShape(RoundShape):
    """Each level with its base and its statements; a figure that is not there has a reason."""

    drempel = serializers.IntegerField(
        source="outcome.threshold", help_text=_("De kleinste groep die wordt getoond.")
    )
    toelichting = TextOrNone(source="outcome.note")
    niveaus = LevelResultShape(source="outcome.levels", many=True)
    errata = ErratumShape(many=True)
    links = ResultsLinks
