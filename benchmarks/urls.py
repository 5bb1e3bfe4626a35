"""The addresses of the site, and beside them what it is measured against."""

from django.http import HttpResponse
from django.urls import include, path

from benchmarks.naive import Naive, Page

urlpatterns = [
    path("constant", lambda request: HttpResponse("constant")),
    path("naive/initiatieven", Naive.as_view({"get": "list"})),
    path("naive/initiatief/<slug:slug>/", Page.as_view()),
    path("", include("samenbuurten.urls")),
]
