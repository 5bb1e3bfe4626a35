from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from registry.models import Initiative
from survey import following, resources, results
from survey.models import Publication, Round
from survey.results.coverage import coverage
from survey.rounds import publications


class ResultsList(TemplateView):
    template_name = "survey/results_list.html"

    def get_context_data(self, **kwargs):
        published = [
            (publication, results.read(publication.data))
            for publication in Publication.objects.public().newest()
        ]
        return super().get_context_data(published=published, **kwargs)


class Coverage(TemplateView):
    template_name = "survey/coverage.html"

    def get_context_data(self, **kwargs):
        rounds, covered, unknown = coverage()
        has_sample = Initiative.objects.published().filter(is_sample=True).exists()
        return super().get_context_data(
            rounds=rounds,
            known=covered,
            unknown=unknown,
            has_ranges=any(row.range_words for row in unknown),
            has_sample=has_sample,
            **kwargs,
        )


@require_safe
def results_page(request, slug):
    publication = _publication(request, slug)
    if publication is None:
        round = get_object_or_404(Round, slug=slug)
        if round.state == Round.State.DRAFT:
            raise Http404
        return render(request, "survey/not_yet.html", _and_follow({"round": round}, round), status=404)
    if publication.is_withdrawn:
        return render(request, "survey/withdrawn.html", _about_withdrawn(publication))
    figures = publications.as_it_counts(publication)
    context = {
        "publication": publication,
        "found": figures,
        "held_on": figures.held_on and date.fromisoformat(figures.held_on),
        "errata": publication.errata.all(),
        "editions": publication.round.publications.order_by("-edition").defer("data"),
        "formats": [(name, kind.label) for name, kind in resources.FORMATS.items()],
    }
    return render(request, "survey/results.html", _and_follow(context, publication.round))


@require_safe
def download(request, slug, name, kind):
    """The figures of the page as a file; "codeboek" says what each column means."""
    publication = _publication(request, slug)
    if publication is None or name not in (slug, resources.CODEBOOK) or kind not in resources.FORMATS:
        raise Http404
    if name == resources.CODEBOOK and kind != "csv":
        raise Http404
    if publication.is_withdrawn:
        return render(request, "survey/withdrawn.html", _about_withdrawn(publication), status=410)
    content = (
        resources.codebook(publication)
        if name == resources.CODEBOOK
        else resources.written(publication, kind)
    )
    response = HttpResponse(content, content_type=resources.FORMATS[kind].content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _about_withdrawn(publication):
    """What its page says. Never a figure: nor those of another edition, as if that had always stood there."""
    about = {
        "publication": publication,
        "name": publication.round.name,
        "editions": publication.round.publications.exclude(pk=publication.pk).defer("data"),
    }
    return _and_follow(about, publication.round)


def _and_follow(context, round):
    return context | {"can_be_followed": following.can_be_followed(round)}


def _publication(request, slug):
    """The edition that was asked for, else the newest, withdrawn or not; None when the public may not see results."""
    editions = Publication.objects.with_page().filter(round__slug=slug)
    edition = request.GET.get("uitgave", "")
    if edition:
        wanted = int(edition) if edition.isascii() and edition.isdigit() and len(edition) < 5 else 0
        return get_object_or_404(editions, edition=wanted)
    return editions.first()
