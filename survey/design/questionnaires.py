"""Making a questionnaire from the register, and a new version of one that is already fixed."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.models import Bottleneck, Level, Wording
from survey.design.questions import as_it_is_now
from survey.models import Item, OpenQuestion, Promotion, Questionnaire
from survey.models.questionnaire import MOST_STATEMENTS

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


@dataclass(frozen=True)
class Statement:
    """A bottleneck as it is to be asked: its place among the others of its level, and language to text."""

    bottleneck: Bottleneck
    place: int
    texts: dict


def compose(slug, name, *, languages=("nl",)):
    """A first version: all active bottlenecks in their newest wording, in the order of the register."""
    with transaction.atomic():
        questionnaire = Questionnaire.objects.create(slug=slug, name=name, languages=list(languages))
        fill(questionnaire)
    return questionnaire


def fill(questionnaire):
    """Put the statements of the register and the fixed open questions in an empty one."""
    _add_active(questionnaire)
    _add_open_questions(questionnaire)


def copy(questionnaire):
    """The next version, free to change: the statements in their newest wording, what has become active since,
    and the candidates that came from open answers."""
    with transaction.atomic():
        newest = Questionnaire.objects.filter(slug=questionnaire.slug).first()
        new_version = Questionnaire.objects.create(
            slug=questionnaire.slug,
            version=newest.version + 1,
            name=questionnaire.name,
            languages=questionnaire.languages,
            copied_from=questionnaire,
            asks_municipality=questionnaire.asks_municipality,
            asks_role=questionnaire.asks_role,
        )
        _add_active(new_version)
        OpenQuestion.objects.bulk_create(
            OpenQuestion(
                questionnaire=new_version,
                key=question.key,
                kind=question.kind,
                level_id=question.level_id,
                position=question.position,
                texts=question.texts,
            )
            for question in questionnaire.open_questions.all()
        )
    return new_version


@transaction.atomic
def arrange(questionnaire, statements):
    """Let ``questionnaire`` ask exactly these: level by level, by their place.

    A text that differs from the register's gets its number there when the questionnaire is locked. The items
    are made anew, since no two may hold the same bit at any moment.
    """
    questionnaire.refuse_when_locked()
    if len(statements) > MOST_STATEMENTS:
        raise Refused(_("Een vragenlijst heeft ten hoogste 63 stellingen."))
    was = {item.bottleneck_id: item.wordings for item in questionnaire.items.all()}
    registered = wordings_of([statement.bottleneck.pk for statement in statements])
    ordered = sorted(
        statements,
        key=lambda statement: (
            statement.bottleneck.level.position,
            statement.place,
            statement.bottleneck.number,
        ),
    )
    questionnaire.items.all().delete()
    Item.objects.bulk_create(
        Item(
            questionnaire=questionnaire,
            bottleneck=statement.bottleneck,
            level_id=statement.bottleneck.level_id,
            bit=bit,
            wordings={
                language: _wording(
                    text, was.get(statement.bottleneck.pk, {}), registered, statement, language
                )
                for language, text in statement.texts.items()
                if text.strip()
            },
        )
        for bit, statement in enumerate(ordered)
    )


@transaction.atomic
def lock(questionnaire):
    """From here on it stays as it is; again is harmless. Each wording that people will read has its number in
    the register, a candidate that is put to people has a page there, for it is no secret any more, and what the
    questionnaire takes from the register is copied into it."""
    locked = Questionnaire.objects.filter(pk=questionnaire.pk, locked_on=None).update(
        locked_on=timezone.localdate()
    )
    if locked:
        _register_wordings(questionnaire)
        _activate_candidates(questionnaire)
        Questionnaire.objects.filter(pk=questionnaire.pk).update(fixed=as_it_is_now(questionnaire))
    questionnaire.refresh_from_db()


@transaction.atomic
def unlock(questionnaire):
    """Free to change again, and its candidates are candidates, unless a round with it is planned, was answered or was
    published. Whether it is free."""
    rounds = questionnaire.rounds.all()
    is_used = Q(opens_at__isnull=False) | Q(responses__isnull=False) | Q(publications__isnull=False)
    if rounds.filter(is_used).exists():
        return False
    if Questionnaire.objects.filter(pk=questionnaire.pk, locked_on__isnull=False).update(
        locked_on=None, fixed=None
    ):
        _take_wordings_back(questionnaire)
        _take_candidates_back(questionnaire)
    questionnaire.refresh_from_db()
    return True


def wordings_of(codes):
    """Code to language to the newest wording, as an Item keeps it."""
    wordings = {code: {} for code in codes}
    for wording in Wording.objects.filter(bottleneck__in=wordings).order_by("version"):
        wordings[wording.bottleneck_id][wording.language] = {"version": wording.version, "text": wording.text}
    return wordings


def _wording(text, was, registered, statement, language):
    """The number that goes with a text: that of the register or of the version before; None when it is new."""
    text = " ".join(text.split())
    for wording in (was.get(language), registered[statement.bottleneck.pk].get(language)):
        if wording and wording["text"] == text:
            return wording
    return {"version": None, "text": text}


def _register_wordings(questionnaire):
    changed = []
    for item in questionnaire.items.all():
        for language, wording in item.wordings.items():
            if wording["version"] is None:
                wording["version"], is_new = _register(item.bottleneck_id, language, wording["text"])
                if is_new:
                    item.new_wordings = sorted({*item.new_wordings, language})
                changed.append(item)
    Item.objects.bulk_update(set(changed), ["wordings", "new_wordings"])


def _take_wordings_back(questionnaire):
    """What was registered only because it would be put to people; not what another questionnaire asks too."""
    changed = []
    others = Item.objects.exclude(questionnaire=questionnaire).values_list("bottleneck", "wordings")
    asked_elsewhere = {
        (code, language, (number or {}).get("version"))
        for code, wordings in others
        for language, number in wordings.items()
    }
    for item in questionnaire.items.exclude(new_wordings=[]):
        for language in item.new_wordings:
            version = item.wordings[language]["version"]
            if (item.bottleneck_id, language, version) not in asked_elsewhere:
                Wording.objects.filter(
                    bottleneck=item.bottleneck_id, language=language, version=version
                ).delete()
                item.wordings[language]["version"] = None
        item.new_wordings = []
        changed.append(item)
    Item.objects.bulk_update(changed, ["wordings", "new_wordings"])


def _activate_candidates(questionnaire):
    bottlenecks = Bottleneck.objects.filter(pk__in=questionnaire.items.values("bottleneck"))
    codes = list(bottlenecks.filter(status=Bottleneck.Status.CANDIDATE).values_list("pk", flat=True))
    Item.objects.filter(questionnaire=questionnaire, bottleneck__in=codes).update(was_candidate=True)
    asked_now = Bottleneck.objects.filter(pk__in=codes)
    asked_now.set_status(Bottleneck.Status.ACTIVE, reason=_("Gevraagd in: %s") % questionnaire)


def _take_candidates_back(questionnaire):
    """Not what another fixed questionnaire asks too, or what staff did something else with."""
    elsewhere = Item.objects.filter(questionnaire__locked_on__isnull=False).exclude(
        questionnaire=questionnaire
    )
    mine = questionnaire.items.filter(was_candidate=True)
    codes = list(
        mine.exclude(bottleneck__in=elsewhere.values("bottleneck")).values_list("bottleneck", flat=True)
    )
    active = Bottleneck.objects.filter(pk__in=codes, status=Bottleneck.Status.ACTIVE)
    mine.update(was_candidate=False)
    active.set_status(Bottleneck.Status.CANDIDATE, reason=_("Toch niet gevraagd in: %s") % questionnaire)


def _register(code, language, text):
    """(the number of this text in the register, whether it is new there)."""
    there = Wording.objects.filter(bottleneck=code, language=language).order_by("version")
    for wording in there:
        if wording.text == text:
            return wording.version, False
    last = there.last()
    new_wording = Wording.objects.create(
        bottleneck_id=code, language=language, version=last.version + 1 if last else 1, text=text
    )
    return new_wording.version, True


def askable():
    """What a questionnaire can ask: the active bottlenecks, and the candidates that respondents gave."""
    from_answers = Promotion.objects.filter(bottleneck__isnull=False).values("bottleneck")
    return (
        Bottleneck.objects.filter(
            Q(status=Bottleneck.Status.ACTIVE) | Q(status=Bottleneck.Status.CANDIDATE, pk__in=from_answers)
        )
        .select_related("level")
        .order_by("level__position", "number")
    )


def _add_active(questionnaire):
    bottlenecks = askable()
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
