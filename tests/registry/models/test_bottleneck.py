import pytest
from django.core.exceptions import ValidationError

from registry.models import Bottleneck
from tests import factories

MERGED = Bottleneck.Status.MERGED


@pytest.mark.django_db
def test_a_bottleneck_cannot_be_merged_in_a_circle():
    first, second, third = (factories.bottleneck(code) for code in ("R1", "R2", "R3"))
    for one, into in [(second, first), (third, second)]:
        one.status, one.merged_into = MERGED, into
        one.full_clean()
        one.save()
    first.status = MERGED
    for into in (first, second, third):
        first.merged_into = into
        with pytest.raises(ValidationError, match="verwijst dit knelpunt naar zichzelf"):
            first.full_clean()


@pytest.mark.django_db
def test_a_circle_that_two_colleagues_made_at_once_ends():
    first, second = factories.bottleneck("R1"), factories.bottleneck("R2")
    for one, into in [(first, second), (second, first)]:
        Bottleneck.objects.filter(pk=one.pk).update(status=MERGED, merged_into=into)
    assert Bottleneck.objects.get(pk="R1").survivor == first
