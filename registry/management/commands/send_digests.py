from django.core.management.base import BaseCommand
from django.http import QueryDict

from registry import following, worklist
from registry.filters import InitiativeFilter


class Command(BaseCommand):
    help = "Mailt wie een filter volgt wat er nieuw is, en medewerkers wat er wacht."

    def handle(self, *args, **options):
        followers = following.send_digests(lambda query: InitiativeFilter(QueryDict(query)).qs)
        self.stdout.write(f"Aan volgers: {followers}. Aan medewerkers: {worklist.send_digests()}.")
