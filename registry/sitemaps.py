"""The pages that search engines may index: an index, and files of 50,000 addresses at most."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse
from django.utils.functional import cached_property

from registry.foundation.paging import KeyPaginator
from registry.models import Bottleneck, Case, Initiative


class _Sitemap(Sitemap):
    @cached_property
    def paginator(self):
        return KeyPaginator(self.items(), self.limit)

    def get_latest_lastmod(self):
        """Not told in the index, which would read every row for it; each address has its own."""


class Pages(Sitemap):
    names = (
        "home initiative-list bottleneck-list case-list source-list term-list about privacy accessibility"
    ).split()

    def items(self):
        return self.names

    def location(self, name):
        return reverse(f"registry:{name}")


class Initiatives(_Sitemap):
    def items(self):
        return (
            Initiative.objects.published()
            .filter(is_sample=False)
            .order_by("pk")
            .with_moment()
            .only("slug", "public_id")
        )

    def lastmod(self, initiative):
        return initiative.public_moment


class Bottlenecks(_Sitemap):
    def items(self):
        return Bottleneck.objects.published().exclude(status=Bottleneck.Status.MERGED)


class Cases(_Sitemap):
    def items(self):
        return Case.objects.published().filter(is_sample=False).order_by("pk")

    def lastmod(self, case):
        return case.changed_at


SITEMAPS = {"paginas": Pages, "initiatieven": Initiatives, "knelpunten": Bottlenecks, "casussen": Cases}
