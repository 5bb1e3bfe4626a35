"""The addresses of the register."""

from django.urls import path

from registry.feeds import InitiativeFeed
from registry.views import (
    bottlenecks,
    downloads,
    embed,
    health,
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
    path("stoppen/<str:token>/", visitor.Stop.as_view(), name="stop"),
    # In letters of before.
    path("volgen/stoppen/<str:token>/", visitor.Stop.as_view(), name="unfollow"),
    path("mijn/", owner.Mine.as_view(), name="mine"),
    path("mijn/gegevens/", owner.MyData.as_view(), name="my-data"),
    path("mijn/gegevens/verwijderen/", owner.DeleteMyData.as_view(), name="my-data-delete"),
    path("mijn/<slug:slug>/", owner.MyInitiative.as_view(), name="my-initiative"),
    path("mijn/<slug:slug>/wijzigen/", owner.MyEdit.as_view(), name="my-edit"),
    path("knelpunten/", bottlenecks.BottleneckList.as_view(), name="bottleneck-list"),
    path("knelpunten/<slug:code>/", bottlenecks.BottleneckDetail.as_view(), name="bottleneck-detail"),
    path("casussen/", knowledge.CaseList.as_view(), name="case-list"),
    path("casussen/<slug:slug>/", knowledge.CaseDetail.as_view(), name="case-detail"),
    path("bronnen/", knowledge.SourceList.as_view(), name="source-list"),
    path("begrippen/", knowledge.TermList.as_view(), name="term-list"),
    path("zoeken/", search.Search.as_view(), name="search"),
    path("open-data/", downloads.OpenData.as_view(), name="open-data"),
    path("open-data/initiatieven.<slug:kind>", downloads.download, name="download"),
    path("insluiten/", embed.embed_maker, name="embed-maker"),
    path("insluiten/lijst/", embed.embed_list, name="embed-list"),
    path("insluiten/kaart/", embed.embed_map, name="embed-map"),
    path("insluiten/initiatief/<slug:slug>/", embed.embed_one, name="embed-one"),
    path("oembed", embed.oembed, name="oembed"),
    path("gezondheid/", health.health, name="health"),
    path("gezondheid/leeft/", health.alive, name="health-alive"),
    path("gezondheid/klaar/", health.ready, name="health-ready"),
    path("over/", pages.About.as_view(), name="about"),
    path("privacy/", pages.Privacy.as_view(), name="privacy"),
    path(
        "toegankelijkheid/",
        pages.Page.as_view(template_name="registry/accessibility.html"),
        name="accessibility",
    ),
]
