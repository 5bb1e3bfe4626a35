from django.db.models import Count
from django.views.generic import TemplateView

from registry.filters import InitiativeFilter
from registry.geo.overview_map import overview
from registry.models import Bottleneck, Initiative, Level
from registry.search.options import facets_for, total_of
from registry.search.sets import SAMPLE, all_sets

LATEST = 3
# Words that lead somewhere in any register of this kind: a kind, a place, a theme.
EXAMPLES = ["ontmoetingsplek", "Almere Haven", "eigenaarschap"]


class Home(TemplateView):
    template_name = "home.html"

    def get_context_data(self, **kwargs):
        everything = InitiativeFilter({})
        by_municipality = next(facet for facet in facets_for(everything) if facet.name == "gemeente").options
        per_level = dict(
            Bottleneck.objects.active().order_by().values_list("level").annotate(number=Count("pk"))
        )
        levels = list(Level.objects.all())
        for level in levels:
            level.bottleneck_count = per_level.get(level.pk, 0)
        latest = Initiative.objects.published().select_related("municipality", "place")
        return super().get_context_data(
            levels=levels,
            municipalities=by_municipality,
            overview=overview(
                {option.value: option.count for option in by_municipality}, versions=everything.versions
            ),
            total=total_of(everything),
            has_sample=bool(all_sets(everything.versions).of(SAMPLE, True)),
            examples=EXAMPLES,
            latest=latest.order_by("-published_at", "pk")[:LATEST],
            **kwargs,
        )
