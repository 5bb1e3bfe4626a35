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
    public,
)
from registry.models.bottleneck import Language
from registry.resources import spellings
from registry.resources.base import RegistryResource


class MunicipalityResource(RegistryResource):
    noun = public.MUNICIPALITY

    class Meta:
        model = Municipality
        import_id_fields = ("code",)


class PlaceResource(RegistryResource):
    noun = public.PLACE

    class Meta:
        model = Place
        import_id_fields = ("slug",)


class LevelResource(RegistryResource):
    noun = public.LEVEL

    class Meta:
        model = Level
        import_id_fields = ("slug",)


class BottleneckResource(RegistryResource):
    """The statement is the newest Dutch wording: a changed one becomes a new version."""

    noun = public.BOTTLENECK

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
    noun = public.SOURCE
    spelled = {"pages": spellings.Pages, "doi": spellings.Doi}
    named_after = "citation"

    class Meta:
        model = Source
        import_id_fields = ("slug",)


class FindingResource(RegistryResource):
    noun = public.FINDING

    class Meta:
        model = Finding
        import_id_fields = ("slug",)


class InteractionResource(RegistryResource):
    noun = public.INTERACTION

    class Meta:
        model = Interaction
        import_id_fields = ("from_level", "from_bottleneck", "to_level", "to_bottleneck")


class TermResource(RegistryResource):
    noun = public.TERM
    named_after = "word"

    class Meta:
        model = Term
        import_id_fields = ("slug",)
