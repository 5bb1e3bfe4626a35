"""The pages that search engines may index."""

from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from registry.models import Bottleneck, Case, Initiative


class Pages(Sitemap):
    names = (
        "home initiative-list bottleneck-list case-list source-list term-list about privacy accessibility"
    ).split()

    def items(self):
        return self.names

    def location(self, name):
        return reverse(f"registry:{name}")


class Initiatives(Sitemap):
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


class Bottlenecks(Sitemap):
    def items(self):
        return Bottleneck.objects.published().exclude(status=Bottleneck.Status.MERGED)


class Cases(Sitemap):
    def items(self):
        return Case.objects.published().filter(is_sample=False).order_by("pk")

    def lastmod(self, case):
        return case.changed_at


SITEMAPS = {"paginas": Pages, "initiatieven": Initiatives, "knelpunten": Bottlenecks, "casussen": Cases}
