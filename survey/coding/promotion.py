"""A theme becomes something in the register: a candidate bottleneck, a finding, or a mention.

What comes from an open answer always says so: from which round, and how many people it rests on. It never
adds to the share of a statement that was put to everybody.
"""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.foundation.errors import Refused
from registry.models import Bottleneck, Finding, Level, Mention, Wording
from survey.coding import double_coding
from survey.design import logbook
from survey.design.seen import mark, refuse_when_stale
from survey.models import Promotion, Quote
from survey.open_answers import themes
from survey.rounds import checklist

LONGEST_QUOTE = 300
MOST_QUOTES = 5


@transaction.atomic
def to_bottleneck(code, level, statement, *, quotes=(), by=None, seen=None):
    """A candidate on ``level``: not public, and in the next version of the questionnaire. ``quotes``: the units that
    are shown with it, by reference."""
    number = _respondents(code, seen)
    # Two at once would take the same number.
    level = Level.objects.select_for_update().get(pk=level.pk)
    last = Bottleneck.objects.filter(level=level).aggregate(Max("number"))["number__max"] or 0
    bottleneck = Bottleneck.objects.create(
        code=f"{level.letter}{last + 1}",
        level=level,
        number=last + 1,
        origin=Bottleneck.Origin.OPEN_ANSWER,
        status=Bottleneck.Status.CANDIDATE,
        explanation=provenance(code, number),
    )
    Wording.objects.create(bottleneck=bottleneck, text=statement.strip())
    return _note(code, number, quotes, by, bottleneck=bottleneck)


@transaction.atomic
def to_finding(code, level, text, *, by=None, seen=None):
    number = _respondents(code, seen)
    last = Finding.objects.filter(level=level).aggregate(Max("position"))["position__max"] or 0
    finding = Finding.objects.create(
        slug=f"{code.round.slug}-{code.pk.hex[:8]}"[-50:],
        level=level,
        text=text.strip(),
        provenance=provenance(code, number)[:200],
        position=last + 1,
    )
    return _note(code, number, (), by, finding=finding)


@transaction.atomic
def to_mention(code, initiative, *, quotes=(), by=None, seen=None):
    """ "2x genoemd", with the occasion of the round."""
    number, event = _respondents(code, seen), code.round.occasion or code.round.name
    if Mention.objects.filter(initiative=initiative, event=event).exists():
        raise Refused(
            _("‘%(initiative)s’ heeft al een vermelding bij ‘%(event)s’. Pas die aan in het register.")
            % {"initiative": initiative, "event": event}
        )
    mention = Mention.objects.create(
        initiative=initiative,
        event=event,
        count=number,
        mentioned_on=code.round.held_on,
    )
    return _note(code, number, quotes, by, mention=mention)


def quotable(code):
    """What may be shown with it: public, and not too long to read."""
    return [unit for unit in double_coding.quotable(code) if len(unit.text) <= LONGEST_QUOTE]


def mark_of(code):
    """What who promotes has before them."""
    units = sorted((str(unit.pk), unit.text) for unit in double_coding.quotable(code))
    return mark(code.key, code.label, themes.respondents(code.round)[code.pk], units)


def provenance(code, number):
    people = ngettext("door %d persoon", "door %d mensen", number) % number
    return _("Genoemd %(people)s in open antwoorden, %(round)s.") % {"people": people, "round": code.round}


def _respondents(code, seen):
    checklist.refuse(code.round, "promote")
    refuse_when_stale(seen, mark_of(code))
    if code.kind == code.Kind.NEW:
        raise Refused(_("‘Nieuw’ is een rest en geen thema. Geef wat daaronder staat eerst een eigen code."))
    if code.kind != code.Kind.OWN:
        raise Refused(_("Deze code staat al in het register, of zegt niets over een knelpunt."))
    if code.promotions.exists():
        raise Refused(_("Deze code is al overgenomen in het register."))
    number = themes.respondents(code.round)[code.pk]
    if not number:
        raise Refused(_("Niemand heeft dit genoemd."))
    return number


def _note(code, number, quotes, by, **became):
    allowed = {unit.pk for unit in quotable(code)}
    if len(quotes) > MOST_QUOTES or not {unit.pk for unit in quotes} <= allowed:
        raise Refused(
            _("Kies ten hoogste %(most)d citaten, die openbaar mogen en niet te lang zijn.")
            % {"most": MOST_QUOTES}
        )
    promotion = Promotion.objects.create(
        code=code, respondents=number, promoted_on=timezone.localdate(), **became
    )
    Quote.objects.bulk_create(Quote(promotion=promotion, unit=unit) for unit in quotes)
    name = f"{promotion.became._meta.verbose_name} {promotion.became.pk}"
    logbook.note(code.round, logbook.What.PROMOTED, by, number=number, subject=f"{code.key} → {name}")
    return promotion
