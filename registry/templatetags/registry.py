import json
from pathlib import PurePath

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import mark_safe

register = template.Library()

# From the outside in, as social-ecological theory nests them; the order on the pages is the deck's.
NESTED = ["maatschappelijk", "bestuurlijk", "relationeel", "professioneel"]
RING_WIDTH, INNERMOST = 50, 84

# The shape that goes with each level, for who does not see its colour; drawn in a square of 24.
SHAPES = {
    "maatschappelijk": "M12 1a11 11 0 1 0 0 22a11 11 0 1 0 0-22z",
    "bestuurlijk": "M4 2h16a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2h-16a2 2 0 0 1-2-2v-16a2 2 0 0 1 2-2z",
    "professioneel": "M12 0.5l10 5.75v11.5l-10 5.75l-10-5.75v-11.5z",
    "relationeel": "M12 0l12 12l-12 12l-12-12z",
}

_NO_MARKUP = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


@register.simple_tag
def organisation_name():
    return settings.ORGANISATION_NAME


@register.filter
def shape(level_slug):
    return SHAPES.get(level_slug, SHAPES["maatschappelijk"])


@register.filter
def bare_url(address):
    """As people say it: without the scheme and the last slash."""
    return address.removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")


@register.filter
def json_ld(data):
    """For a data block in the page: no character in it can end the block."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_NO_MARKUP))


@register.simple_tag
def image_url(initiative):
    """Another image is another address, so that it may stay in a cache for long."""
    address = reverse("registry:initiative-image", args=[initiative.slug])
    return f"{address}?v={PurePath(initiative.image.name).stem[:8]}"


@register.inclusion_tag("registry/_level_rings.html")
def level_rings(levels):
    """The levels as half rings that rise from a horizon, the widest one behind."""
    known = {level.slug: level for level in levels}
    nested = [known[slug] for slug in NESTED if slug in known]
    rings = [
        {
            "level": level,
            "radius": INNERMOST + RING_WIDTH * (len(nested) - 1 - index),
        }
        for index, level in enumerate(nested)
    ]
    outermost = rings[0]["radius"] if rings else INNERMOST
    for ring in rings:
        inner = ring["radius"] - (RING_WIDTH if ring is not rings[-1] else 58)
        ring["name_y"] = -(ring["radius"] + inner) / 2 - 4 + 14
        ring["mark_y"] = ring["name_y"] - 34
    return {"rings": rings, "width": 2 * outermost + 8, "height": outermost + 4}
