"""Every address of the API is answered by the same road."""

import pytest

from registry.api.hsds_urls import urlpatterns as of_hsds
from registry.api.urls import urlpatterns as of_registry
from registry.foundation.api.views import Collection, Endpoint, Item
from samenbuurten.api.root import Root
from samenbuurten.api.schema import OpenApi
from survey.api.urls import urlpatterns as of_survey

pytestmark = pytest.mark.once
VIEWS = {pattern.callback.cls for pattern in (*of_registry, *of_hsds, *of_survey)} | {Root, OpenApi}


@pytest.mark.parametrize("view", sorted(VIEWS, key=str))
def test_each_view_reads_a_question_and_answers_it(view):
    assert issubclass(view, Endpoint)
    if issubclass(view, Collection | Item):
        assert view.get is Endpoint.get
        assert bool(view.collection) is issubclass(view, Collection)
        assert (view.serializer_class is None) is (view.parameters_class is not None)
