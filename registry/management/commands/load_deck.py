"""Load what the presentation "Knelpunten bij inclusieve samenlevingsopbouw" holds.

A row that the register knows, or has ever known, is left alone: what staff changed, renamed or removed
stays so, however often this runs.
"""

import csv
from pathlib import Path

import tablib
from django.core.management.base import BaseCommand
from django.db import transaction

from registry import resources
from registry.geo.boundaries import read_outlines
from registry.models import Everyday, Initiative, Municipality, Place, Postcode, Status
from registry.moderation.decisions import decide

SEED = Path(__file__).resolve().parents[2] / "seed"

REASON = "Overgenomen uit de presentatie"

# In an order in which each finds what it points at.
FILES = [
    ("gemeenten", resources.MunicipalityResource),
    ("kernen", resources.PlaceResource),
    ("niveaus", resources.LevelResource),
    ("knelpunten", resources.BottleneckResource),
    ("bronnen", resources.SourceResource),
    ("bevindingen", resources.FindingResource),
    ("wisselwerkingen", resources.InteractionResource),
    ("begrippen", resources.TermResource),
    ("organisaties", resources.OrganisationResource),
    ("initiatieven", resources.InitiativeResource),
    ("vermeldingen", resources.MentionResource),
]


class Command(BaseCommand):
    help = "Laadt de inhoud van de presentatie. Vaker draaien kan geen kwaad."

    @transaction.atomic
    def handle(self, *args, verbosity, **options):
        counts = {name: self._load(SEED / f"{name}.csv", resource()) for name, resource in FILES}
        counts |= {
            "postcodes": self._locate(),
            "alledaagse woorden": self._explain(),
            "omtrekken": self._draw(),
            "gepubliceerd": self._publish(),
        }
        if verbosity:
            for name, number in counts.items():
                self.stdout.write(f"{name}: {number} nieuw")

    def _load(self, path, resource):
        """The rows of one file that the register has never known; how many."""
        dataset = tablib.Dataset().load(path.read_text(encoding="utf-8"), format="csv")
        new = tablib.Dataset(headers=dataset.headers)
        for row in dataset.dict:
            if not _is_known(resource, row):
                new.append(list(row.values()))
        if len(new):
            resource.import_data(new, raise_errors=True, reason=REASON)
        return len(new)

    def _locate(self):
        """The postcodes that were not there yet; how many."""
        places = dict(Place.objects.values_list("slug", "pk"))
        known = set(Postcode.objects.values_list("digits", flat=True))
        new = [
            Postcode(
                digits=row["postcode"],
                municipality_id=row["gemeente"],
                place_id=places.get(row["kern"]),
                longitude=row["lengtegraad"],
                latitude=row["breedtegraad"],
            )
            for row in _rows("postcodes")
            if row["postcode"] not in known
        ]
        return len(Postcode.objects.bulk_create(new))

    def _explain(self):
        """What people say in everyday words, as far as it was never there; how many."""
        known = {
            *Everyday.objects.values_list("key", flat=True),
            *Everyday.history.values_list("key", flat=True),
        }
        new = [row for row in _rows("alledaags") if row["naam"] not in known]
        for row in new:
            said, means = (row[name].replace("|", "\n") for name in ("gezegd", "zoekt_ook"))
            Everyday.objects.create(key=row["naam"], said=said, means=means)
        return len(new)

    def _draw(self):
        """The schematic map, where no better outline was put in yet; how many."""
        outlines = read_outlines(SEED / "gemeenten.geojson")
        without = Municipality.objects.filter(outline__isnull=True, code__in=outlines)
        for municipality in without:
            municipality.outline = outlines[municipality.code]
            municipality.save(update_fields=["outline"])
        return len(without)

    def _publish(self):
        """The deck's initiatives that nobody has decided on yet."""
        slugs = tablib.Dataset().load((SEED / "initiatieven.csv").read_text(encoding="utf-8"), format="csv")[
            "adres"
        ]
        waiting = Initiative.objects.filter(slug__in=slugs, status=Status.DRAFT, decisions__isnull=True)
        for initiative in waiting:
            decide(initiative, Status.PUBLISHED, by=None, reason=REASON)
        return len(waiting)


def _rows(name):
    with (SEED / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _is_known(resource, row):
    """Whether the row is in the register, was there once, or belongs to something that is gone."""
    key = {}
    for name in resource.get_import_id_fields():
        field = resource.fields[name]
        try:
            key[field.attribute] = field.clean(row)
        except ValueError:
            return True
    model = resource._meta.model
    key = {
        f"{name}__isnull" if value is None else name: value is None or value for name, value in key.items()
    }
    return model.objects.filter(**key).exists() or model.history.filter(**key).exists()
