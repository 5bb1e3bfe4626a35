from allauth.account.decorators import reauthentication_required
from allauth.account.views import password_set
from django.contrib import admin
from django.contrib.sitemaps import views as sitemaps
from django.urls import include, path

from registry.sitemaps import SITEMAPS
from registry.views.account import CodeAgain
from registry.views.pages import robots_txt, security_txt
from samenbuurten.catalogue import catalogue

handler400 = "samenbuurten.errors.bad_request"
handler403 = "samenbuurten.errors.permission_denied"
handler404 = "samenbuurten.errors.page_not_found"
handler500 = "samenbuurten.errors.server_error"

# Before those of allauth: a first password is for who shows once more who they are.
OF_ACCOUNTS = [
    path(
        "password/set/",
        reauthentication_required(app="allauth.account")(password_set),
        name="account_set_password",
    ),
    path("code/", CodeAgain.as_view(), name="account_code_again"),
]

urlpatterns = [
    path("beheer/", admin.site.urls),
    path("account/", include(OF_ACCOUNTS)),
    path("account/", include("allauth.urls")),
    path(
        "sitemap.xml",
        sitemaps.index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap-section"},
        name="sitemap",
    ),
    *(
        path(
            f"sitemap-{section}.xml",
            sitemaps.sitemap,
            {"sitemaps": SITEMAPS, "section": section},
            name="sitemap-section",
        )
        for section in SITEMAPS
    ),
    path("catalogus.ttl", catalogue, {"kind": "ttl"}, name="catalogue-ttl"),
    path("catalogus.jsonld", catalogue, {"kind": "jsonld"}, name="catalogue-jsonld"),
    path("robots.txt", robots_txt, name="robots"),
    path(".well-known/security.txt", security_txt, name="security-txt"),
    path("", include("samenbuurten.api.urls")),
    path("", include("registry.api.hsds_urls")),
    path("", include("survey.urls")),
    path("", include("registry.urls")),
]
