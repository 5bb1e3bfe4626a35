from django.urls import include, path

from samenbuurten.api.pages import Documentation, Rules, TryOut, Versions
from samenbuurten.api.root import Root
from samenbuurten.api.schema import OpenApi

app_name = "api"
urlpatterns = [
    path("api/", Documentation.as_view(), name="documentation"),
    path("api/probeer/", TryOut.as_view(), name="try-out"),
    path("api/regels/", Rules.as_view(), name="rules"),
    path("api/versies/", Versions.as_view(), name="versions"),
    path("api/v1", Root.as_view(), name="root"),
    path("api/v1/", Root.as_view()),
    path("api/v1/openapi.json", OpenApi.as_view(), name="openapi"),
    path("api/v1/", include("registry.api.urls")),
    path("api/v1/", include("survey.api.urls")),
]
