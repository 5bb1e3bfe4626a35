"""Reading open answers one by one, and saying what may happen with each: three keys are enough."""

import uuid

from django.http import Http404
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from survey.models import OpenAnswer, Quote
from survey.open_answers import screening

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
        answers = OpenAnswer.objects.filter(response__round=round).select_related("question__questionnaire")
        if request.method == "POST":
            return self._decide(request, round, _one(answers, request.POST.get("antwoord")))
        if answer_key := request.GET.get("antwoord"):
            return self._one_answer(request, round, _one(answers, answer_key))
        after = request.GET.get("na")
        answer_next = screening.next_for(round, request.user, _one(answers, after).pk if after else None)
        return self._one_answer(request, round, answer_next)

    def _decide(self, request, round, answer):
        decision, typed = request.POST.get("besluit"), request.POST.get("tekst")
        seen, is_sure = request.POST.get("stand", ""), "zeker" in request.POST
        try:
            if decision == "terug":
                screening.restore(answer, by=request.user, seen=seen)
                return self.to("screen", round.pk, query=f"?antwoord={answer.pk}")
            if decision == "voorgoed":
                screening.purge(answer, by=request.user, seen=seen)
                self.say(request, done=_("De woorden zijn voorgoed weg."))
                return self.to("screened", round.pk, query="?staat=gewist")
            if decision == Screening.DELETED and not is_sure and answer.screening != Screening.DELETED:
                return self._one_answer(request, round, answer, typed, asks=_asks_wiping(answer))
            screening.decide(answer, decision, words=typed, by=request.user, seen=seen, sure=is_sure)
        except screening.Unsure as doubt:
            return self._one_answer(request, round, answer, typed, asks=str(doubt))
        except Refused as refusal:
            self.say(request, refusal)
            answer.refresh_from_db()
            is_stale = seen != screening.mark_of(answer)
            # What was typed on an older page does not stand ready to be sent once more.
            return self._one_answer(
                request, round, answer, None if is_stale else typed, older=typed if is_stale else None
            )
        return self.to("screen", round.pk)

    def _one_answer(self, request, round, answer, typed=None, asks=None, older=None):
        total = OpenAnswer.objects.filter(response__round=round).count()
        left = screening.waiting(round).count()
        return self.show(
            request,
            "screen.html",
            round,
            _("Antwoorden lezen: %s") % round,
            answer=answer,
            # What is asked about is what was before them.
            mark=request.POST.get("stand", "") if asks else answer and screening.mark_of(answer),
            asks=asks,
            older=older,
            decision=request.POST.get("besluit"),
            is_wiped=bool(answer) and answer.screening == Screening.DELETED,
            can_restore=bool(answer) and screening.can_restore(answer),
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
        if chosen == Screening.DELETED:
            answers = screening.wiped(round)
        else:
            answers = OpenAnswer.objects.filter(response__round=round).exclude(screening=Screening.DELETED)
        if chosen in Screening.values:
            answers = answers.filter(screening=chosen)
        after = request.GET.get("na")
        if after:
            answers = answers.filter(pk__gt=_key(after))
        page_of_answers = list(answers.select_related("question")[: PER_PAGE + 1])
        return self.show(
            request,
            "screened.html",
            round,
            _("Antwoorden van %s") % round,
            answers=page_of_answers[:PER_PAGE],
            after=page_of_answers[PER_PAGE - 1].pk if len(page_of_answers) > PER_PAGE else None,
            states=Screening.choices,
            chosen=chosen,
        )


def _asks_wiping(answer):
    """What goes with it, and until when there is a way back."""
    quotes = Quote.objects.filter(unit__answer=answer).select_related("promotion")
    places = sorted({str(quote.promotion.became) for quote in quotes})
    question = _(
        "De woorden wissen? Zij verdwijnen meteen overal. Tot en met morgen is een vergissing te herstellen; daarna "
        "zijn zij voorgoed weg."
    )
    return " ".join([question, _("Nu staan zij bij: %s.") % ", ".join(places)] if places else [question])


def _key(text):
    try:
        return uuid.UUID(text)
    except (ValueError, AttributeError, TypeError) as no_key:
        raise Http404 from no_key


def _one(answers, text):
    answer = answers.filter(pk=_key(text)).first()
    if answer is None:
        raise Http404
    return answer
