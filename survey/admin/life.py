"""The life of a round: what each step asks, taking it, going back, and who did what."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.foundation.errors import Refused
from survey.design import logbook
from survey.rounds import checklist, life

LINES = 100
# In the order of a life: the step, its name, its page and the right that it asks.
STEPS = [
    ("open", gettext_lazy("Openen"), "open", "change_round"),
    ("unplan", gettext_lazy("Planning terugdraaien"), "unplan", "change_round"),
    ("close", gettext_lazy("Sluiten"), "close", "change_round"),
    ("freeze", gettext_lazy("Coderen vaststellen"), "freeze", "publish_round"),
    ("thaw", gettext_lazy("Coderen weer openzetten"), "thaw", "publish_round"),
    ("publish", gettext_lazy("Resultaten vaststellen"), "publish", "publish_round"),
    ("promote", gettext_lazy("Thema’s overnemen in het register"), "codebook", "screen_answers"),
]


def checklist_rows(round, step):
    """The list of this step for a page: (point, ways as (words, address)); and whether something is in the way."""
    points = checklist.points(round, step)
    rows = [
        (point, [(words, address(round, page, args)) for words, page, args in point.ways]) for point in points
    ]
    return rows, any(point.is_needed and not point.is_met for point in points)


def address(round, page, args=()):
    if page == "statements":
        return reverse("admin:survey_questionnaire_statements", args=[round.questionnaire_id])
    if page == "editions":
        newest = round.publications.order_by(F("withdrawn_on").desc(nulls_first=True), "-edition").first()
        return reverse("admin:survey_publication_change", args=[newest.pk]) if newest else ""
    return reverse(f"admin:survey_round_{page}", args=[round.pk, *args])


class LifePages:
    """Mixed into the admin of rounds."""

    def get_urls(self):
        return [
            self.page("stappen/", self.steps_view, "steps"),
            self.page("openen/", self.open_view, "open"),
            self.page("terugdraaien/", self.unplan_view, "unplan"),
            self.page("sluiten/", self.close_view, "close"),
            self.page("logboek/", self.log_view, "log"),
            *super().get_urls(),
        ]

    def steps_view(self, request, object_id):
        round = self.wanted(request, object_id, "view_round")
        rows = []
        for step, title, page, right in STEPS:
            points, is_blocked = checklist_rows(round, step)
            may = request.user.has_perm(f"survey.{right}")
            rows.append((title, points, is_blocked, address(round, page) if may else ""))
        return self.show(request, "steps.html", round, _("Stappen van %s") % round, rows=rows)

    def log_view(self, request, object_id):
        round = self.wanted(request, object_id, "view_round")
        lines = Paginator(logbook.of(round), LINES).get_page(request.GET.get("pagina"))
        return self.show(request, "round_log.html", round, _("Logboek van %s") % round, lines=lines)

    def open_view(self, request, object_id):
        return self.take_step(
            request,
            object_id,
            "open",
            life.open_now,
            _("De meting openen?"),
            _(
                "Mensen kunnen vanaf nu antwoorden. De vragenlijst ligt dan vast: u kunt hem alleen nog kopiëren."
            ),
            _("Open de meting"),
            _("De meting is open."),
        )

    def unplan_view(self, request, object_id):
        return self.take_step(
            request,
            object_id,
            "unplan",
            life.unplan,
            _("De planning terugdraaien?"),
            _(
                "De meting is dan weer een concept. Kandidaat-knelpunten die alleen hierdoor openbaar werden, zijn het "
                "niet meer. De vragenlijst kan weer veranderen, als geen andere meting hem gebruikt."
            ),
            _("Draai de planning terug"),
            _("De meting is weer een concept."),
        )

    def close_view(self, request, object_id):
        return self.take_step(
            request,
            object_id,
            "close",
            life.close_now,
            _("De meting sluiten?"),
            life.closing_words,
            _("Sluit de meting"),
            _("De meting is gesloten."),
        )

    def take_step(
        self, request, object_id, step, act, title, text, button, done, *, right="change_round", back="change"
    ):
        """A page that asks, with the list of ``step``; its button does ``act`` and leads to ``back``."""
        round = self.wanted(request, object_id, right)
        if right == "change_round" and not self.has_change_permission(request, round):
            raise PermissionDenied
        if request.method == "POST":
            try:
                act(round, by=request.user, seen=request.POST.get("stand", ""))
            except Refused as refusal:
                self.say(request, refusal)
            else:
                self.say(request, done=done)
            return self.to(back, round.pk)
        points, is_blocked = checklist_rows(round, step)
        return self.show(
            request,
            "confirm.html",
            round,
            title,
            text=text(round) if callable(text) else text,
            button=button,
            mark=checklist.mark_of(round),
            points=points,
            is_blocked=is_blocked,
        )
