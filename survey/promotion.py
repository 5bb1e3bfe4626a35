"""A theme becomes something in the register: a candidate bottleneck, a finding, or a mention.

What comes from an open answer always says so: from which round, and how many people it rests on. It never
adds to the share of a statement that was put to everybody.
"""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.models import Bottleneck, Finding, Level, Mention, Wording
from survey import coding
from survey.models import CodingPlan, Promotion

LONGEST_QUOTE = 200


class Refused(Exception):
    """It cannot be done; the text says why and what to do."""


@transaction.atomic
def to_bottleneck(code, level, statement):
    """A candidate on ``level``: not public, and in the next version of the questionnaire."""
    number = _respondents(code)
    # Two at once would take the same number.
    level = Level.objects.select_for_update().get(pk=level.pk)
    last = Bottleneck.objects.filter(level=level).aggregate(Max("number"))["number__max"] or 0
    bottleneck = Bottleneck.objects.create(
        code=f"{level.letter}{last + 1}",
        level=level,
        number=last + 1,
        origin=Bottleneck.Origin.OPEN_ANSWER,
        status=Bottleneck.Status.CANDIDATE,
        explanation="\n\n".join([provenance(code, number), *(f"“{quote}”" for quote in coding.quotes(code))]),
    )
    Wording.objects.create(bottleneck=bottleneck, text=statement.strip())
    return _note(code, number, bottleneck=bottleneck)


@transaction.atomic
def to_finding(code, level, text):
    number = _respondents(code)
    last = Finding.objects.filter(level=level).aggregate(Max("position"))["position__max"] or 0
    finding = Finding.objects.create(
        slug=f"{code.round.slug}-{code.pk.hex[:8]}"[-50:],
        level=level,
        text=text.strip(),
        provenance=provenance(code, number)[:200],
        position=last + 1,
    )
    return _note(code, number, finding=finding)


@transaction.atomic
def to_mention(code, initiative):
    """ "2x genoemd", with the occasion of the round."""
    number, event = _respondents(code), code.round.occasion or code.round.name
    if Mention.objects.filter(initiative=initiative, event=event).exists():
        raise Refused(
            _("‘%(initiative)s’ heeft al een vermelding bij ‘%(event)s’. Pas die aan in het register.")
            % {"initiative": initiative, "event": event}
        )
    quotes = [quote for quote in coding.quotes(code) if len(quote) <= LONGEST_QUOTE]
    mention = Mention.objects.create(
        initiative=initiative,
        event=event,
        count=number,
        quote=quotes[0] if quotes else "",
        mentioned_on=code.round.held_on,
    )
    return _note(code, number, mention=mention)


def provenance(code, number):
    people = ngettext("door %d persoon", "door %d mensen", number) % number
    return _("Genoemd %(people)s in open antwoorden, %(round)s.") % {"people": people, "round": code.round}


def _respondents(code):
    if not CodingPlan.objects.filter(round=code.round, frozen_on__isnull=False).exists():
        raise Refused(_("Stel eerst het coderen vast. Pas dan staat het aantal mensen vast."))
    if code.kind not in (code.Kind.NEW, code.Kind.OWN):
        raise Refused(_("Deze code staat al in het register, of zegt niets over een knelpunt."))
    if code.promotions.exists():
        raise Refused(_("Deze code is al overgenomen in het register."))
    number = coding.respondents(code.round)[code.pk]
    if not number:
        raise Refused(_("Niemand heeft dit genoemd."))
    return number


def _note(code, number, **became):
    return Promotion.objects.create(code=code, respondents=number, promoted_on=timezone.localdate(), **became)
