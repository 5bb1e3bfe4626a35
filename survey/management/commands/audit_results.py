from django.core.management.base import BaseCommand, CommandError

from registry.foundation.errors import Refused
from survey import results
from survey.models import Round
from survey.results import tally
from survey.results.audit import auditor
from survey.rounds import publications


class Command(BaseCommand):
    help = (
        "Gaat na of uit alles wat van een meting is gepubliceerd, samen te berekenen is wat een paar mensen "
        "antwoordden. Is er nog niets gepubliceerd, dan telt wat er gepubliceerd zou worden."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "rounds",
            nargs="*",
            metavar="METING",
            help="De naam in het adres; leeg: alle gepubliceerde metingen.",
        )
        parser.add_argument(
            "--seconds", type=int, default=auditor.SECONDS, help="Hoe lang per meting gezocht mag worden."
        )

    def handle(self, *args, rounds, seconds, **options):
        chosen = Round.objects.filter(slug__in=rounds) if rounds else Round.objects.published()
        if unknown := set(rounds) - {round.slug for round in chosen}:
            raise CommandError(f"Deze meting is er niet: {', '.join(sorted(unknown))}.")
        wrong = [round.slug for round in chosen if not self._is_silent(round, seconds)]
        if wrong:
            raise CommandError(
                f"Niet in orde: {', '.join(wrong)}. Wat gepubliceerd is, blijft staan: schrijf er een erratum bij, "
                "haal de pagina zo nodig uit de lucht en overleg met de functionaris voor gegevensbescherming."
            )

    def _is_silent(self, round, seconds):
        editions = [results.read(publication.data) for publication in round.publications.order_by("edition")]
        try:
            findings = auditor.audit(
                editions or [publications.safe_results(round, tally.recount(round))], seconds=seconds
            )
        except (auditor.NotDecided, Refused) as error:
            self.stdout.write(
                f"{round.slug}: {error or 'niet op tijd uitgezocht; geef meer tijd met --seconds'}"
            )
            return False
        self.stdout.write(f"{round.slug}: {len(findings) or 'niets'} gevonden")
        for finding in findings:
            self.stdout.write(f"  {finding}")
        return not findings
