"""What hangs at a stand: QR codes and posters; and sheets with one-time codes."""

import csv

from django import forms
from django.http import Http404, HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.models import Export
from survey.fieldwork import stands

WHOLE_ROUND = "meting"


class MakeCodes(forms.Form):
    number = forms.IntegerField(
        label=gettext_lazy("Hoeveel codes"), min_value=1, max_value=stands.MOST_CODES, initial=50
    )


class StandPages:
    """Mixed into the admin of rounds."""

    def get_urls(self):
        return [
            self.page("qr/<slug:code>.<str:kind>", self.qr_view, "qr"),
            self.page("poster/<slug:code>/", self.poster_view, "poster"),
            self.page("codes/", self.codes_view, "codes"),
            *super().get_urls(),
        ]

    def qr_view(self, request, object_id, code, kind):
        round = self.wanted(request, object_id, "view_round")
        if kind not in stands.FORMATS:
            raise Http404
        image = stands.qr(stands.address(round, _source(round, code)), kind)
        name = f"qr-{round.slug}-{code}.{kind}"
        return HttpResponse(
            image,
            content_type=stands.FORMATS[kind],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def poster_view(self, request, object_id, code):
        round = self.wanted(request, object_id, "view_round")
        source = _source(round, code)
        return self.show(
            request,
            "poster.html",
            round,
            round.name,
            source=source,
            address=stands.address(round, source),
            short=stands.address(round).split("//")[-1],
            # Made here, of an address of our own.
            qr=mark_safe(stands.qr_in_page(stands.address(round, source))),
        )

    def codes_view(self, request, object_id):
        """Codes are shown once, as a sheet or as a file: afterwards nobody can read them any more."""
        round = self.wanted(request, object_id, "change_round")
        form = MakeCodes(request.POST or None)
        if request.method == "POST" and form.is_valid():
            codes = stands.make_codes(round, form.cleaned_data["number"], by=request.user)
            kind = "csv" if "csv" in request.POST else "vel"
            Export.objects.log(request.user, _("eenmalige codes: %s") % round, kind=kind, number=len(codes))
            if "csv" in request.POST:
                return _as_file(round, codes)
            return self.show(
                request,
                "codes_sheet.html",
                round,
                _("Eenmalige codes voor %s") % round,
                codes=codes,
                short=stands.address(round).split("//")[-1],
            )
        return self.show(
            request,
            "codes.html",
            round,
            _("Eenmalige codes voor %s") % round,
            form=form,
            used=round.access_codes.filter(is_used=True).count(),
            unused=round.access_codes.filter(is_used=False).count(),
        )


def _source(round, code):
    """The stand with this code, or None for the round as a whole."""
    if code == WHOLE_ROUND:
        return None
    source = round.sources.filter(code=code).first()
    if source is None:
        raise Http404
    return source


def _as_file(round, codes):
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="codes-{round.slug}.csv"'},
    )
    writer = csv.writer(response)
    writer.writerow(["code", "adres"])
    writer.writerows((code, stands.address(round)) for code in codes)
    return response
