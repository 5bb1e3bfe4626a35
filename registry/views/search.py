from django.views.generic import TemplateView

from registry.search import forget_miss, record_miss, search


class Search(TemplateView):
    template_name = "registry/search.html"

    def get_context_data(self, **kwargs):
        words = self.request.GET.get("zoek", "").strip()
        results = search(words) if words else None
        if results:
            (forget_miss if results.total else record_miss)(words)
        return super().get_context_data(words=words, results=results, **kwargs)
