import json
from itertools import groupby, pairwise
from pathlib import PurePath

from django import template
from django.conf import settings
from django.template.defaultfilters import stringfilter
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext

from registry.models import Status
from registry.models.public import INITIATIVE

register = template.Library()

# From the outside in, as social-ecological theory nests them; the order on the pages is the deck's.
NESTED = ["maatschappelijk", "bestuurlijk", "relationeel", "professioneel"]
RING_WIDTH, INNERMOST, MARK = 50, 84, 24

# The shape that goes with each level, for who does not see its colour; drawn in a square of 24.
SHAPES = {
    "maatschappelijk": "M12 1a11 11 0 1 0 0 22a11 11 0 1 0 0-22z",
    "bestuurlijk": "M4 2h16a2 2 0 0 1 2 2v16a2 2 0 0 1-2 2h-16a2 2 0 0 1-2-2v-16a2 2 0 0 1 2-2z",
    "professioneel": "M12 0.5l10 5.75v11.5l-10 5.75l-10-5.75v-11.5z",
    "relationeel": "M12 0l12 12l-12 12l-12-12z",
}


@register.filter(is_safe=True)
@stringfilter
def one_line(text):
    """Every run of white space as one blank: for a title and a description, whose blocks stand on lines of their own."""
    return " ".join(text.split())


CONTROLS = {"checkbox": "utrecht-checkbox", "select": "utrecht-select", "textarea": "utrecht-textarea"}

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
def is_used(facet):
    """Whether a choice of this filter is in force."""
    return any(option.is_selected for option in facet.options)


@register.filter
def where(initiative):
    """The kern with its gemeente, else the gemeente: "Ens, gemeente Noordoostpolder"."""
    municipality = gettext("gemeente %(name)s") % {"name": initiative.municipality.name}
    if initiative.place is None:
        return capfirst(municipality)
    if initiative.place.name == initiative.municipality.name:
        return initiative.place.name
    return f"{initiative.place.name}, {municipality}"


@register.filter
def facts(initiative):
    """(label, text) of what is known of joining in."""
    for field in INITIATIVE.editable:
        if field.group == "joining" and (text := getattr(initiative, field.attribute)):
            yield capfirst(field.of_model.verbose_name), text


@register.filter
def breakable(text):
    """Lets a long "dit/dat/iets" go on at the next line of a small screen."""
    return mark_safe(escape(text).replace("/", "/<wbr>"))


@register.filter
def as_control(field):
    """A form control in the look of the site, without a placeholder that repeats the label; with what the form was
    made from, where it says that."""
    attrs = field.field.widget.attrs
    attrs.pop("placeholder", None)
    control = field.as_widget(attrs={"class": CONTROLS.get(field.widget_type, "utrecht-textbox")})
    return control + field.as_hidden(only_initial=True) if field.field.show_hidden_initial else control


@register.simple_tag
def by_level(field):
    """The bottlenecks to choose from, level by level: (level, options, whether one is chosen)."""
    chosen = {str(value).upper() for value in field.value() or []}
    for level, bottlenecks in groupby(field.field.queryset, key=lambda bottleneck: bottleneck.level):
        options = [(bottleneck, bottleneck.pk in chosen) for bottleneck in bottlenecks]
        yield level, options, any(is_chosen for _bottleneck, is_chosen in options)


@register.simple_tag
def life(initiative):
    """Sent in, read, on the site: each with how far it is (klaar, nu, vraag, stop or straks)."""
    sent, read, public = gettext("Ingediend"), gettext("Gelezen"), gettext("Op de site")
    steps = {
        Status.DRAFT: [(sent, "nu"), (read, "straks"), (public, "straks")],
        Status.SUBMITTED: [(sent, "klaar"), (gettext("Wij lezen"), "nu"), (public, "straks")],
        Status.NEEDS_MORE: [(sent, "klaar"), (gettext("Vraag aan u"), "vraag"), (public, "straks")],
        Status.PUBLISHED: [(sent, "klaar"), (read, "klaar"), (public, "klaar")],
        Status.REJECTED: [(sent, "klaar"), (read, "klaar"), (gettext("Komt niet op de site"), "stop")],
        Status.WITHDRAWN: [(sent, "klaar"), (gettext("Ingetrokken"), "stop")],
    }
    return [{"label": label, "state": state} for label, state in steps.get(initiative.status, [])]


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
    level_of = {level.slug: level for level in levels}
    nested = [level_of[slug] for slug in NESTED if slug in level_of]
    rings = [
        {
            "level": level,
            "radius": INNERMOST + RING_WIDTH * (len(nested) - 1 - index),
        }
        for index, level in enumerate(nested)
    ]
    for outer, inner in pairwise([*rings, {"radius": 0}]):
        middle = (outer["radius"] + inner["radius"]) / 2
        # The innermost is no band: its name stands higher, its letter in the middle.
        outer["name_y"] = -middle + 6 if inner["radius"] else -INNERMOST / 2
        outer["mark_x"] = (-middle if inner["radius"] else 0) - MARK / 2
    outermost = rings[0]["radius"] if rings else INNERMOST
    return {"rings": rings, "width": 2 * outermost + 8, "height": outermost + 4}
