"""The site as one would write it on the first day: model serializers, nested, over prefetched rows; a plain page."""

from django.http import HttpResponse
from django.template import engines
from django.views.generic import DetailView
from rest_framework import pagination, serializers, viewsets
from rest_framework.filters import SearchFilter
from rest_framework.renderers import JSONRenderer

from registry.models import Exchange, ExternalId, Initiative, Link, Mention, Municipality, Organisation


class _Municipality(serializers.ModelSerializer):
    class Meta:
        model = Municipality
        fields = ["code", "name"]


class _Organisation(serializers.ModelSerializer):
    class Meta:
        model = Organisation
        fields = ["slug", "name"]


class _Link(serializers.ModelSerializer):
    niveau = serializers.CharField(source="bottleneck.level_id")

    class Meta:
        model = Link
        fields = ["bottleneck", "niveau", "role", "explanation", "is_confirmed"]


class _Mention(serializers.ModelSerializer):
    class Meta:
        model = Mention
        fields = ["event", "count", "quote", "mentioned_on", "source"]


class _Exchange(serializers.ModelSerializer):
    class Meta:
        model = Exchange
        fields = ["direction", "kind", "text", "duration"]


class _ExternalId(serializers.ModelSerializer):
    class Meta:
        model = ExternalId
        fields = ["scheme", "value"]


class _Initiative(serializers.ModelSerializer):
    municipality = _Municipality()
    organisation = _Organisation()
    place = serializers.CharField(source="place.name", default=None)
    links = _Link(many=True)
    mentions = _Mention(many=True)
    exchanges = _Exchange(many=True)
    external_ids = _ExternalId(many=True)
    url = serializers.SerializerMethodField()

    class Meta:
        model = Initiative
        fields = [
            *"public_id slug name other_names summary description kind activity municipality place".split(),
            *"longitude latitude is_location_shielded run_by organisation website starts_on ends_on".split(),
            *"audience accessibility languages costs lessons links mentions exchanges external_ids".split(),
            *"image image_alt is_sample published_at changed_at confirmed_on url".split(),
        ]

    def get_url(self, initiative):
        return self.context["request"].build_absolute_uri(initiative.get_absolute_url())


class _Pages(pagination.PageNumberPagination):
    page_size = 25


class Naive(viewsets.ReadOnlyModelViewSet):
    queryset = (
        Initiative.objects.filter(status="gepubliceerd")
        .select_related("municipality", "place", "organisation")
        .prefetch_related("links__bottleneck", "mentions", "exchanges", "external_ids")
        .order_by("name", "pk")
    )
    serializer_class = _Initiative
    pagination_class = _Pages
    renderer_classes = [JSONRenderer]
    filter_backends = [SearchFilter]
    search_fields = [
        *"name other_names summary description audience lessons accessibility languages".split(),
        *"municipality__name place__name organisation__name".split(),
    ]

    def get_queryset(self):
        initiatives, parameters = super().get_queryset(), self.request.query_params
        if "gemeente" in parameters:
            initiatives = initiatives.filter(municipality=parameters["gemeente"])
        if "knelpunt" in parameters:
            initiatives = initiatives.filter(links__bottleneck=parameters["knelpunt"]).distinct()
        return initiatives


FIELDS = _Initiative.Meta.fields[1:-1]


class Page(DetailView):
    """All that is known of an initiative, one thing below another, in the frame of the site."""

    queryset = Initiative.objects.filter(status="gepubliceerd").select_related(
        "municipality", "place", "organisation"
    )
    frame = """{% extends "base.html" %}{% block content %}<h1>{{ object.name }}</h1><dl>
    {% for name, value in rows %}<dt>{{ name }}</dt><dd>{{ value }}</dd>{% endfor %}</dl>
    <ul>{% for link in object.links.all %}<li>{{ link.role }}: {{ link.bottleneck.name }}</li>{% endfor %}</ul>
    {% endblock %}"""

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .prefetch_related("links__bottleneck", "mentions", "exchanges", "external_ids")
        )

    def render_to_response(self, context):
        rows = [(name, getattr(self.object, name, "")) for name in FIELDS]
        page = engines["django"].from_string(self.frame)
        return HttpResponse(page.render(context | {"rows": rows}, self.request))
