"""Which rows a member of staff may see and change: those of the whole province, or of one municipality."""

from itertools import count

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


def is_out_of_sight(queryset, user):
    """Whether ``user`` can see none of these rows, not as staff and not as a visitor: then nothing tells of them."""
    if user is None or user.has_perm(WHOLE_PROVINCE) or not hasattr(queryset, "visible_to"):
        return False
    public = queryset.published() if hasattr(queryset, "published") else queryset.public()
    return queryset.exists() and not queryset.visible_to(user).exists() and not public.exists()


def numbered(slug, is_taken):
    """The address with the first number behind it that is free, as for who registers."""
    return next(candidate for number in count(2) if not is_taken(candidate := f"{slug[:70]}-{number}"))
