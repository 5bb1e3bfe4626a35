"""From screened answers to themes: a first coder, a second one blind on a share, and what they agree on.

The only code that writes codes and codings. What both coders said is a layer that stands once it was compared; what
they agree on lies on top of it. After ``freeze`` nothing of it changes any more, until ``thaw``.
"""

import re
from collections import Counter
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.foundation.errors import Refused
from registry.models import Bottleneck
from survey.design import logbook
from survey.design.seen import mark, refuse_when_stale
from survey.models import Code, Coding, CodingPlan, Promotion, Quote, Seat, Unit
from survey.open_answers import screening
from survey.open_answers.progress import (
    codes_by_unit,
    compared,
    differences,
    drawn,
    final,
    is_frozen,
    progress,
    shown_to_all,
    to_code,
    uncoded,
    units_of,
)
from survey.rounds import checklist
from survey.statistics import agreement, agreement_overall

__all__ = ["differences", "drawn", "progress", "to_code", "uncoded", "units_of"]

Coder = Coding.Coder
What = logbook.What
FIXED = {
    "nieuw": (Code.Kind.NEW, gettext_lazy("Nieuw: er is nog geen code voor")),
    "geen": (Code.Kind.NO_BOTTLENECK, gettext_lazy("Geen knelpunt")),
    "onlees": (Code.Kind.UNREADABLE, gettext_lazy("Onleesbaar of onbegrijpelijk")),
}
_LIKE_THE_REGISTER = re.compile(r"[a-z][1-9]\d{0,2}", re.IGNORECASE)


@dataclass(frozen=True)
class Agreement:
    """Two coders on one code, over the ``n`` units that both coded; kappa None: it says nothing. ``code`` None: on
    all codes together."""

    code: Code | None
    n: int
    share: float
    kappa: float | None


def plan_of(round):
    """The plan with its codebook, made when first asked for; the codebook follows the register."""
    plan, _made = CodingPlan.objects.get_or_create(round=round)
    if not plan.is_frozen:
        keys = set(round.codes.values_list("key", flat=True))
        lines = {key: (kind, str(label)) for key, (kind, label) in FIXED.items()} | {
            bottleneck.code: (Code.Kind.BOTTLENECK, bottleneck.name[:300])
            for bottleneck in Bottleneck.objects.published()
        }
        Code.objects.bulk_create(
            [
                Code(round=round, key=key, label=label, kind=kind)
                for key, (kind, label) in lines.items()
                if key not in keys
            ],
            ignore_conflicts=True,
        )
    return plan


def mark_of_plan(plan):
    return mark(plan.first_coder_id, plan.second_coder_id, plan.share, plan.frozen_on)


def assign(plan, first, second, share, *, by=None, seen=None):
    """Who codes. Once something was compared the share stands; nobody takes a place who coded in the other one."""
    round = plan.round
    with transaction.atomic():
        now = CodingPlan.objects.select_for_update().get(pk=plan.pk)
        refuse_when_stale(seen, mark_of_plan(now))
        _refuse_when_frozen(round)
        seats = dict(Seat.objects.filter(round=round).values_list("person", "coder"))
        if share != now.share and compared(round):
            raise Refused(
                _("De codes zijn al vergeleken. Het deel dat twee mensen coderen, verandert dan niet meer.")
            )
        for person, coder in ((first, Coder.FIRST), (second, Coder.SECOND)):
            if person and seats.get(person.pk, coder) != coder:
                raise Refused(
                    _(
                        "%(name)s codeerde hier al op de andere plaats. De eerste en de tweede codeur ruilen niet: "
                        "dan ziet de een wat de ander vond. Kies iemand anders."
                    )
                    % {"name": person}
                )
        now.first_coder, now.second_coder, now.share = first, second, share
        now.save()
        who = " / ".join(str(person or "–") for person in (first, second))
        logbook.note(round, What.ASSIGNED, by, number=share, subject=who)
    return now


def add_code(round, key, label, *, by=None):
    """A code of the coders' own."""
    _refuse_when_frozen(round)
    key = key.strip()
    if _LIKE_THE_REGISTER.fullmatch(key):
        raise Refused(
            _("Een letter met een nummer, zoals ‘%s’, is een knelpunt uit het register. Kies een woord.")
            % key
        )
    if round.codes.filter(key__iexact=key).exists():
        raise Refused(_("Er is al een code ‘%s’. Kies een andere.") % key)
    try:
        with transaction.atomic():
            code = Code.objects.create(round=round, key=key, label=label.strip())
            logbook.note(round, What.ADDED_CODE, by, subject=key)
    except IntegrityError:
        raise Refused(_("Er is al een code ‘%s’. Kies een andere.") % key) from None
    return code


