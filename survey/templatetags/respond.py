from django import template
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, get_language_info

from survey.models import Round

register = template.Library()


@register.simple_tag
def open_round():
    """The round that opened last and is still open, or None."""
    return Round.objects.open().first()


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
