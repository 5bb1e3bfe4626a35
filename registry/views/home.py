from django.db.models import Count
from django.views.generic import TemplateView

from registry.cartography import overview
from registry.models import Bottleneck, Initiative, Level, Municipality

LATEST = 3
# Words that lead somewhere in any register of this kind: a kind, a place, a theme.
EXAMPLES = ["ontmoetingsplek", "Almere Haven", "eigenaarschap"]


class Home(TemplateView):
    template_name = "home.html"

    def get_context_data(self, **kwargs):
        published = Initiative.objects.published()
        counts = dict(published.order_by().values_list("municipality").annotate(number=Count("pk")))
        # Those without a municipality are somewhere in the province, not on the map.
        total = sum(counts.values())
        counts.pop(None, None)
        per_level = dict(
            Bottleneck.objects.active().order_by().values_list("level").annotate(number=Count("pk"))
        )
        levels = list(Level.objects.all())
        for level in levels:
            level.bottleneck_count = per_level.get(level.pk, 0)
        municipalities = list(Municipality.objects.defer("outline"))
        for municipality in municipalities:
            municipality.initiative_count = counts.get(municipality.pk, 0)
        latest = published.select_related("municipality", "place").with_links()
        return super().get_context_data(
            levels=levels,
            municipalities=municipalities,
            overview=overview(counts),
            total=total,
            examples=EXAMPLES,
            latest=latest.order_by("-published_at", "pk")[:LATEST],
            **kwargs,
        )