def mark_of_code(code):
    return mark(code.key, code.label, code.is_hidden, code.merged_into_id)


@transaction.atomic
def hide(code, is_hidden=True, *, by=None, seen=None):
    """What was coded with it stays; nobody can choose it any more. Shown again it counts for itself again."""
    code_now = Code.objects.select_for_update().get(pk=code.pk)
    refuse_when_stale(seen, mark_of_code(code_now))
    _refuse_when_frozen(code.round)
    code_now.is_hidden = code.is_hidden = is_hidden
    if not is_hidden:
        code_now.merged_into = None
    code_now.save()
    logbook.note(code.round, What.HID_CODE if is_hidden else What.SHOWED_CODE, by, subject=code.key)


@transaction.atomic
def merge(code, key, *, by=None, seen=None):
    """Let what was coded with ``code`` count for the code that was typed; what the coders said stays as it was."""
    code_now = Code.objects.select_for_update().get(pk=code.pk)
    refuse_when_stale(seen, mark_of_code(code_now))
    _refuse_when_frozen(code.round)
    into = _chosen(code.round, key)
    if into.pk == code.pk:
        raise Refused(_("Kies een andere code om mee samen te voegen."))
    code_now.merged_into, code_now.is_hidden = into, True
    code_now.save()
    logbook.note(code.round, What.MERGED_CODE, by, subject=f"{code.key} → {into.key}")
    return into


def codebook(round):
    """All codes in the order in which people look them up: R2 before R10."""
    codes = round.codes.select_related("merged_into").prefetch_related(
        "promotions__bottleneck", "promotions__finding", "promotions__mention"
    )
    return sorted(codes, key=lambda code: [part.zfill(9) for part in re.split(r"(\d+)", code.key.lower())])


def choices(round):
    return [code for code in codebook(round) if not code.is_hidden]


def coder_of(plan, user):
    """Which coder this account is, or None."""
    return {plan.first_coder_id: Coder.FIRST, plan.second_coder_id: Coder.SECOND}.get(user.pk)


def own_code(unit, person):
    """What this person said of a unit, or None: never what another said, whoever has the place now."""
    codings = unit.codings.filter(seat__person=person).select_related("code", "seat")
    return codings.first() if person else None


def mark_of_unit(unit, coder, person=None):
    """What a coder has before them: the words and, for the two, their own code; for both together, all codes."""
    if coder == Coder.TOGETHER:
        said = sorted(unit.codings.values_list("coder", "code__key"))
    else:
        own = own_code(unit, person)
        said = own and own.code.key
    return mark(str(unit.pk), unit.text, said)


def give(unit, key, *, coder, by=None, seen=None):
    """Give ``unit`` the code that was typed; again replaces what this coder said before."""
    round = unit.answer.response.round
    code = _chosen(round, key)
    with transaction.atomic():
        there = Unit.objects.select_for_update().filter(pk=unit.pk).first()
        if there is None:
            raise Refused(_("Dit stuk tekst is er niet meer: het antwoord is gewist of anders opgedeeld."))
        _refuse_when_frozen(round)
        refuse_when_stale(seen, mark_of_unit(there, coder, by))
        if coder == Coder.TOGETHER:
            if there.compared_on is None:
                raise Refused(_("Nog niet: laat beide codeurs eerst klaar zijn, en vergelijk dan."))
            seat = None
            before = there.codings.filter(coder=coder).values_list("code__key", flat=True).first()
            subject = f"{before} → {code.key}" if before else code.key
            logbook.note(round, What.ADJUDICATED, by, subject=subject)
        else:
            if there.compared_on is not None:
                raise Refused(_("Beide codeurs zijn klaar. Bespreek samen wat er verschilt."))
            seat = _seat(round, coder, by)
            if coder == Coder.SECOND and shown_to_all(round).filter(pk=there.pk).exists():
                raise Refused(
                    _(
                        "Wat de eerste codeur hier vond, was al te lezen. Voor de tweede keer coderen kan niet meer."
                    )
                )
            before = there.codings.filter(coder=coder).first()
            if before and before.seat_id != seat.pk:
                raise Refused(_("Hier staat al een code van wie dit eerder codeerde. Die verandert u niet."))
        Coding.objects.update_or_create(unit=there, coder=coder, defaults={"code": code, "seat": seat})
    return code


def agreed(round):
    """What was agreed on together, by code: until the coding is fixed it can be talked over again."""
    together = Coding.objects.filter(unit__answer__response__round=round, coder=Coder.TOGETHER)
    return together.select_related("code", "unit").order_by("code__key", "pk")


