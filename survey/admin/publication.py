"""What was published, to read with its errata; and the pages of a round about its results."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.foundation.edit_conflicts import GuardsEdits, GuardsRows
from registry.foundation.errors import Refused
from registry.models import Export
from survey import following, resources, results
from survey.admin.life import checklist_rows
from survey.design import logbook
from survey.models import Erratum, Publication, Round
from survey.results import tally
from survey.rounds import publications


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Waarom"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "cols": 60}),
        help_text=gettext_lazy("Dit komt op de pagina van de uitgave te staan, zonder namen van mensen."),
    )


class Errata(GuardsRows, admin.TabularInline):
    model = Erratum
    extra = 0


@admin.register(Publication)
class PublicationAdmin(GuardsEdits, admin.ModelAdmin):
    list_display = ["round", "edition", "published_on", "withdrawn_on", "page"]
    change_form_template = "admin/survey/publication_form.html"
    list_select_related = ["round"]
    fields = readonly_fields = [
        "round",
        "edition",
        "published_on",
        "published_by",
        "withdrawn_on",
        "withdrawn_by",
        "withdrawal_reason",
        "page",
        "questionnaire_version",
        "data_hash",
        "responses_hash",
        "code_version",
    ]
    inlines = [Errata]
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).defer("data")

    def get_urls(self):
        pages = [
            ("live", "tussenstand", self.live_view),
            ("publish", "vaststellen", self.publish_view),
            ("records", "inzendingen.csv", self.records_view),
            ("records_syntax", "inzendingen.sps", self.records_syntax_view),
            ("records_sav", "inzendingen.sav", self.records_sav_view),
            ("units", "eenheden.csv", self.units_view),
        ]
        return [
            path(
                f"meting/<int:pk>/{address}" + ("" if "." in address else "/"),
                self.admin_site.admin_view(view),
                name=f"survey_round_{name}",
            )
            for name, address, view in pages
        ] + [
            path(
                "<int:pk>/intrekken/",
                self.admin_site.admin_view(self.withdraw_view),
                name="survey_publication_withdraw",
            ),
            *super().get_urls(),
        ]

    def save_formset(self, request, form, formset, change):
        super().save_formset(request, form, formset, change)
        for erratum in formset.new_objects:
            following.tell_corrected(erratum)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=gettext_lazy("pagina"))
    def page(self, publication):
        address = f"{publication.round.get_absolute_url()}?uitgave={publication.edition}"
        return format_html('<a href="{}">{}</a>', address, _("Bekijk de resultaten"))

    def live_view(self, request, pk):
        """The same page as the public sees later, worked out now."""
        round = self._round(request, pk, "survey.view_publication")
        figures = results.results_for(round, tally=tally.live(round))
        context = {"found": figures, "held_on": round.held_on, "is_live": True, "round": round}
        return render(request, "survey/results.html", context)

    def publish_view(self, request, pk):
        round = self._round(request, pk, "survey.publish_round")
        if request.method == "POST" and "gezien" not in request.POST:
            self.message_user(
                request,
                _("Bekijk eerst wat er straks niet in staat, en zet daar een vinkje."),
                messages.ERROR,
            )
        elif request.method == "POST":
            try:
                publication = publications.freeze(round, by=request.user, seen=request.POST.get("stand", ""))
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                text = _("De resultaten van ‘%(round)s’ staan vast: uitgave %(edition)d.")
                self.message_user(
                    request, text % {"round": round, "edition": publication.edition}, messages.SUCCESS
                )
                if left_out := results.parts_left_out(results.read(publication.data)):
                    text = _(
                        "Wat een paar mensen antwoordden, zou te berekenen zijn. Daarom staat er niet bij: %s."
                    )
                    self.message_user(request, text % ", ".join(sorted(left_out)), messages.WARNING)
                return redirect("admin:survey_publication_change", publication.pk)
        points, is_blocked = checklist_rows(round, "publish")
        lost, hidden = ([], []) if is_blocked else publications.will_be_hidden(round)
        context = self.admin_site.each_context(request) | {
            "title": _("Resultaten vaststellen: %s") % round,
            "opts": self.opts,
            "round": round,
            "is_closed": round.is_closed,
            "points": points,
            "is_blocked": is_blocked,
            "lost": lost,
            "hidden": hidden,
            "mark": "" if is_blocked else publications.mark_of(round),
            "edition": round.publications.count() + 1,
            "live_url": reverse("admin:survey_round_live", args=[round.pk]),
        }
        return render(request, "admin/survey/publish.html", context)

    def withdraw_view(self, request, pk):
        if not request.user.has_perm("survey.publish_round"):
            raise PermissionDenied
        publication = get_object_or_404(Publication.objects.select_related("round"), pk=pk)
        form = WithdrawForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                publications.withdraw(publication, form.cleaned_data["reason"], by=request.user)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                self.message_user(request, _("De uitgave is ingetrokken."), messages.SUCCESS)
                return redirect("admin:survey_publication_change", publication.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("Intrekken: %s") % publication,
            "opts": self.opts,
            "entry": publication,
            "has_view_permission": self.has_view_permission(request),
            "form": form,
            "has_responses": publication.round.responses.exists(),
        }
        return render(request, "admin/survey/withdraw.html", context)

    def records_view(self, request, pk):
        round = self._round(request, pk, "survey.download_records")
        # HEAD takes nothing along.
        if request.method != "HEAD":
            Export.objects.log(
                request.user, _("inzendingen: %s") % round, kind="csv", number=round.responses.count()
            )
            logbook.note(
                round, logbook.What.TOOK_RECORDS, request.user, number=round.responses.count(), subject="csv"
            )
        response = StreamingHttpResponse(resources.record_rows(round), content_type="text/csv; charset=utf-8")
        return _attached(response, f"{round.slug}-inzendingen.csv")

    def records_syntax_view(self, request, pk):
        round = self._round(request, pk, "survey.download_records")
        if request.method != "HEAD":
            Export.objects.log(request.user, _("inzendingen: %s") % round, kind="sps")
            logbook.note(round, logbook.What.TOOK_RECORDS, request.user, subject="sps")
        response = HttpResponse(resources.records_syntax(round), content_type="text/plain; charset=utf-8")
        return _attached(response, f"{round.slug}-inzendingen.sps")

    def records_sav_view(self, request, pk):
        round = self._round(request, pk, "survey.download_records")
        try:
            content = resources.records_sav(round)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect("admin:survey_round_change", round.pk)
        if request.method != "HEAD":
            number = round.responses.count()
            Export.objects.log(request.user, _("inzendingen: %s") % round, kind="sav", number=number)
            logbook.note(round, logbook.What.TOOK_RECORDS, request.user, number=number, subject="sav")
        response = HttpResponse(content, content_type="application/x-spss-sav")
        return _attached(response, f"{round.slug}-inzendingen.sav")

    def units_view(self, request, pk):
        round = self._round(request, pk, "survey.download_records")
        try:
            rows = resources.unit_rows(round)
        except Refused as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect("admin:survey_round_coding", round.pk)
        if request.method != "HEAD":
            Export.objects.log(request.user, _("gecodeerde eenheden: %s") % round, kind="csv")
            logbook.note(round, logbook.What.TOOK_RECORDS, request.user, subject="eenheden")
        return _attached(
            HttpResponse(rows, content_type="text/csv; charset=utf-8"), f"{round.slug}-eenheden.csv"
        )

    def _round(self, request, pk, permission):
        if not request.user.has_perm(permission):
            raise PermissionDenied
        return get_object_or_404(Round.objects.select_related("questionnaire", "previous"), pk=pk)


def _attached(response, name):
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
