"""Reading open answers one by one, and saying what may happen with each: three keys are enough."""

import uuid

from django.http import Http404
from django.utils.translation import gettext as _

from survey import screening
from survey.models import OpenAnswer

Screening = OpenAnswer.Screening
PER_PAGE = 50


class ScreeningPages:
    """Mixed into the admin of rounds."""

    def get_urls(self):
        return [
            self.page("antwoorden/", self.screen_view, "screen"),
            self.page("antwoorden/lijst/", self.screened_view, "screened"),
            *super().get_urls(),
        ]

    def screen_view(self, request, object_id):
        """The answer that was asked for, else the next one that waits."""
        round = self.wanted(request, object_id, "screen_answers")
        answers = OpenAnswer.objects.filter(response__round=round).select_related("question__level")
        if request.method == "POST":
            answer = _one(answers, request.POST.get("antwoord"))
            try:
                screening.decide(answer, request.POST.get("besluit"), words=request.POST.get("tekst"))
            except screening.Refused as refusal:
                self.say(request, refusal)
                return self._one_answer(request, round, answer, request.POST.get("tekst"))
            return self.to("screen", round.pk)
        if asked := request.GET.get("antwoord"):
            return self._one_answer(request, round, _one(answers, asked))
        waiting = answers.filter(screening=Screening.UNDECIDED)
        if after := request.GET.get("na"):
            later = waiting.filter(pk__gt=_one(answers, after).pk)
            waiting = later if later.exists() else waiting
        return self._one_answer(request, round, waiting.first())

    def _one_answer(self, request, round, answer, typed=None):
        total = OpenAnswer.objects.filter(response__round=round).count()
        left = screening.waiting(round).count()
        return self.show(
            request,
            "screen.html",
            round,
            _("Antwoorden lezen: %s") % round,
            answer=answer,
            pieces=screening.pieces(answer.text) if answer else [],
            typed=typed if typed is not None else answer and (answer.quote or answer.text),
            total=total,
            left=left,
            done=total - left,
        )

    def screened_view(self, request, object_id):
        """What was decided, to look again."""
        round = self.wanted(request, object_id, "screen_answers")
        chosen = request.GET.get("staat")
        answers = OpenAnswer.objects.filter(response__round=round).exclude(screening=Screening.DELETED)
        if chosen in Screening.values:
            answers = answers.filter(screening=chosen)
        after = request.GET.get("na")
        if after:
            answers = answers.filter(pk__gt=_key(after))
        found = list(answers.select_related("question")[: PER_PAGE + 1])
        return self.show(
            request,
            "screened.html",
            round,
            _("Antwoorden van %s") % round,
            answers=found[:PER_PAGE],
            after=found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None,
            states=[state for state in Screening.choices if state[0] != Screening.DELETED],
            chosen=chosen,
        )


def _key(text):
    try:
        return uuid.UUID(text)
    except (ValueError, AttributeError, TypeError) as no_key:
        raise Http404 from no_key


def _one(answers, text):
    found = answers.filter(pk=_key(text)).first()
    if found is None:
        raise Http404
    return found
