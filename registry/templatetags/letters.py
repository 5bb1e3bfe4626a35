"""What the parts of a letter need in their template."""

from django import template
from django.utils.html import format_html

from registry.mail import frame

register = template.Library()
register.filter("linked", frame.linked)


@register.simple_tag
def mail_style(style):
    """A style of its own in a letter; nothing on a page, which has a style sheet."""
    return format_html(' style="{}"', style) if style else ""
