from django.urls import path

from registry.api import hsds

app_name = "hsds"
urlpatterns = [
    path("hsds", hsds.Root.as_view(), name="root"),
    path("hsds/", hsds.Root.as_view()),
    path("hsds/services", hsds.Services.as_view(), name="services"),
    path("hsds/services/<str:key>", hsds.Service.as_view(), name="service"),
    path("hsds/service_at_locations", hsds.ServiceAtLocations.as_view(), name="service-at-locations"),
    path("hsds/service_at_locations/<str:key>", hsds.ServiceAtLocation.as_view(), name="service-at-location"),
    path("hsds/organizations", hsds.Organizations.as_view(), name="organizations"),
    path("hsds/organizations/<str:key>", hsds.Organization.as_view(), name="organization"),
    path("hsds/taxonomies", hsds.Taxonomies.as_view(), name="taxonomies"),
    path("hsds/taxonomies/<str:key>", hsds.Taxonomy.as_view(), name="taxonomy"),
    path("hsds/taxonomy_terms", hsds.TaxonomyTerms.as_view(), name="taxonomy-terms"),
    path("hsds/taxonomy_terms/<str:key>", hsds.TaxonomyTerm.as_view(), name="taxonomy-term"),
]
