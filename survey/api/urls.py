from django.urls import path

from survey.api import rounds

urlpatterns = [
    path("metingen", rounds.Rounds.as_view(), name="metingen"),
    path("metingen/<str:slug>", rounds.RoundItem.as_view(), name="meting"),
    path("metingen/<str:slug>/resultaten", rounds.RoundResults.as_view(), name="resultaten"),
]
