from django.core.management.base import BaseCommand
from django.http import QueryDict

from registry import worklist
from registry.community import saved_searches
from registry.filters import InitiativeFilter


class Command(BaseCommand):
    help = "Mailt wie een filter volgt wat er nieuw is, en medewerkers wat er wacht."

    def handle(self, *args, **options):
        followers = saved_searches.send_digests(_results_of)
        self.stdout.write(f"Aan volgers: {followers}. Aan medewerkers: {worklist.send_digests()}.")


def _results_of(query):
    filterset = InitiativeFilter(QueryDict(query))
    return None if filterset.errors else filterset.whole
