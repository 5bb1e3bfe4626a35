from urllib.parse import quote, urlencode

from django import template
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_info

from survey.models import Round

register = template.Library()


@register.simple_tag
def open_round():
    """The round that opened last and is still open, or None."""
    return Round.objects.open().first()


@register.simple_tag(takes_context=True)
def address_to_answer(context, stand=""):
    """The address of the questions in the language of the page, with its ``stand``; on a kiosk still as a kiosk."""
    return _address(context["address"], context["language"], stand=stand, kiosk=_kiosk(context))


@register.simple_tag(takes_context=True)
def addresses_to_keep(context):
    """What a device keeps for when it has no network: four pages in each language, with a blank between them."""
    slug, kiosk = context["round"].slug, _kiosk(context)
    return " ".join(
        address
        for code in context["languages"]
        for address in (
            _address(context["address"], code, kiosk=kiosk),
            _address(reverse("survey:kept", args=[slug]), code, kiosk=kiosk),
            _address(reverse("survey:not-kept", args=[slug]), code, kiosk=kiosk),
            _address(reverse("survey:device", args=[slug]), code),
        )
    )


def _kiosk(context):
    return "1" if context.get("is_kiosk") else ""


def _address(path, language, **parameters):
    filled = {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode({'taal': language} | filled, quote_via=quote)}"


@register.simple_tag
def in_dutch(texts):
    """Attributes for a text that has not been translated: it is read aloud, and runs, as Dutch."""
    language = get_language()
    if language == "nl" or texts.get(language):
        return ""
    return mark_safe(' lang="nl" dir="ltr"')


@register.filter
def language_name(code):
    """As its speakers write it."""
    return get_language_info(code)["name_local"].capitalize()
