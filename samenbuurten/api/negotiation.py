from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation


class Negotiation(BaseContentNegotiation):
    """The form that Accept likes best: by q, then by how exactly it is named, then by the order of ours."""

    def select_parser(self, request, parsers):
        return None

    def select_renderer(self, request, renderers, format_suffix=None):
        wishes = _wishes(request.headers.get("Accept") or "*/*")
        best = max(renderers, key=lambda renderer: _liking(renderer.media_type, wishes))
        if not _liking(best.media_type, wishes)[0]:
            raise NotAcceptable
        return best, best.media_type


def _wishes(header):
    """Media range to q. Other parameters, such as a charset, choose nothing here."""
    wishes = {}
    for part in header.lower().split(","):
        name, *params = [text.strip() for text in part.split(";")]
        wishes[name] = next((_quality(text[2:]) for text in params if text.startswith("q=")), 1.0)
    return wishes


def _quality(text):
    try:
        quality = float(text)
    except ValueError:
        return 1.0
    return quality if 0 <= quality <= 1 else 1.0


def _liking(media_type, wishes):
    """(q, how exact) of the most exact range that ``media_type`` is in."""
    ranges = ("*/*", f"{media_type.partition('/')[0]}/*", media_type)
    return max(
        ((exact, wishes[name]) for exact, name in enumerate(ranges) if name in wishes), default=(0, 0.0)
    )[::-1]
