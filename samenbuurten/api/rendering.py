import orjson
from rest_framework.renderers import BaseRenderer


class Json(BaseRenderer):
    """Plain JSON; ``velden`` in the query string leaves out what was not asked for."""

    media_type = "application/json"
    format = "json"
    charset = None
    render_style = "binary"

    def render(self, data, accepted_media_type=None, renderer_context=None):
        if data is None:
            return b""
        context = renderer_context or {}
        fields = getattr(context.get("request"), "fields", None)
        if fields:
            data = _sparse(data, fields, getattr(context["view"], "collection", None))
        return orjson.dumps(data)


def _sparse(data, fields, collection):
    if collection in data:
        return data | {collection: [_only(item, fields) for item in data[collection]]}
    return _only(data, fields)


def _only(item, fields):
    # What ``expand`` asked for was asked for too.
    return {name: value for name, value in item.items() if name in fields or name == "_embedded"}
