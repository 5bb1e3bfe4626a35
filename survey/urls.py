"""The addresses of the survey."""

from django.urls import path

from survey.views import follow, offline, respond, results

app_name = "survey"

urlpatterns = [
    # Results
    path("resultaten/", results.ResultsList.as_view(), name="results-list"),
    # Before the rounds: none can be called so (see models/round.py).
    path("resultaten/dekking/", results.Coverage.as_view(), name="coverage"),
    path("resultaten/<slug:slug>/", results.results_page, name="results"),
    path("resultaten/<slug:slug>/<slug:name>.<slug:kind>", results.download, name="results-download"),
    path("resultaten/<slug:slug>/volgen/", follow.FollowRound.as_view(), name="follow"),
    path("bevestigen/meting/<slug:slug>/<str:token>/", follow.ConfirmFollow.as_view(), name="follow-confirm"),
    # Answering
    path("enquete/", respond.open_rounds, name="open-rounds"),
    path("enquete/dienst.js", offline.service_worker, name="service-worker"),
    path("enquete/voorbeeld/<uuid:key>/", respond.Preview.as_view(), name="preview"),
    path("enquete/<slug:slug>/", respond.Respond.as_view(), name="respond"),
    path("enquete/<slug:slug>/stap/", respond.count_step, name="count-step"),
    path("enquete/<slug:slug>/bewaard/", offline.Kept.as_view(), name="kept"),
    path("enquete/<slug:slug>/niet-bewaard/", offline.Kept.as_view(name="not_saved"), name="not-kept"),
    path("enquete/<slug:slug>/apparaat/", offline.Device.as_view(), name="device"),
    path("enquete/<slug:slug>/app.webmanifest", offline.manifest, name="manifest"),
]
