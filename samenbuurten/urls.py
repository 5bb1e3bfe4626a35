from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from registry.sitemaps import SITEMAPS
from registry.views.pages import robots_txt, security_txt

urlpatterns = [
    path("beheer/", admin.site.urls),
    path("account/", include("allauth.urls")),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("robots.txt", robots_txt, name="robots"),
    path(".well-known/security.txt", security_txt, name="security-txt"),
    path("", include("samenbuurten.api.urls")),
    path("", include("survey.urls")),
    path("", include("registry.urls")),
]
