"""Making a questionnaire from the register, and a new version of one that is already fixed."""

from django.db import transaction
from django.utils import timezone

from registry.models import Bottleneck, Level, Wording
from survey.models import Item, OpenQuestion, Questionnaire

OTHER = {"nl": "Anders, namelijk:", "en": "Something else:"}
AFTER_THE_LEVELS = {
    OpenQuestion.Kind.BOTTLENECK: {
        "nl": "Zit er nog iets anders in de weg? Wat dan?",
        "en": "Is anything else in the way? What is it?",
    },
    OpenQuestion.Kind.FLEVOLAND: {
        "nl": "Wat zit er vooral in Flevoland, of in uw gemeente, in de weg?",
        "en": "What is in the way in Flevoland, or in your municipality, in particular?",
    },
    OpenQuestion.Kind.EXAMPLE: {
        "nl": "Welk initiatief in Flevoland vindt u een goed voorbeeld?",
        "en": "Which initiative in Flevoland do you think is a good example?",
    },
}


def compose(slug, name, *, languages=("nl",)):
    """A first version: all active bottlenecks in their newest wording, in the order of the register."""
    with transaction.atomic():
        questionnaire = Questionnaire.objects.create(slug=slug, name=name, languages=list(languages))
        _add_active(questionnaire)
        _add_open_questions(questionnaire)
    return questionnaire


def copy(questionnaire):
    """The next version, free to change: the statements in their newest wording, and what has become active since."""
    with transaction.atomic():
        newest = Questionnaire.objects.filter(slug=questionnaire.slug).first()
        made = Questionnaire.objects.create(
            slug=questionnaire.slug,
            version=newest.version + 1,
            name=questionnaire.name,
            languages=questionnaire.languages,
            copied_from=questionnaire,
            asks_municipality=questionnaire.asks_municipality,
            asks_role=questionnaire.asks_role,
        )
        _add_active(made)
        OpenQuestion.objects.bulk_create(
            OpenQuestion(
                questionnaire=made,
                key=question.key,
                kind=question.kind,
                level_id=question.level_id,
                position=question.position,
                texts=question.texts,
            )
            for question in questionnaire.open_questions.all()
        )
    return made


def lock(questionnaire):
    """From here on it stays as it is; again is harmless."""
    Questionnaire.objects.filter(pk=questionnaire.pk, locked_on=None).update(locked_on=timezone.localdate())
    questionnaire.refresh_from_db()


def wordings_of(codes):
    """Code to language to the newest wording, as an Item keeps it."""
    found = {code: {} for code in codes}
    for wording in Wording.objects.filter(bottleneck__in=found).order_by("version"):
        found[wording.bottleneck_id][wording.language] = {"version": wording.version, "text": wording.text}
    return found


def _add_active(questionnaire):
    bottlenecks = Bottleneck.objects.active().order_by("level__position", "number")
    wordings = wordings_of([bottleneck.code for bottleneck in bottlenecks])
    Item.objects.bulk_create(
        Item(
            questionnaire=questionnaire,
            bottleneck=bottleneck,
            level_id=bottleneck.level_id,
            bit=bit,
            wordings=wordings[bottleneck.code],
        )
        for bit, bottleneck in enumerate(bottlenecks)
    )


def _add_open_questions(questionnaire):
    questions = [
        (OpenQuestion.Kind.OTHER, f"anders-{level.slug}", level, OTHER)
        for level in Level.objects.filter(pk__in=questionnaire.items.values("level"))
    ] + [(kind, kind.value, None, texts) for kind, texts in AFTER_THE_LEVELS.items()]
    OpenQuestion.objects.bulk_create(
        OpenQuestion(
            questionnaire=questionnaire, kind=kind, key=key, level=level, position=position, texts=texts
        )
        for position, (kind, key, level, texts) in enumerate(questions)
    )
