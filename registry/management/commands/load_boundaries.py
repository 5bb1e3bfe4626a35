from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from registry.foundation.errors import Refused
from registry.geo.boundaries import read_outlines, simplify
from registry.models import Municipality


class Command(BaseCommand):
    help = "Zet de grenzen van de gemeenten uit een GeoJSON-bestand (CRS84) op de kaart."

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="BESTAND")
        parser.add_argument(
            "--tolerance",
            type=float,
            default=0.0005,
            help="Hoeveel graden een grens mag afwijken (0: niets).",
        )

    def handle(self, *, file, tolerance, **options):
        try:
            outlines = read_outlines(file)
        except Refused as error:
            raise CommandError(f"{error} Er is niets veranderd.") from error
        municipalities = list(Municipality.objects.filter(code__in=outlines))
        if not municipalities:
            raise CommandError("In dit bestand staat geen gemeente uit het register. Er is niets veranderd.")
        with transaction.atomic():
            for municipality in municipalities:
                municipality.outline = simplify(outlines[municipality.code], tolerance)
                municipality.save(update_fields=["outline"])
        names = ", ".join(municipality.name for municipality in municipalities)
        self.stdout.write(
            f"Grenzen bijgewerkt van: {names}. Overgeslagen: {len(outlines) - len(municipalities)}."
        )
