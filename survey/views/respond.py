"""The questions as one page of screens, and one POST that brings all answers at once.

A respondent gets no cookie at all, so no CSRF cookie either: who sends is asked of the browser itself
(``from_elsewhere``), and a page from a cache stays usable.
"""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from registry.foundation import ratelimit
from survey.design.questions import questions_of
from survey.fieldwork import intake, progress, stands
from survey.fieldwork.stored_fields import stored_of_answers, stored_of_words
from survey.forms.respond import AnswerForm
from survey.models import Questionnaire, Response, Round
from survey.results.shares import shares_of_previous

IDLE_SECONDS = 45
STEPS_PER_ANSWER = 10
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
# What a row takes on the disk beside what was sent.
LEAST_BYTES = 500
# To the device: whether what it sent under this key is here ("ontvangen"), or is not taken and why ("geweigerd").
# It lets go of an answer on nothing else, whoever says 200.
VERDICT = "X-Inzending"
# To the service worker: keep this page ("1"), or keep it no longer ("0"). It heeds no page that says neither.
KEEP = "X-Bewaren"


def from_elsewhere(request):
    """Whether another site sent this; browsers say so, and what says nothing is no page of another site."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    if origin == "null":
        # Any site can make a browser say so, but none can make it name a page of ours that it was not on.
        origin = "/".join(request.headers.get("Referer", "").split("/")[:3])
    if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
        return False
    # An origin is a scheme and a host, and nothing more to take apart.
    return origin.partition("://")[2] != request.get_host()


def language_of(request, languages):
    """What was asked for (on a button, else in ``taal``) when it is offered, else the first language."""
    language = request.POST.get("taalkeuze") or request.POST.get("taal") or request.GET.get("taal")
    return language if language in languages else (languages or [settings.LANGUAGE_CODE])[0]


def put(request, template, context, *, language, status=200):
    """A page of a respondent; nothing of it stays behind but what the service worker keeps on purpose."""
    with translation.override(language):
        response = render(request, template, context | {"language": language}, status=status)
    response["Content-Language"] = language
    return response


@method_decorator(csrf_exempt, name="dispatch")
class Respond(View):
    """``subject``: the round, or in a preview the questionnaire alone."""

    round = None

    def dispatch(self, request, *args, **kwargs):
        self.find(**kwargs)
        self.language = language_of(request, self.languages)
        with translation.override(self.language):
            return super().dispatch(request)

    def find(self, slug):
        self.round = get_object_or_404(Round.objects.select_related("questionnaire"), slug=slug)
        self.questionnaire, self.languages = self.round.questionnaire, self.round.languages
        self.address = reverse("survey:respond", args=[slug])

    def get(self, request):
        if self.round and (not self.round.is_open or self.round.is_full):
            return self.turned_away()
        return self.show(self.form(), is_fresh=True)

    def post(self, request):
        if from_elsewhere(request):
            return self.page("elsewhere", status=403)
        if self.round and self.round.opens_at is None:
            raise Http404
        if "taalkeuze" in request.POST:
            return self.show(self.form(request.POST, is_unchecked=True))
        form = self.form(request.POST)
        if not ratelimit.allow(request, "antwoord", most=settings.ANSWERS_A_MINUTE, seconds=MINUTE):
            return self.wait(
                form, _("Het is nu erg druk. Wacht een minuut en verstuur dan nog eens."), MINUTE
            )
        if not form.is_valid():
            return self.refuse(form, "invulling", 422)
        if "controle" in request.POST:
            return self.show(form)
        if not self.has_room():
            text = _(
                "Er is van hieruit te veel verstuurd. Uw antwoorden staan nog op deze pagina en zijn niet "
                "opgeslagen. Laat de pagina open en verstuur over een uur nog eens."
            )
            return self.wait(form, text, HOUR)
        try:
            is_new = self.take_in(form)
        except intake.WrongCode as refusal:
            form.add_error("code", str(refusal))
            return self.refuse(form, refusal.reason, 422)
        except intake.NotTaken as refusal:
            form.add_error(None, str(refusal))
            return self.refuse(form, refusal.reason, 409)
        if is_new and self.round and request.POST.get("geteld") == "1":
            # Drop-off is of pages: one that was not counted when it was begun is not counted here either.
            progress.count(self.round, progress.sent(self.questionnaire))
        # A repeat tells nothing of what is stored, nor whether this equals it.
        if self.is_from_queue:
            response = self.receipt(200)
        else:
            response = self.thank(form) if is_new else self.page("received")
        return self.judge(response, f"ontvangen {form.key}")

    def refuse(self, form, reason, status):
        response = self.receipt(status) if self.is_from_queue else self.show(form, status=status)
        return self.judge(response, f"geweigerd {form.key} {reason}")

    @property
    def is_from_queue(self):
        """Whether the device sends what waited on it: it reads the verdict, and nobody is there to read a page."""
        return "X-Bewaard" in self.request.headers

    def receipt(self, status):
        response = HttpResponse(status=status)
        patch_cache_control(response, no_store=True)
        return response

    def judge(self, response, words):
        """A preview takes nothing, so it gives no receipt."""
        if self.round:
            response[VERDICT] = words
        return response

    def has_room(self):
        """Whether one place has not sent so many bytes that others would find the disk full."""
        size = max(LEAST_BYTES, int(self.request.META.get("CONTENT_LENGTH") or 0))
        return all(
            ratelimit.allow(self.request, "bytes", most=most, seconds=seconds, cost=size)
            for most, seconds in (
                (settings.ANSWER_BYTES_AN_HOUR, HOUR),
                (settings.ANSWER_BYTES_A_DAY, DAY),
            )
        )

    def wait(self, form, text, seconds):
        """Later it is welcome: the service worker keeps it on the device until then."""
        form.add_error(None, text)
        response = self.receipt(429) if self.is_from_queue else self.show(form, status=429)
        response["Retry-After"] = seconds
        return response

    def form(self, data=None, **options):
        asks_code = bool(self.round) and self.round.access == Round.Access.CODES
        return AnswerForm(data, questions=questions_of(self.questionnaire), asks_code=asks_code, **options)

    def take_in(self, form):
        stand = self.request.POST.get("stand")
        return intake.record(
            self.round,
            form.answers(),
            key=form.key,
            language=self.language,
            channel=Response.Channel.KIOSK if self.is_kiosk else Response.Channel.OWN_DEVICE,
            # A wrong QR code must not stop anybody.
            source=self.round.sources.filter(code=stand[:30]).first() if stand else None,
            seed=form.seed,
            code=form.cleaned_data.get("code", ""),
            begun=self.begun,
            was_thanked=self.is_from_queue,
        )

    @property
    def begun(self):
        """The proof that was sent along; on a page that is given out while the round is open, a new one."""
        if self.request.method == "POST":
            return self.request.POST.get("begonnen", "")
        return intake.proof_of_begin(self.round) if self.round and self.round.is_open else ""

    def thank(self, form):
        answers = form.answers()
        earlier = shares_of_previous(self.round) if self.round else None
        shares = earlier.shares if earlier else {}
        ticked = [
            (page.level, [(item, shares.get(item.code)) for item in page.items if item.code in answers.ticks])
            for page in form.questions.pages
        ]
        ticked = [(level, rows) for level, rows in ticked if rows]
        return self.page("thanks", {"earlier": earlier, "ticked": ticked})

    def show(self, form, *, template="questions", status=200, is_fresh=False):
        parts = form.parts()
        asks_code = "code" in form.fields
        context = {
            "form": form,
            "parts": parts,
            "last": parts[-1]["step"].number,
            "is_fresh": is_fresh,
            "begun": self.begun,
            "has_old_codes": asks_code and stands.has_codes_without_check(self.round),
            "stored_of_answers": stored_of_answers(),
            "stored_of_words": stored_of_words(),
        }
        response = self.page(template, context, status=status)
        if is_fresh and self.round:
            # The service worker may keep this one: nobody's answers are in it.
            response[KEEP] = "1"
        if is_fresh and not self.is_kiosk:
            # Nor may Back fetch it anew: with the same key, sending again counts once, also without a script.
            response["Cache-Control"] = "private, no-cache"
        return response

    def turned_away(self):
        if self.round.state == Round.State.DRAFT and not self.request.user.has_perm("survey.view_round"):
            raise Http404
        response = self.page("closed", {"State": Round.State})
        response[KEEP] = "0"
        return response

    def page(self, name, context=None, status=200):
        shared = {
            "round": self.round,
            "questionnaire": self.questionnaire,
            "languages": self.languages,
            "address": self.address,
            "is_kiosk": self.is_kiosk,
            "stand": self.request.POST.get("stand") or self.request.GET.get("stand", ""),
            "idle_seconds": IDLE_SECONDS,
        }
        template = f"survey/respond/{name}.html"
        response = put(
            self.request, template, shared | (context or {}), language=self.language, status=status
        )
        patch_cache_control(response, no_store=True)
        return response

    @property
    def is_kiosk(self):
        return "1" in (self.request.POST.get("kiosk"), self.request.GET.get("kiosk"))


class Preview(Respond):
    """The questions before there is a round. Who fills them in sees every page; nothing is stored."""

    def find(self, key):
        self.questionnaire = get_object_or_404(Questionnaire, preview_key=key)
        self.languages = self.questionnaire.languages
        self.address = reverse("survey:preview", args=[key])

    def has_room(self):
        return True

    def take_in(self, form):
        return True


def open_rounds(request):
    """Where one can answer now."""
    context = {"rounds": Round.objects.open(), "languages": [], "address": request.path}
    return put(request, "survey/respond/list.html", context, language=settings.LANGUAGE_CODE)


@csrf_exempt
def count_step(request, slug):
    """A respondent's page tells which screen was reached; it is added to a number."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    if from_elsewhere(request):
        return HttpResponse(status=403)
    if not ratelimit.allow(
        request, "stap", most=settings.ANSWERS_A_MINUTE * STEPS_PER_ANSWER, seconds=MINUTE
    ):
        return HttpResponse(status=429)
    rounds = Round.objects.select_related("questionnaire").filter(opens_at__isnull=False)
    round = get_object_or_404(rounds, slug=slug)
    numbers = {str(step.number): step.number for step in questions_of(round.questionnaire).steps}
    step = numbers.get(request.POST.get("stap"))
    if step is None:
        return HttpResponse(status=400)
    if not round.is_open:
        return HttpResponse(status=409)
    progress.count(round, step)
    return HttpResponse(status=204)
