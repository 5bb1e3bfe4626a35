from django.db.models import Prefetch
from django.views.generic import DetailView, ListView

from registry.models import Bottleneck, Case, Source, Term


class CaseList(ListView):
    template_name = "registry/case_list.html"
    context_object_name = "cases"
    paginate_by = 20
    page_kwarg = "pagina"

    def get_queryset(self):
        return (
            Case.objects.published()
            .select_related("initiative__municipality", "municipality", "source")
            .prefetch_related(Prefetch("bottlenecks", Bottleneck.objects.published().select_related("level")))
        )


class CaseDetail(DetailView):
    template_name = "registry/case_detail.html"
    context_object_name = "case"
    get_queryset = CaseList.get_queryset


class SourceList(ListView):
    template_name = "registry/source_list.html"
    context_object_name = "sources"
    model = Source


class TermList(ListView):
    template_name = "registry/term_list.html"
    context_object_name = "terms"
    model = Term
