from django import template

from survey import retention
from survey.models import Round

register = template.Library()


@register.simple_tag
def survey_periods():
    """(days that open words stay, days that answers stay), the longest of all rounds, else what a new one gets."""
    fields = (Round._meta.get_field(name) for name in ("keep_answers_days", "keep_responses_days"))
    return retention.longest() or tuple(field.default for field in fields)
