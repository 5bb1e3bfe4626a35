from django.urls import include, path

from samenbuurten.api.root import Root

app_name = "api"
urlpatterns = [
    path("api/v1", Root.as_view(), name="root"),
    path("api/v1/", Root.as_view()),
    path("api/v1/", include("registry.api.urls")),
    path("api/v1/", include("survey.api.urls")),
]
