"""What the parts of a letter need in their template."""

from django import template

from registry.mail.wording import frame

register = template.Library()
register.filter("linked", frame.linked)
register.simple_tag(frame.as_attribute, name="mail_style")
