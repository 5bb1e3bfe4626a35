"""What the editions that there are leave room for: whether a next one may stand beside them, before it is worked out."""

from django.utils.translation import gettext as _

from survey import results
from survey.models import Publication, Round
from survey.results import tally
from survey.results.audit import digests


class NotKnown(Exception):
    """Of which answers an earlier edition was made is not kept."""


def the_same() -> str:
    return _("De resultaten zijn al zo vastgesteld. Er is niets veranderd.")


def too_few(threshold: int) -> str:
    return _(
        "Sinds een eerdere uitgave veranderden minder dan %(threshold)d inzendingen. "
        "Een nieuwe uitgave zou laten zien wat zij antwoordden."
    ) % {"threshold": threshold}


def not_known() -> str:
    return _(
        "Van een eerdere uitgave is niet bewaard van welke inzendingen zij is. Zo is niet na te gaan of er "
        "genoeg veranderde. De uitgave die er is, blijft staan. Klopt daar iets niet aan? Schrijf er dan "
        "een erratum bij."
    )


def in_the_way(round: Round) -> str:
    """Why disclosure control has no next edition of ``round`` now, in words; "" when it may. The audit, which takes
    long, comes on top of it (publications.safe_results)."""
    editions = list(round.publications.order_by("edition"))
    if not editions:
        return ""
    newest = results.read(editions[-1].data)
    next_results = results.results_for(
        round, tally=tally.recount(round), without=results.parts_left_out(newest)
    )
    if not editions[-1].is_withdrawn and results.canonical(next_results) == results.canonical(newest):
        return the_same()
    try:
        if any(
            results.LEVELS in clashes(round, edition, changes(edition), next_results) for edition in editions
        ):
            return too_few(round.threshold)
    except NotKnown:
        return not_known()
    return ""


def changes(publication: Publication) -> dict[str, digests.Difference]:
    """The differences between the answers of this edition and those of now; NotKnown."""
    if not publication.responses_hash or publication.responses_hash == digests.hash_of_responses(
        publication.round
    ):
        return {}
    differences = digests.differences(publication)
    if differences is None:
        raise NotKnown
    return differences


def clashes(
    round: Round,
    publication: Publication,
    changed: dict[str, digests.Difference],
    next_results: results.Results,
) -> set[str]:
    """The parts of ``found`` that beside this edition would tell about a few people."""
    then = results.read(publication.data)
    return results.clashes(then, next_results, round.threshold) | digests.clashes(
        round, changed, then, next_results
    )
