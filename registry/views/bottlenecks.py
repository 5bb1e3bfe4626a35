from dataclasses import dataclass

from django.db.models import Prefetch, Q
from django.http import Http404
from django.views.generic import DetailView, TemplateView

from registry.foundation.redirects import moved
from registry.models import Bottleneck, Case, ContentStamp, Finding, Initiative, Interaction, Level, Link
from registry.models.bottleneck import Language
from registry.search.sets import LINK, all_sets

SHOWN = 8


def _findings():
    """The findings that are not part of another, each with its parts and where it came from."""
    return (
        Finding.objects.filter(part_of=None)
        .select_related("source")
        .prefetch_related("parts", "municipalities")
    )


class BottleneckList(TemplateView):
    template_name = "registry/bottleneck_list.html"

    def get_context_data(self, **kwargs):
        general = Prefetch("findings", _findings().filter(is_about_flevoland=False))
        levels = Level.objects.prefetch_related(
            Prefetch("bottlenecks", Bottleneck.objects.active().order_by("number")), general
        )
        sets = all_sets(ContentStamp.versions())
        for level in levels:
            for bottleneck in level.bottlenecks.all():
                bottleneck.face_count = len(sets.of(LINK, bottleneck.pk, Link.Role.FACES))
                bottleneck.tackle_count = len(sets.of(LINK, bottleneck.pk, Link.Role.TACKLES))
        return super().get_context_data(
            levels=levels,
            flevoland=_findings().filter(is_about_flevoland=True),
            interactions=_with_ends(
                Interaction.objects.filter(from_level__isnull=False, to_level__isnull=False)
            ),
            **kwargs,
        )


def _with_ends(interactions):
    return interactions.select_related("from_level", "to_level", "source").prefetch_related(
        Prefetch("from_bottleneck", Bottleneck.objects.select_related("level")),
        Prefetch("to_bottleneck", Bottleneck.objects.select_related("level")),
    )


@dataclass(frozen=True)
class Involved:
    """The initiatives that face or that tackle a bottleneck: how many, and the first few of them."""

    role: str
    total: int
    initiatives: tuple


class BottleneckDetail(DetailView):
    template_name = "registry/bottleneck_detail.html"
    context_object_name = "bottleneck"

    def get_queryset(self):
        return (
            Bottleneck.objects.published()
            .select_related("level", "municipality")
            .prefetch_related(Prefetch("findings", _findings()))
        )

    def get_object(self, queryset=None):
        try:
            return self.get_queryset().get(code=self.kwargs["code"].upper())
        except Bottleneck.DoesNotExist as missing:
            raise Http404 from missing

    def get(self, request, *args, **kwargs):
        bottleneck = self.get_object()
        self.object = bottleneck.survivor
        if self.object.status == Bottleneck.Status.CANDIDATE:
            raise Http404
        if self.object != bottleneck or self.kwargs["code"] != self.kwargs["code"].lower():
            return moved(request, self.object.get_absolute_url())
        return self.render_to_response(self.get_context_data())

    def get_context_data(self, **kwargs):
        bottleneck = self.object
        return super().get_context_data(
            wordings=bottleneck.wordings.filter(language=Language.DUTCH).order_by("-version"),
            interactions=self.interactions(),
            tackled=self.involved(Link.Role.TACKLES),
            faced=self.involved(Link.Role.FACES),
            cases=Case.objects.published().filter(bottlenecks=bottleneck).select_related("initiative"),
            **kwargs,
        )

    def interactions(self):
        bottleneck = self.object
        concerned = Interaction.objects.filter(
            Q(from_bottleneck=bottleneck)
            | Q(to_bottleneck=bottleneck)
            | Q(from_level=bottleneck.level_id)
            | Q(to_level=bottleneck.level_id)
        )
        hidden = Bottleneck.Status.CANDIDATE
        return _with_ends(
            concerned.exclude(from_bottleneck__status=hidden).exclude(to_bottleneck__status=hidden)
        )

    def involved(self, role):
        links = self.object.links.public().filter(role=role)
        initiatives = (
            Initiative.objects.published()
            .filter(links__bottleneck=self.object, links__role=role)
            .select_related("municipality", "place")
            .prefetch_related(Prefetch("links", links, to_attr="this_link"))
            .in_neutral_order()[:SHOWN]
        )
        total = len(all_sets(ContentStamp.versions()).of(LINK, self.object.pk, role))
        return Involved(role, total, tuple(initiatives))
