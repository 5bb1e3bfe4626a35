from django.urls import path

from survey.views import results

app_name = "survey"

urlpatterns = [
    path("resultaten/", results.ResultsList.as_view(), name="results-list"),
    path("resultaten/<slug:slug>/", results.results_page, name="results"),
    path("resultaten/<slug:slug>/<slug:name>.<slug:kind>", results.download, name="results-download"),
]
