"""An address that was given once keeps leading to what was there: on pages, in frames and in the API."""

from django.urls import reverse

from registry.foundation.redirects import moved
from registry.models import Case, Finding, Initiative, Organisation, Source, Term
from registry.models.address import current_address

# By the name of the address: whose slug it holds.
NOUNS = {
    **dict.fromkeys(
        (
            "registry:initiative-detail",
            "registry:initiative-image",
            "registry:contact",
            "registry:claim",
            "registry:my-initiative",
            "registry:my-edit",
            "registry:embed-one",
            "api:initiatief",
        ),
        Initiative,
    ),
    "registry:case-detail": Case,
    "api:casussen-item": Case,
    "api:organisaties-item": Organisation,
    "api:bronnen-item": Source,
    "api:begrippen-item": Term,
    "api:bevindingen-item": Finding,
}


class FormerAddressMiddleware:
    """Only what is not found is looked up; the query goes along."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404 or request.resolver_match is None:
            return response
        match = request.resolver_match
        model = NOUNS.get(match.view_name)
        slug = model and current_address(model, next(iter(match.kwargs.values())))
        if not slug:
            return response
        return moved(request, reverse(match.view_name, kwargs=dict.fromkeys(match.kwargs, slug)))
