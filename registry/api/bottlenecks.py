from registry import representation
from registry.api.base import Collection, Item
from registry.api.shapes import BottleneckShape
from registry.models import Bottleneck


def _rows():
    return Bottleneck.objects.published().select_related("merged_into")


class Bottlenecks(Collection):
    collection = "knelpunten"
    serializer_class = BottleneckShape
    lookup_field = "code"
    sortings = {"code": "code"}
    shape = staticmethod(representation.bottleneck)

    def get_queryset(self):
        return _rows().order_by("level__position", "number")


class BottleneckItem(Item):
    serializer_class = BottleneckShape
    lookup_field = "code"
    shape = staticmethod(representation.bottleneck)

    def get_queryset(self):
        return _rows()
