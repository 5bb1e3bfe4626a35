"""Fixing the results of a round: from then on they are read, and never worked out again."""

import hashlib
import json
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from survey import disclosure, results, statistics, tally
from survey.models import OpenAnswer, Publication, Response, Round

CHUNK = 10_000


class Refused(Exception):
    """It cannot be done; the text says in Dutch why."""


def freeze(round):
    """Publish what ``round`` found, as a new edition; Refused when it is not closed or nothing has changed."""
    with transaction.atomic():
        round = Round.objects.select_for_update().get(pk=round.pk)
        if not round.is_closed:
            raise Refused(_("De meting is nog niet gesloten. Sluit haar eerst."))
        counted = tally.recount(round)
        if not counted.responses:
            raise Refused(_("De meting heeft geen inzendingen. Er is niets vast te stellen."))
        found = results.results_for(round, tally=counted)
        before = round.publications.order_by("-edition").first()
        if before:
            _refuse_when_it_tells_about_few(before, found, round.threshold)
        return write(round, found, published_on=timezone.localdate(), responses_hash=hash_of_responses(round))


def write(round, found, *, published_on, responses_hash=""):
    """Keep these Results as the next edition of ``round``."""
    newest = round.publications.order_by("-edition").first()
    data = results.canonical(found)
    return Publication.objects.create(
        round=round,
        edition=newest.edition + 1 if newest else 1,
        published_on=published_on,
        data=data,
        data_hash=_sha256(data.encode()),
        responses_hash=responses_hash,
        questionnaire_version=str(round.questionnaire),
        code_version=code_version(),
    )


def rebuild(publication):
    """The same results worked out again, as text: equal to ``publication.data`` as long as its responses, its
    questionnaire and the rules (``code_version``) are what they were."""
    if not publication.round.responses.exists():
        raise Refused(_("De inzendingen zijn er niet meer. Alleen wat is gepubliceerd, is bewaard."))
    return results.canonical(results.results_for(publication.round))


def newest_shares():
    """Code to its statement in the newest results that are no example, and the name of that round: one query."""
    newest = Publication.objects.public().filter(round__is_sample=False).first()
    if newest is None:
        return "", {}
    found = results.read(newest.data)
    return newest.round, found.statements


def hash_of_responses(round):
    """sha256 of what was answered, in the order of the keys: it shows later that nothing changed."""
    digest = hashlib.sha256()
    words = {}
    screened = OpenAnswer.objects.filter(
        response__round=round, screening=OpenAnswer.Screening.PUBLIC
    ).order_by("response", "question__key", "pk")
    for response, key, quote in screened.values_list("response", "question__key", "quote"):
        words.setdefault(response, []).append([key, quote])
    fields = ("pk", "ticks", "answered", "municipality", "role")
    rows = Response.objects.filter(round=round).order_by("pk").values_list(*fields)
    for row in rows.iterator(chunk_size=CHUNK):
        line = [str(row[0]), *row[1:], words.get(row[0], [])]
        digest.update(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
    return digest.hexdigest()


def code_version():
    """sha256 of the rules by which figures are made: another number is another way of counting."""
    sources = [*(Path(module.__file__) for module in (disclosure, statistics, tally))]
    sources += sorted(Path(results.__file__).parent.glob("*.py"))
    return _sha256(b"".join(source.read_bytes() for source in sources))


def _refuse_when_it_tells_about_few(before, found, threshold):
    """Two editions that differ by a few people would tell what those few answered."""
    then = results.read(before.data)
    if before.data == results.canonical(found):
        raise Refused(_("De resultaten zijn al zo vastgesteld. Er is niets veranderd."))
    bases = [found.responses, *(level.n for level in found.levels)]
    bases_then = [then.responses, *(level.n for level in then.levels)]
    for now, was in zip(bases, bases_then, strict=True):
        if now != was and abs((now or 0) - (was or 0)) < threshold:
            raise Refused(
                _(
                    "Sinds de vorige uitgave veranderden minder dan %(threshold)d inzendingen. "
                    "Een nieuwe uitgave zou laten zien wat zij antwoordden."
                )
                % {"threshold": threshold}
            )


def _sha256(data):
    return hashlib.sha256(data).hexdigest()
