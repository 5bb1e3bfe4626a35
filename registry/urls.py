from django.urls import path

from registry.feeds import InitiativeFeed
from registry.views import bottlenecks, home, initiatives, knowledge, pages, search

app_name = "registry"
urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("initiatieven/", initiatives.InitiativeList.as_view(), name="initiative-list"),
    path("initiatieven/feed.xml", InitiativeFeed(), name="initiative-feed"),
    path("initiatieven/<slug:slug>/", initiatives.InitiativeDetail.as_view(), name="initiative-detail"),
    path("initiatieven/<slug:slug>/beeld/", initiatives.initiative_image, name="initiative-image"),
    path("knelpunten/", bottlenecks.BottleneckList.as_view(), name="bottleneck-list"),
    path("knelpunten/<slug:code>/", bottlenecks.BottleneckDetail.as_view(), name="bottleneck-detail"),
    path("casussen/", knowledge.CaseList.as_view(), name="case-list"),
    path("casussen/<slug:slug>/", knowledge.CaseDetail.as_view(), name="case-detail"),
    path("bronnen/", knowledge.SourceList.as_view(), name="source-list"),
    path("begrippen/", knowledge.TermList.as_view(), name="term-list"),
    path("zoeken/", search.Search.as_view(), name="search"),
    path("over/", pages.About.as_view(), name="about"),
    path("privacy/", pages.Page.as_view(template_name="registry/privacy.html"), name="privacy"),
    path(
        "toegankelijkheid/",
        pages.Page.as_view(template_name="registry/accessibility.html"),
        name="accessibility",
    ),
]
