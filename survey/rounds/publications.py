"""Fixing the results of a round: from then on they are read, and never worked out again."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.foundation.errors import Refused
from registry.models import User
from survey import following, results
from survey.design import logbook
from survey.design.seen import mark, refuse_when_stale
from survey.models import Publication, Round
from survey.results import shares, tally
from survey.results.audit import auditor, digests, next_edition
from survey.results.outcome import Results
from survey.results.tally import Tally
from survey.rounds import checklist

What = logbook.What

# The rules by which figures are made. Another number is another way of counting, and stands in the files:
# raise it when a figure may come out otherwise. A test knows the rules that belong to it. What was published
# before there were numbers has a hash of the rules instead.
RULES_VERSION = 1
# What is left out until nothing is found any more: the least first.
LADDER = ((), ("samenhang",), ("rol",), ("samenhang", "rol"), ("samenhang", "rol", "gemeente"))
AUDIT_SECONDS = 20
SHOWN_FINDINGS = 5


def freeze(round: Round, *, by: User | None = None, seen: str | None = None) -> Publication:
    """Publish what ``round`` found, as a new edition; Refused when its checklist is not done, when nothing has changed,
    or when all that is published of it together would tell about a few people."""
    round = Round.objects.get(pk=round.pk)
    checklist.refuse(round, "publish")
    counted, number = tally.recount(round), round.publications.count()
    refuse_when_stale(seen, mark_of(round))
    # This may take a while, and keeps nobody else from writing.
    outcome = safe_results(round, counted)
    with transaction.atomic():
        round = Round.objects.select_for_update().get(pk=round.pk)
        is_as_it_was = (round.is_closed, round.threshold, round.publications.count()) == (
            True,
            outcome.threshold,
            number,
        )
        if not is_as_it_was or tally.recount(round) != counted:
            raise Refused(_("Intussen veranderde er iets aan deze meting. Probeer het nog eens."))
        checklist.refuse(round, "publish")
        publication = write(
            round,
            outcome,
            published_on=timezone.localdate(),
            responses_hash=digests.hash_of_responses(round),
            by=by,
        )
        digests.keep(publication)
        logbook.note(round, What.PUBLISHED, by, number=counted.responses, subject=publication.edition)
        following.tell_published(publication)
        return publication


def mark_of(round: Round) -> str:
    """What who publishes has before them: the figures, and how many editions there are."""
    outcome = results.results_for(round, tally=tally.recount(round))
    return mark(results.canonical(outcome), round.publications.count())


def withdraw(publication: Publication, reason: str, *, by: User | None = None) -> Publication:
    """Its page stays and says so; no figure of it counts any more. There is no way back but another edition."""
    if not reason.strip():
        raise Refused(_("Schrijf op waarom u deze uitgave intrekt: dat komt op haar pagina te staan."))
    with transaction.atomic():
        there = Publication.objects.select_for_update().get(pk=publication.pk)
        if there.is_withdrawn:
            raise Refused(_("Deze uitgave is al ingetrokken."))
        there.withdrawn_on, there.withdrawn_by = timezone.localdate(), by
        there.withdrawal_reason = reason.strip()
        there.save()
        logbook.note(there.round, What.WITHDREW, by, subject=there.edition)
        following.tell_withdrawn(there)
    return there


def will_be_hidden(round: Round) -> tuple[list[str], list[tuple[str, str]]]:
    """What a next edition would not tell: (codes whose share is known now and that keep that one, (title, reason) of
    levels, groups and pairs that have none). What the audit leaves out comes on top of it."""
    outcome = results.results_for(round, tally=tally.recount(round))
    new = outcome.statements
    lost = [
        code
        for code, share in shares.known_shares().items()
        if share.is_share and (code not in new or new[code].percentage is None)
    ]
    hidden = [(level.name, results.reason_text(level.reason)) for level in outcome.levels if level.reason]
    hidden += [
        (f"{statement.code} {statement.text}", results.reason_text(statement.reason))
        for level in outcome.levels
        if not level.reason
        for statement in level.statements
        if statement.reason
    ]
    hidden += [
        (breakdown.grouping, results.reason_text(breakdown.reason))
        for breakdown in outcome.breakdowns
        if breakdown.reason
    ]
    if outcome.pairs_reason:
        hidden.append((_("samenhang"), results.reason_text(outcome.pairs_reason)))
    return sorted(lost), hidden


def safe_results(round: Round, counted: Tally) -> Results:
    """The Results of ``round`` that may stand beside all its editions: with as many parts as that allows."""
    published = list(round.publications.order_by("edition"))
    earlier = [results.read(publication.data) for publication in published]
    try:
        changes = [next_edition.changes(publication) for publication in published]
    except next_edition.NotKnown as not_known:
        raise Refused(next_edition.not_known()) from not_known
    findings: tuple[auditor.Finding, ...] = ()
    for without in (frozenset(parts) for parts in LADDER):
        outcome = results.results_for(round, tally=counted, without=without)
        if stale := results.stale_bands(earlier, outcome):
            outcome = results.results_for(round, tally=counted, without=without | stale)
        is_the_same = earlier and results.canonical(outcome) == results.canonical(earlier[-1])
        if is_the_same and not published[-1].is_withdrawn:
            raise Refused(next_edition.the_same())
        clashing = set()
        for publication, changed in zip(published, changes, strict=True):
            clashing |= next_edition.clashes(round, publication, changed, outcome)
        if results.LEVELS in clashing:
            raise Refused(next_edition.too_few(round.threshold))
        if clashing:
            continue
        try:
            findings = auditor.audit([*earlier, outcome], seconds=AUDIT_SECONDS)
        except auditor.NotDecided:
            continue
        if not findings:
            return outcome
    raise Refused(_refusal(findings, bool(earlier)))


def _refusal(findings: Sequence[auditor.Finding], has_editions: bool) -> str:
    why = (
        _("Uit alle getallen samen is te berekenen wat een paar mensen antwoordden.")
        if findings
        else _("Het lukte niet op tijd om na te gaan of te berekenen is wat een paar mensen antwoordden.")
    )
    # The threshold of a round stands when something was published.
    advice = (
        _("De uitgave die er is, blijft staan. Klopt daar iets niet aan? Schrijf er dan een erratum bij.")
        if has_editions
        else _("Zet bij de meting de kleinste groep die wordt getoond hoger en probeer het nog eens.")
    )
    finding_lines = [_("Gevonden:"), *map(str, findings[:SHOWN_FINDINGS])] if findings else []
    return " ".join([why, _("Er is niets vastgesteld."), advice, *finding_lines])


def write(
    round: Round, outcome: Results, *, published_on: date, responses_hash: str = "", by: User | None = None
) -> Publication:
    """Keep these Results as the next edition of ``round``."""
    newest = round.publications.order_by("-edition").first()
    data = results.canonical(outcome)
    round.is_over = True
    round.save()
    return Publication.objects.create(
        round=round,
        edition=newest.edition + 1 if newest else 1,
        published_on=published_on,
        published_by=by,
        data=data,
        data_hash=_sha256(data.encode()),
        responses_hash=responses_hash,
        questionnaire_version=str(round.questionnaire),
        code_version=str(RULES_VERSION),
    )


def rebuild(publication: Publication) -> str:
    """The same results worked out again, as text: equal to ``publication.data`` as long as its responses, its
    questionnaire and the rules (``RULES_VERSION``) are what they were."""
    if not publication.round.responses.exists():
        raise Refused(_("De inzendingen zijn er niet meer. Alleen wat is gepubliceerd, is bewaard."))
    outcome = results.read(publication.data)
    without = results.parts_left_out(outcome)
    return results.canonical(
        results.results_for(publication.round, without=without, beside=outcome.comparison)
    )


def as_it_counts(publication: Publication) -> Results:
    """Its Results as they may be shown now: bytes stay, and what they took from an edition that was withdrawn is no
    longer told."""
    outcome = results.read(publication.data)
    beside = outcome.comparison
    if beside and beside.edition:
        withdrawn = Publication.objects.withdrawn()
        if withdrawn.filter(round__slug=beside.slug, edition=beside.edition).exists():
            without_changes = replace(beside, changes=(), reason=results.Reason.WITHDRAWN)
            return replace(outcome, comparison=without_changes)
    return outcome


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
