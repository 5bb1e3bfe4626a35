"""What each step in the life of a round asks, as pure functions of its Facts: the page shows these, the acts ask them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True)
class Facts:
    """A round as it is now; the numbers of papers, and counts."""

    is_open: bool
    is_closed: bool
    is_planned: bool
    has_opened: bool  # people may have begun, and answers may wait on devices
    has_statements: bool
    untranslated: int
    responses: int
    is_published: bool
    was_withdrawn: bool  # all that was published of it
    threshold: int
    has_pin: bool
    shows_themes: bool
    once: tuple[int, ...]
    differing: tuple[int, ...]
    to_screen: int
    uncounted: int
    units: int
    first: int
    drawn: int
    second: int
    to_compare: int
    differences: int
    rest: int
    is_frozen: bool
    promoted: int
    barred: str = ""  # why disclosure control has no next edition


@dataclass(frozen=True)
class Point:
    """One condition. Not met, ``explanation`` says what is the matter and what to do, and ``ways`` lead there: (words, page,
    arguments after the round). What is no condition but good to know is not ``is_needed``."""

    explanation: str
    is_met: bool
    ways: tuple = ()
    is_needed: bool = True


def told_untranslated(number: int) -> str:
    text = ngettext(
        "Eén tekst van de vragenlijst is er niet in alle talen van de meting. Vul hem aan, of haal de taal weg. "
        "Ligt de vragenlijst vast? Maak dan een nieuwe versie.",
        "%(count)d teksten van de vragenlijst zijn er niet in alle talen van de meting. Vul ze aan, of haal de taal "
        "weg. Ligt de vragenlijst vast? Maak dan een nieuwe versie.",
        number,
    )
    return text % {"count": number}


def to_plan(now: Facts) -> list[Point]:
    return [
        Point(
            _("De vragenlijst heeft nog geen stellingen. Zet die er eerst in."),
            now.has_statements,
            ((_("De vragenlijst"), "statements", ()),),
        ),
        Point(
            told_untranslated(now.untranslated),
            not now.untranslated,
            ((_("Naar de teksten"), "statements", ()), (_("Naar de talen"), "change", ())),
        ),
    ]


def to_open(now: Facts) -> list[Point]:
    return [
        Point(
            _(
                "Er is geen pincode voor de kiosk. Iedereen kan haar dan verlaten, en een inzending die daar niet aankwam "
                "kan niemand openen. Gebruikt u een kiosk? Zet dan bij de meting eerst een pincode."
            ),
            now.has_pin,
            ((_("Pincode instellen"), "change", ()),),
            is_needed=False,
        ),
        Point(_("Deze meting is al open."), not now.is_open, ((_("Sluiten"), "close", ()),)),
        Point(
            _("De resultaten van deze meting staan vast. Maak een nieuwe meting om opnieuw te vragen."),
            not now.is_published,
            ((_("De uitgave bekijken of intrekken"), "editions", ()),),
        ),
        *([] if now.is_closed else to_plan(now)),
        Point(
            _(
                "De resultaten zijn ingetrokken. Opent u de meting weer, dan komen er weer antwoorden binnen, ook papier "
                "en wat laat is. Zijn er daarna minder dan %d bij, dan kan er geen nieuwe uitgave komen."
            )
            % now.threshold,
            not now.was_withdrawn,
            ((_("Resultaten vaststellen"), "publish", ()),),
            is_needed=False,
        ),
        Point(
            _(
                "Het coderen is vastgesteld. Wat mensen daarna nog schrijven, komt in geen thema: zet het coderen dan weer open."
            ),
            not now.is_frozen,
            ((_("Zet het coderen weer open"), "thaw", ()),),
            is_needed=False,
        ),
    ]


def to_unplan(now: Facts) -> list[Point]:
    return [
        Point(
            _("Deze meting is niet gepland, dus valt er niets terug te draaien."),
            now.is_planned or now.is_open or now.is_closed,
        ),
        Point(
            _(
                "Deze meting is al open geweest: op een apparaat kunnen antwoorden wachten. "
                "Sluit haar in plaats van de planning terug te draaien."
            ),
            not now.has_opened,
            ((_("Sluiten"), "close", ()),),
        ),
    ]


def to_close(now: Facts) -> list[Point]:
    return [
        Point(
            _("Deze meting is niet open, dus valt er niets te sluiten."),
            now.is_open,
            ((_("Openen"), "open", ()),),
        ),
        *_paper(now, is_needed=False),
    ]


def to_publish(now: Facts) -> list[Point]:
    return [
        Point(
            _("De meting is nog niet gesloten. Sluit haar eerst."),
            now.is_closed,
            ((_("Sluiten"), "close", ()),),
        ),
        Point(
            _("De meting heeft geen inzendingen. Er is niets vast te stellen."),
            bool(now.responses),
            ((_("Papier invoeren"), "key_in", ()), (_("Heropenen"), "open", ())),
        ),
        Point(
            now.barred,
            not now.barred,
            ((_("De uitgave bekijken"), "editions", ()), (_("Stappen van de meting"), "steps", ())),
        ),
        *_paper(now),
        Point(
            _("Het coderen is nog niet vastgesteld. Deze uitgave heeft dan geen thema’s; een volgende wel."),
            now.is_frozen,
            ((_("Naar het coderen"), "coding", ()),),
            is_needed=False,
        ),
        *_uncounted(now),
    ]


def to_freeze(now: Facts) -> list[Point]:
    return [
        Point(
            _("De meting is nog niet gesloten. Stel het coderen daarna vast."),
            now.is_closed,
            ((_("Sluiten"), "close", ()),),
        ),
        *_paper(now),
        Point(
            _("Nog niet alles is klaar: bekijk eerst alle antwoorden (nog %d).") % now.to_screen,
            not now.to_screen,
            ((_("Verder lezen"), "screen", ()),),
        ),
        Point(
            _("Nog niet alles is klaar: de eerste codeur deed %(done)d van %(all)d.")
            % {"done": now.first, "all": now.units},
            now.first == now.units,
            ((_("Coderen"), "coding", ()),),
        ),
        Point(
            _("Nog niet alles is klaar: de tweede codeur deed %(done)d van %(all)d.")
            % {"done": now.second, "all": now.drawn},
            now.second == now.drawn,
            ((_("Coderen"), "coding", ()),),
        ),
        Point(
            _("Nog niet alles is klaar: vergelijk wat beide codeurs vonden."),
            not now.to_compare,
            ((_("Vergelijken"), "compare_codes", ()),),
        ),
        Point(
            _("Nog niet alles is klaar: bespreek de verschillen (nog %d).") % now.differences,
            not now.differences,
            ((_("Bespreken"), "differences", ()),),
        ),
        Point(
            ngettext(
                "Eén stuk tekst staat nog onder ‘nieuw’. Dat wordt geen thema: geef het een eigen code.",
                "%(count)d stukken tekst staan nog onder ‘nieuw’. Dat wordt geen thema: geef ze een eigen code.",
                now.rest,
            )
            % {"count": now.rest},
            not now.rest,
            ((_("Codeboek"), "codebook", ()),),
            is_needed=False,
        ),
    ]


def to_thaw(now: Facts) -> list[Point]:
    return [
        Point(_("Het coderen is niet vastgesteld: u kunt gewoon verder."), now.is_frozen),
        Point(
            _("Er is al een code overgenomen in het register. Het coderen blijft dan staan."),
            not now.promoted,
            ((_("Codeboek"), "codebook", ()),),
        ),
        Point(
            _("De thema’s staan in een uitgave die iedereen kan lezen. Trek die eerst in."),
            not now.shows_themes,
            ((_("De uitgave intrekken"), "editions", ()),),
        ),
    ]


def to_promote(now: Facts) -> list[Point]:
    return [
        Point(
            _("Stel eerst het coderen vast. Pas dan staat het aantal mensen vast."),
            now.is_frozen,
            ((_("Stel het coderen vast"), "freeze", ()),),
        ),
        *_uncounted(now),
    ]


def _paper(now: Facts, *, is_needed: bool = True) -> list[Point]:
    papers = ", ".join(map(str, sorted((*now.once, *now.differing))[:20]))
    return [
        Point(
            _(
                "Er liggen nog papieren formulieren die niet twee keer hetzelfde zijn ingevoerd (nummer %s). "
                "Voer ze nog een keer in, kies wat klopt, of gooi weg wat is ingevoerd."
            )
            % papers,
            not now.once and not now.differing,
            ((_("Papier invoeren of weggooien"), "key_in", ()),),
            is_needed,
        )
    ]


def _uncounted(now: Facts) -> list[Point]:
    return [
        Point(
            ngettext(
                "Eén antwoord kwam na het vaststellen van het coderen en staat in geen thema.",
                "%(count)d antwoorden kwamen na het vaststellen van het coderen en staan in geen thema.",
                now.uncounted,
            )
            % {"count": now.uncounted},
            not (now.is_frozen and now.uncounted),
            ((_("Zet het coderen weer open"), "thaw", ()),),
            is_needed=False,
        )
    ]


STEPS = {
    "plan": to_plan,
    "open": to_open,
    "unplan": to_unplan,
    "close": to_close,
    "freeze": to_freeze,
    "thaw": to_thaw,
    "publish": to_publish,
    "promote": to_promote,
}
