from django.urls import path

from registry.api import initiatives
from registry.api.knowledge import NOUNS, InteractionList, item_of, list_of

urlpatterns = [
    path("initiatieven", initiatives.Initiatives.as_view(), name="initiatieven"),
    path("initiatieven/<str:key>", initiatives.InitiativeItem.as_view(), name="initiatief"),
    path(
        "knelpunten/<str:code>/initiatieven",
        initiatives.BottleneckInitiatives.as_view(),
        name="knelpunt-initiatieven",
    ),
    path("crss", initiatives.CoordinateSystems.as_view(), name="crss"),
    path("wisselwerkingen", InteractionList.as_view(), name="wisselwerkingen"),
]
for address, noun in NOUNS.items():
    urlpatterns += [
        path(noun.collection, list_of(noun).as_view(), name=noun.collection),
        path(address, item_of(noun).as_view(), name=f"{noun.collection}-item"),
    ]
