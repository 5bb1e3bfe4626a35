"""Who coded, and what was compared, is written on the codes; quotes leave the register and point at their unit."""

from django.db import migrations
from django.db.models import F, Q
from django.utils import timezone

FIRST, SECOND, TOGETHER = 1, 2, 3


def name_the_coders(apps, schema_editor):
    codings = apps.get_model("survey", "Coding").objects
    units = apps.get_model("survey", "Unit").objects
    seats = apps.get_model("survey", "Seat").objects
    for plan in apps.get_model("survey", "CodingPlan").objects.all():
        of_round = codings.filter(unit__answer__response__round=plan.round_id, seat=None)
        for coder, person in ((FIRST, plan.first_coder_id), (SECOND, plan.second_coder_id)):
            theirs = list(of_round.filter(coder=coder).values_list("pk", flat=True))
            if theirs:
                seat = seats.create(round_id=plan.round_id, coder=coder, person_id=person)
                codings.filter(pk__in=theirs).update(seat=seat)
        both = units.filter(answer__response__round=plan.round_id, codings__coder=FIRST)
        both = units.filter(pk__in=both.values("pk"), codings__coder=SECOND)
        if plan.frozen_on:
            when = plan.frozen_on
        else:
            both, when = units.filter(pk__in=both.values("pk"), codings__coder=TOGETHER), timezone.localdate()
        units.filter(pk__in=list(both.values_list("pk", flat=True))).update(compared_on=when)


def point_at_the_quotes(apps, schema_editor):
    units = apps.get_model("survey", "Unit").objects
    promotions = apps.get_model("survey", "Promotion").objects
    quotes = apps.get_model("survey", "Quote").objects
    tables = {
        "bottleneck": ("explanation", apps.get_model("registry", "Bottleneck"), apps.get_model("registry", "HistoricalBottleneck")),
        "mention": ("quote", apps.get_model("registry", "Mention"), apps.get_model("registry", "HistoricalMention")),
    }
    for promotion in promotions.filter(Q(bottleneck__isnull=False) | Q(mention__isnull=False)).select_related("code"):
        kind = "bottleneck" if promotion.bottleneck_id else "mention"
        field, model, history = tables[kind]
        key = getattr(promotion, f"{kind}_id")
        found = set()
        for table, where in ((model, {"pk": key}), (history, {model._meta.pk.attname: key})):
            for row in table._base_manager.filter(**where):
                left, quoted = apart(getattr(row, field), kind)
                found |= quoted
                if left != getattr(row, field):
                    table._base_manager.filter(pk=row.pk).update(**{field: left})
        public = units.filter(
            answer__response__round=promotion.code.round_id,
            answer__screening="openbaar",
            codings__code=promotion.code_id,
            text__in=found - {""},
        )
        for unit in set(public.values_list("pk", flat=True)):
            quotes.get_or_create(promotion_id=promotion.pk, unit_id=unit)


def apart(text, kind):
    """(what is left of a text, the quotes that stood in it)."""
    if kind == "mention":
        return "", {text}
    kept, quoted = [], set()
    for part in text.replace("\r\n", "\n").split("\n\n"):
        if part.startswith("“") and part.endswith("”"):
            quoted.add(part[1:-1])
        else:
            kept.append(part)
    return "\n\n".join(kept) if quoted else text, quoted


def keep_public_words(apps, schema_editor):
    """A public answer keeps its words, and so does its one unit when they were emptied."""
    units = apps.get_model("survey", "Unit").objects.filter(answer__screening="openbaar", text="")
    for unit in units.select_related("answer").order_by(F("answer").asc()):
        lines = [line for line in unit.answer.quote.split("\n") if line]
        if len(lines) == unit.answer.units.count() and unit.position < len(lines):
            unit.text = lines[unit.position]
            unit.save(update_fields=["text"])


class Migration(migrations.Migration):
    dependencies = [("survey", "0006_what_a_team_did"), ("registry", "0013_job_runs")]
    operations = [
        migrations.RunPython(name_the_coders, migrations.RunPython.noop),
        migrations.RunPython(keep_public_words, migrations.RunPython.noop),
        migrations.RunPython(point_at_the_quotes, migrations.RunPython.noop),
    ]
