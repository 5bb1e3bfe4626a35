from django.urls import path

from registry.api import bottlenecks, initiatives

urlpatterns = [
    path("initiatieven", initiatives.Initiatives.as_view(), name="initiatieven"),
    path("initiatieven/<str:key>", initiatives.InitiativeItem.as_view(), name="initiatief"),
    path("knelpunten", bottlenecks.Bottlenecks.as_view(), name="knelpunten"),
    path("knelpunten/<str:code>", bottlenecks.BottleneckItem.as_view(), name="knelpunt"),
    path(
        "knelpunten/<str:code>/initiatieven",
        initiatives.BottleneckInitiatives.as_view(),
        name="knelpunt-initiatieven",
    ),
]
