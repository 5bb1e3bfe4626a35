from registry.lifecycle.bottlenecks import follow
from registry.models import (
    Bottleneck,
    Finding,
    Interaction,
    Level,
    Link,
    Municipality,
    Place,
    Source,
    Term,
    Wording,
)
from registry.models.bottleneck import Language
from registry.resources import spellings, widgets
from registry.resources.base import RegistryResource, column
from registry.resources.keys import Key, Keys


class MunicipalityResource(RegistryResource):
    code = column("code", "code", widgets.Code())
    name = column("naam", "name")
    longitude = column("lengtegraad", "longitude", widgets.Coordinate())
    latitude = column("breedtegraad", "latitude", widgets.Coordinate())
    inhabitants = column("inwoners", "inhabitants", widgets.Whole())
    inhabitants_on = column("peildatum", "inhabitants_on", widgets.Day())

    class Meta:
        model = Municipality
        import_id_fields = ("code",)


class PlaceResource(RegistryResource):
    slug = column("adres", "slug", widgets.Slug())
    name = column("naam", "name")
    municipality = column("gemeente", "municipality", Key(Municipality, "code", str.upper))

    class Meta:
        model = Place
        import_id_fields = ("slug",)


class LevelResource(RegistryResource):
    slug = column("niveau", "slug", widgets.Slug())
    letter = column("letter", "letter")
    name = column("naam", "name")
    subtitle = column("ondertitel", "subtitle")
    question = column("vraag", "question")
    theory_factor = column("theorie", "theory_factor")
    position = column("volgorde", "position", widgets.Whole())

    class Meta:
        model = Level
        import_id_fields = ("slug",)


class BottleneckResource(RegistryResource):
    """The statement is the newest Dutch wording: a changed one becomes a new version."""

    code = column("code", "code", widgets.Code())
    level = column("niveau", "level", Key(Level))
    number = column("nummer", "number", widgets.Whole())
    statement = column("stelling", "statement")
    title = column("titel", "title")
    explanation = column("uitleg", "explanation")
    origin = column("herkomst", "origin", widgets.Choice(Bottleneck.Origin))
    status = column("status", "status", widgets.Choice(Bottleneck.Status))
    merged_into = column("samengevoegd_met", "merged_into", Key(Bottleneck, "code", str.upper))
    municipality = column("alleen_in_gemeente", "municipality", Key(Municipality, "code", str.upper))

    class Meta:
        model = Bottleneck
        import_id_fields = ("code",)

    def initiatives_of(self, keys):
        return Link.objects.filter(bottleneck__in=keys).values_list("initiative", flat=True)

    def after_save_instance(self, instance, row, **kwargs):
        super().after_save_instance(instance, row, **kwargs)
        text = instance.statement
        newest = instance.wordings.filter(language=Language.DUTCH).order_by("-version").first()
        if text and (newest is None or newest.text != text):
            wording = Wording(bottleneck=instance, text=text, version=newest.version + 1 if newest else 1)
            wording._change_reason = instance._change_reason
            wording.save()
        is_moved = {"status", "samengevoegd_met"} & {name for name, *_rest in self._changes}
        follow(instance, self._before.get("status") if is_moved else None, by=kwargs.get("user"))


class SourceResource(RegistryResource):
    slug = column("adres", "slug", widgets.Slug())
    citation = column("verwijzing", "citation")
    authors = column("auteurs", "authors")
    year = column("jaar", "year", widgets.Whole())
    title = column("titel", "title")
    pages = column("paginas", "pages", spellings.Pages())
    doi = column("doi", "doi", spellings.Doi())
    url = column("webadres", "url", spellings.Web())
    note = column("toelichting", "note")
    named_after = "citation"

    class Meta:
        model = Source
        import_id_fields = ("slug",)


class FindingResource(RegistryResource):
    slug = column("adres", "slug", widgets.Slug())
    level = column("niveau", "level", Key(Level))
    text = column("bevinding", "text")
    part_of = column("onderdeel_van", "part_of", Key(Finding))
    provenance = column("herkomst", "provenance")
    source = column("bron", "source", Key(Source))
    is_about_flevoland = column("over_flevoland", "is_about_flevoland", widgets.YesNo())
    position = column("volgorde", "position", widgets.Whole())
    municipalities = column("gemeenten", "municipalities", Keys(Municipality, "code", str.upper))
    bottlenecks = column("knelpunten", "bottlenecks", Keys(Bottleneck, "code", str.upper))

    class Meta:
        model = Finding
        import_id_fields = ("slug",)


class InteractionResource(RegistryResource):
    from_level = column("van_niveau", "from_level", Key(Level))
    from_bottleneck = column("van_knelpunt", "from_bottleneck", Key(Bottleneck, "code", str.upper))
    to_level = column("naar_niveau", "to_level", Key(Level))
    to_bottleneck = column("naar_knelpunt", "to_bottleneck", Key(Bottleneck, "code", str.upper))
    is_mutual = column("beide_kanten", "is_mutual", widgets.YesNo())
    explanation = column("uitleg", "explanation")
    source = column("bron", "source", Key(Source))

    class Meta:
        model = Interaction
        import_id_fields = ("from_level", "from_bottleneck", "to_level", "to_bottleneck")


class TermResource(RegistryResource):
    slug = column("adres", "slug", widgets.Slug())
    word = column("woord", "word")
    equal_words = column("zelfde_of_bijna", "equal_words", widgets.Lines())
    related_words = column("verwant", "related_words", widgets.Lines())
    explanation = column("uitleg", "explanation")
    caution = column("let_op", "caution")
    is_contested = column("omstreden", "is_contested", widgets.YesNo())
    named_after = "word"

    class Meta:
        model = Term
        import_id_fields = ("slug",)
