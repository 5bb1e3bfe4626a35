from django.urls import path

from registry.feeds import InitiativeFeed
from registry.views import (
    bottlenecks,
    home,
    initiatives,
    knowledge,
    owner,
    pages,
    proof,
    register,
    search,
    visitor,
)

app_name = "registry"
urlpatterns = [
    path("", home.Home.as_view(), name="home"),
    path("initiatieven/", initiatives.InitiativeList.as_view(), name="initiative-list"),
    path("initiatieven/feed.xml", InitiativeFeed(), name="initiative-feed"),
    path("initiatieven/aanmelden/", register.Register.as_view(), name="register"),
    path("initiatieven/aanmelden/lijkt-op/", register.lookalike_hint, name="lookalike-hint"),
    path("initiatieven/<slug:slug>/", initiatives.InitiativeDetail.as_view(), name="initiative-detail"),
    path("initiatieven/<slug:slug>/beeld/", initiatives.initiative_image, name="initiative-image"),
    path("initiatieven/<slug:slug>/schrijven/", visitor.Contact.as_view(), name="contact"),
    path("initiatieven/<slug:slug>/overnemen/", visitor.Claim.as_view(), name="claim"),
    path("bevestigen/code/<str:key>/", register.EnterCode.as_view(), name="enter-code"),
    path("bevestigen/<str:token>/", proof.ProofPage.as_view(), name="proof"),
    path("laat-weten/", visitor.Tell.as_view(), name="tell"),
    path("volgen/", visitor.Follow.as_view(), name="follow"),
    path("volgen/stoppen/<str:token>/", visitor.Unfollow.as_view(), name="unfollow"),
    path("mijn/", owner.Mine.as_view(), name="mine"),
    path("mijn/gegevens/", owner.MyData.as_view(), name="my-data"),
    path("mijn/gegevens/verwijderen/", owner.delete_my_data, name="my-data-delete"),
    path("mijn/<slug:slug>/", owner.MyInitiative.as_view(), name="my-initiative"),
    path("mijn/<slug:slug>/wijzigen/", owner.MyEdit.as_view(), name="my-edit"),
    path("knelpunten/", bottlenecks.BottleneckList.as_view(), name="bottleneck-list"),
    path("knelpunten/<slug:code>/", bottlenecks.BottleneckDetail.as_view(), name="bottleneck-detail"),
    path("casussen/", knowledge.CaseList.as_view(), name="case-list"),
    path("casussen/<slug:slug>/", knowledge.CaseDetail.as_view(), name="case-detail"),
    path("bronnen/", knowledge.SourceList.as_view(), name="source-list"),
    path("begrippen/", knowledge.TermList.as_view(), name="term-list"),
    path("zoeken/", search.Search.as_view(), name="search"),
    path("over/", pages.About.as_view(), name="about"),
    path("privacy/", pages.Privacy.as_view(), name="privacy"),
    path(
        "toegankelijkheid/",
        pages.Page.as_view(template_name="registry/accessibility.html"),
        name="accessibility",
    ),
]
