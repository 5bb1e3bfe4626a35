from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registry.management import backups

AFTER = """Teruggezet: de site van {made_at}. Doe nu dit:
1. Zet de sleutel van toen in SECRET_KEY of SECRET_KEY_FALLBACKS: anders gaat geen tweede stap meer open.
2. manage.py prepare
3. manage.py apply_retention en manage.py apply_survey_retention
4. Wis opnieuw wie na {made_at} is gewist: hun gegevens zijn terug.
5. Laat MAIL_TO_EVERYONE op false staan tot u in /beheer/ hebt gezien welke e-mail klaarstaat: die gaat anders
   nog een keer weg.
6. manage.py check --deploy, en start de site."""


class Command(BaseCommand):
    help = "Zet een back-up terug, helemaal of niet. De site en `manage.py work` staan dan stil."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="BESTAND")
        parser.add_argument(
            "--replace", action="store_true", help="Ook als er al een site is: die is daarna weg."
        )

    def handle(self, *args, file, replace, **options):
        try:
            manifest, aside = backups.restore(file, key=settings.BACKUP_KEY, replace=replace)
        except (backups.Unusable, OSError) as error:
            raise CommandError(f"Er is niets teruggezet. {error}") from error
        self.stdout.write(AFTER.format(made_at=manifest["made_at"][:16]))
        if number := sum(1 for _name in backups.orphans()):
            self.stdout.write(
                f"Er staan {number} afbeeldingen die bij geen pagina horen: manage.py sweep_images wist die."
            )
        if aside:
            self.stdout.write(f"De database van hiervoor: {aside}. Wis die als alles klopt.")