def mark_of_progress(round):
    return mark(str(progress(round)))


def compare(round, *, by=None, seen=None):
    """Lay side by side what both said blind: from here on it stands, and the differences are talked over."""
    refuse_when_stale(seen, mark_of_progress(round))
    now = progress(round)
    if not now.is_through:
        raise Refused(_("Nog niet: eerst moeten beide codeurs klaar zijn, zonder elkaar te zien."))
    if not now.to_compare:
        raise Refused(_("Er is niets nieuws om te vergelijken."))
    with transaction.atomic():
        codes = codes_by_unit(round)
        both = [unit for unit, said in codes.items() if {Coder.FIRST, Coder.SECOND} <= set(said)]
        number = Unit.objects.filter(pk__in=both, compared_on=None).update(compared_on=timezone.localdate())
        logbook.note(round, What.COMPARED, by, number=number)
    return number


def agreement_of(round):
    """Agreement and kappa of each code that one of both used, over what was compared: as they said it blind."""
    pairs = _pairs(round)
    used = {code for pair in pairs for code in pair}
    agreements = []
    for code in round.codes.filter(pk__in=used):
        cells = Counter()
        for (first, second), number in pairs.items():
            cells[first == code.pk, second == code.pk] += number
        share, kappa = agreement(
            cells[True, True], cells[True, False], cells[False, True], cells[False, False]
        )
        agreements.append(Agreement(code, sum(pairs.values()), share, kappa))
    return agreements


def agreement_overall_of(round):
    """The same over all codes; None when nothing was compared."""
    pairs = _pairs(round)
    return Agreement(None, sum(pairs.values()), *agreement_overall(pairs)) if pairs else None


@transaction.atomic
def freeze(round, *, by=None, seen=None):
    """Fixes the coding of the round: codes and codings no longer change."""
    checklist.enter(round, "freeze", seen=seen)
    if CodingPlan.objects.filter(round=round, frozen_on=None).update(frozen_on=timezone.localdate()):
        units_of(round).filter(shown_on=None).update(shown_on=timezone.localdate())
        logbook.note(round, What.FROZE, by, number=units_of(round).count())


@transaction.atomic
def thaw(round, *, by=None, seen=None):
    """Opens the coding again; Refused once something was made or published from its themes."""
    checklist.enter(round, "thaw", seen=seen)
    if CodingPlan.objects.filter(round=round, frozen_on__isnull=False).update(frozen_on=None):
        # What was screened meanwhile has no units yet.
        for answer in screening.without_units(round):
            screening.split_as_it_is(answer)
        logbook.note(round, What.THAWED, by)


def quotable(code):
    """The units under this code of which the words may be public, and are there. None before the coding is fixed: a
    coder would read what the other said."""
    if not is_frozen(code.round):
        return Unit.objects.none()
    units = [unit for unit, counted in final(code.round).items() if counted == code.pk]
    public = Unit.objects.filter(pk__in=units, answer__screening=screening.Screening.PUBLIC).exclude(text="")
    return public.select_related("answer")


def quotes_of(**became):
    """What people said, as it may be shown now with what a code became in the register."""
    quotes = Quote.objects.filter(
        promotion__in=Promotion.objects.filter(**became),
        unit__answer__screening=screening.Screening.PUBLIC,
    )
    return [quote.unit for quote in quotes.exclude(unit__text="").select_related("unit__answer")]


def _pairs(round):
    done = compared(round)
    return Counter(
        (said[Coder.FIRST], said[Coder.SECOND]) for unit, said in codes_by_unit(round).items() if unit in done
    )


def _chosen(round, key):
    code = round.codes.filter(key__iexact=key.strip(), is_hidden=False).first()
    if code is None:
        raise Refused(
            _("De code ‘%s’ staat niet in het codeboek. Kies er een uit de lijst, of voeg hem eerst toe.")
            % key.strip()
        )
    return code


def _seat(round, coder, person):
    """Whose codes these are; nobody sits in both places, whatever the plan says now."""
    if person is None:
        return Seat.objects.get_or_create(round=round, coder=coder, person=None)[0]
    seat, _made = Seat.objects.get_or_create(round=round, person=person, defaults={"coder": coder})
    if seat.coder != coder:
        raise Refused(_("U codeerde hier al op de andere plaats. Een tweede codeur is iemand anders."))
    return seat


def _refuse_when_frozen(round):
    if is_frozen(round):
        raise Refused(_("Het coderen van deze meting is vastgesteld en verandert niet meer."))
