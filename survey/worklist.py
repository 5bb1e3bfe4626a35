"""What waits in the survey for a member of staff."""

from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from survey.models import OpenAnswer, PaperForm, Publication, Round


@dataclass(frozen=True)
class Waiting:
    """How many of something, and the page where to begin."""

    singular: str
    plural: str
    count: int
    address: str

    @property
    def label(self):
        return self.singular if self.count == 1 else self.plural


def for_user(user):
    """Only what ``user`` may do, and only what is there: an empty card about a survey says nothing."""
    return [waiting for waiting in _all(user) if waiting.count]


def _all(user):
    if user.has_perm("survey.screen_answers"):
        answers = OpenAnswer.objects.filter(
            screening=OpenAnswer.Screening.UNDECIDED, response__round__is_sample=False
        )
        yield _over(answers, "response__round", _("antwoord te lezen"), _("antwoorden te lezen"), "screen")
    if user.has_perm("survey.key_in_round"):
        forms = PaperForm.objects.filter(is_done=False)
        yield _over(
            forms,
            "round",
            _("papieren formulier nog niet klaar"),
            _("papieren formulieren nog niet klaar"),
            "key_in",
        )
    if user.has_perm("survey.publish_round"):
        standing = Publication.objects.standing().values("round")
        closed = Round.objects.closed().filter(is_sample=False).exclude(pk__in=standing)
        yield _over(
            closed,
            "pk",
            _("meting gesloten, resultaten nog niet vastgesteld"),
            _("metingen gesloten, resultaten nog niet vastgesteld"),
            "change",
        )


def _over(rows, path, singular, plural, page):
    """All rows together; the page is that of the round with the most."""
    counted = list(rows.order_by().values_list(path).annotate(number=Count("pk")).order_by("-number", path))
    address = reverse(f"admin:survey_round_{page}", args=[counted[0][0]]) if counted else ""
    return Waiting(singular, plural, sum(number for _round, number in counted), address)
