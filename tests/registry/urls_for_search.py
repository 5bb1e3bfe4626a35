from django.http import HttpResponse
from django.urls import include, path


def page(request, **kw):
    return HttpResponse()


app = (
    [
        path("initiatieven/<slug:slug>/", page, name="initiative-detail"),
        path("knelpunten/", page, name="bottleneck-list"),
        path("knelpunten/<slug:code>/", page, name="bottleneck-detail"),
        path("casussen/<slug:slug>/", page, name="case-detail"),
        path("begrippen/", page, name="term-list"),
    ],
    "registry",
)
urlpatterns = [path("", include(app))]
