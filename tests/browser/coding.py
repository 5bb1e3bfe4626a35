"""The survey in the admin, in every state: for the browser tests and the pictures."""

from django.urls import reverse

from registry.models import User
from survey import results
from survey.coding import double_coding
from survey.design import questionnaires
from survey.fieldwork import double_entry
from survey.models import OpenAnswer, Round, SourceCode, Unit
from survey.open_answers import screening
from survey.rounds import publications
from tests.survey import coded, making

SAID = [
    "De bus rijdt niet meer na acht uur. Bel Ans Jansen maar: 06-12345678",
    "Niemand van de gemeente luistert",
    "Er is geen plek om elkaar te ontmoeten in het dorp",
    "De huur van de zaal is te hoog voor een kleine club",
]


def fill_coding(staff):
    """A round in each state, with paper, answers and codes: {name: address}. ``staff`` is the first coder."""
    questionnaire = questionnaires.compose("knelpunten", "Knelpunten in Flevoland", languages=["nl", "en"])
    draft = questionnaires.copy(questionnaire)
    now = _round(questionnaire, "havenfeest", "Havenfeest")
    double_entry.key_in(now, 1, ["M1"], {"voorbeeld": "HavenHart"})
    double_entry.key_in(now, 2, ["M1", "R2"], {"knelpunt": "De bus", "voorbeeld": "HavenHart"})
    double_entry.key_in(now, 2, ["M1", "R3"], {"knelpunt": "De bus!", "voorbeeld": "HavenHart"})
    coded.answers(now, *SAID)
    first = OpenAnswer.objects.get(response__round=now, text=SAID[0])
    half = _half_way(questionnaire, staff)
    done = _done(questionnaire)
    differing = _done(questionnaire, "herfstfeest", is_frozen=False)
    bus = done.codes.get(key="bus")
    winter = making.close(_round(questionnaire, "winterfeest", "Winterfeest"))
    published = publications.write(winter, results.results_for(winter), published_on=None)
    wiped = OpenAnswer.objects.get(response__round=half, text=SAID[1])
    screening.decide(wiped, "gewist", sure=True)

    def at(name, *args):
        return reverse(f"admin:survey_{name}", args=args)

    return {
        "vragenlijsten": at("questionnaire_changelist"),
        "vragenlijst": at("questionnaire_change", draft.pk),
        "vragenlijst-nieuw": at("questionnaire_add"),
        "vragenlijst-vast": at("questionnaire_change", questionnaire.pk),
        "stellingen": at("questionnaire_statements", draft.pk),
        "stellingen-vast": at("questionnaire_statements", questionnaire.pk),
        "nieuwe-versie": at("questionnaire_copy", questionnaire.pk),
        "papier": at("questionnaire_paper", questionnaire.pk),
        "metingen": at("round_changelist"),
        "meting": at("round_change", now.pk),
        "meting-nieuw": at("round_add"),
        "sluiten": at("round_close", now.pk),
        "stappen": at("round_steps", done.pk),
        "logboek": at("round_log", done.pk),
        "vaststellen": at("round_publish", done.pk),
        "vaststellen-te-vroeg": at("round_publish", now.pk),
        "intrekken": at("publication_withdraw", published.pk),
        "uitgave": at("publication_change", published.pk),
        "weggooien": at("round_throw_away", now.pk, 1),
        "poster": at("round_poster", now.pk, "ingang"),
        "codes": at("round_codes", now.pk),
        "invoeren": f"{at('round_key_in', now.pk)}?nummer=3",
        "verschil": at("round_compare", now.pk, 2),
        "lezen": f"{at('round_screen', now.pk)}?antwoord={first.pk}",
        "antwoorden": at("round_screened", now.pk),
        "gewist-antwoord": f"{at('round_screen', half.pk)}?antwoord={wiped.pk}",
        "coderen": at("round_coding", half.pk),
        "code": at("round_code", half.pk),
        "gecodeerd": at("round_coded", done.pk),
        "openzetten": at("round_thaw", done.pk),
        "vergelijken": at("round_compare_codes", half.pk),
        "verschillen": at("round_differences", differing.pk),
        "codeboek": at("round_codebook", half.pk),
        "codeboek-vast": at("round_codebook", done.pk),
        "coderen-vast": at("round_coding", done.pk),
        "overnemen": at("round_promote", done.pk, bus.pk),
        "gewist": at("retentionrun_changelist"),
    }


def _round(questionnaire, slug, name):
    made = making.round(slug, questionnaire=questionnaire, name=name, occasion=name, access=Round.Access.OPEN)
    SourceCode.objects.create(round=made, code="ingang", name="Ingang")
    SourceCode.objects.create(round=made, code="kade", name="Kade")
    return made


def _half_way(questionnaire, staff):
    made = _round(questionnaire, "zomerfeest", "Zomerfeest")
    coded.answers(made, *SAID)
    screening.decide(
        OpenAnswer.objects.get(response__round=made, text=SAID[0]), "openbaar", words="De bus rijdt niet."
    )
    coded.read(made)
    plan = coded.planned(made)
    plan.first_coder = User.objects.get(email=staff)
    plan.save()
    double_coding.add_code(made, "bus", "Slecht vervoer")
    double_coding.give(Unit.objects.get(text="De bus rijdt niet."), "bus", coder=1)
    return made


def _done(questionnaire, slug="lentefeest", *, is_frozen=True):
    made = _round(questionnaire, slug, slug.capitalize())
    coded.answers(made, *SAID)
    coded.read(made)
    coded.planned(made)
    double_coding.add_code(made, "bus", "Slecht vervoer")
    codes = {SAID[0]: "bus", SAID[1]: "R1", SAID[2]: "bus", SAID[3]: "nieuw"}
    coded.code_all(made, first=codes, second={SAID[2]: "R1"})
    double_coding.compare(made)
    if is_frozen:
        for unit in double_coding.units_of(made).filter(pk__in=double_coding.differences(made)):
            double_coding.give(unit, "bus", coder=3)
        double_coding.freeze(making.close(made))
    return made
