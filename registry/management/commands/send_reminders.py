from django.core.management.base import BaseCommand
from django.utils import timezone

from registry.community import reminders


class Command(BaseCommand):
    help = "Vraagt eigenaren of hun pagina nog klopt. Vaker draaien op een dag vraagt niemand twee keer."

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, default=50, help="Hoogstens zoveel initiatieven per keer.")
        parser.add_argument("--dry-run", action="store_true", help="Laat alleen zien wie er aan de beurt is.")

    def handle(self, *args, limit, dry_run, **options):
        initiatives = reminders.due(timezone.localdate())[:limit] if dry_run else reminders.send(limit=limit)
        for initiative in initiatives:
            self.stdout.write(str(initiative))
        self.stdout.write(f"{'Aan de beurt' if dry_run else 'Gevraagd'}: {len(initiatives)}")
