"""How far a member of staff reaches: into the whole province, or into one municipality."""

from registry.models import Municipality, Place
from registry.models.person import WHOLE_PROVINCE


def within_reach(queryset, user):
    """The rows of any model that ``user`` may see or choose."""
    if hasattr(queryset, "visible_to"):
        return queryset.visible_to(user)
    if user.has_perm(WHOLE_PROVINCE):
        return queryset
    if queryset.model is Municipality:
        return queryset.filter(pk=user.municipality_id)
    if queryset.model is Place:
        return queryset.filter(municipality=user.municipality_id)
    return queryset
