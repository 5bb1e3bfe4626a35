from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry.management import backups
from registry.models import JobRun
from registry.models.operations.job import BACKUP


class Command(BaseCommand):
    help = (
        "Maakt een back-up van database en afbeeldingen in één bestand, terwijl de site doorgaat. Met BACKUP_KEY in de "
        "omgeving is hij versleuteld."
    )

    def add_arguments(self, parser):
        parser.add_argument("target", type=Path, metavar="MAP|BESTAND")
        parser.add_argument(
            "--keep", type=int, help="Bewaar van deze map alleen de nieuwste zoveel back-ups."
        )

        parser.add_argument("--verify", action="store_true", help="Lees hem meteen helemaal terug.")

    def handle(self, *args, target, keep, verify, **options):
        started_at = timezone.now()
        try:
            path = backups.make(target, key=settings.BACKUP_KEY)
            if verify:
                backups.verify(path, key=settings.BACKUP_KEY)
        except (backups.Unusable, OSError) as error:
            _note(keep, started_at, is_failed=True)
            raise CommandError(f"Er is geen goede back-up gemaakt. {error}") from error
        _note(keep, started_at, is_failed=False)
        self.stdout.write(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
        if keep and keep > 0 and target.is_dir():
            for name in backups.prune(target, keep=keep):
                self.stdout.write(f"Weg: {name}")


def _note(keep, started_at, *, is_failed):
    """Of one that comes back (``keep``): staff and monitor hear when it fails, or when it stays away."""
    if keep:
        JobRun.objects.update_or_create(
            name=BACKUP,
            defaults={"started_at": started_at, "ended_at": timezone.now(), "is_failed": is_failed},
        )
