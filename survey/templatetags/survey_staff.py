from django import template

from survey import worklist
from survey.statistics import percentage

register = template.Library()


@register.simple_tag
def survey_waiting(user):
    """What waits in the survey for this member of staff."""
    return worklist.for_user(user)


@register.filter
def at(table, key):
    return table.get(key, "")


@register.filter
def as_percentage(share):
    return percentage(share)
