"""What it costs to bring in a file, its preview included: ``python -m benchmarks.imports``.

Against django-import-export as it comes: a ModelResource with the same columns. Half of the rows are new,
half change something. CPU of this process, medians of interleaved rounds. Each reads its own file with the
same rows; that both leave the same register behind is checked before anything is timed.
"""

import argparse
import statistics
import sys
import time
from importlib import import_module

from django.db import transaction

from benchmarks.site import filled, home, report, set_up

OURS, NAIVE = "ours", "import-export"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", help="a directory for the databases, to find them again")
    arguments = parser.parse_args()
    with home(arguments.keep) as directory:
        set_up(directory, postgresql=False)
        filled(directory, arguments.rows)
        contestants = _contestants(_resource())
        with transaction.atomic():
            _make_room()
            for form, (ours, naive) in contestants.items():
                if _after(ours) != _after(naive):
                    raise SystemExit(f"After {form} the two registers differ.")
                figures = _time({OURS: ours, NAIVE: naive}, arguments.rounds)
                _show(form, figures)
                report({f"import {form}": figures[NAIVE] / figures[OURS]})
            transaction.set_rollback(True)


def _resource():
    """The resource that one would write on the first day, for the same columns."""
    fields, resources, widgets = (
        import_module(f"import_export.{name}") for name in ("fields", "resources", "widgets")
    )
    models = import_module("registry.models")
    pointers = {
        "municipality": (models.Municipality, "code"),
        "place": (models.Place, "slug"),
        "organisation": (models.Organisation, "slug"),
    }
    names = [name for name in _ours().fields if name != "status"]
    columns = {name: widgets.ForeignKeyWidget(model, key) for name, (model, key) in pointers.items()}
    # Without these it takes an empty cell for None, which no column of texts takes.
    columns |= {name: widgets.CharWidget(allow_blank=True) for name in _texts(models.Initiative, names)}
    declared = {
        name: fields.Field(column_name=name, attribute=name, widget=widget)
        for name, widget in columns.items()
    }

    class Meta:
        model = models.Initiative
        import_id_fields = ["slug"]
        fields = names

    return type("Naive", (resources.ModelResource,), {**declared, "Meta": Meta})


def _texts(model, names):
    columns = [model._meta.get_field(name) for name in names]
    return [
        column.name for column in columns if not column.null and column.get_internal_type() != "BooleanField"
    ]


def _ours():
    return import_module("registry.resources").InitiativeResource()


def _contestants(resource):
    """For CSV and XLSX: what reads a file, previews it and brings it in, ours and theirs."""
    spreadsheets, imports = (
        import_module("registry.foundation.spreadsheets"),
        import_module("registry.importing.runs"),
    )
    formats = import_module("import_export.formats.base_formats")
    people = import_module("registry.models").User.objects
    by, _made = people.get_or_create(email="bench@example.org", is_staff=True, is_superuser=True)
    sample = import_module("registry.models").Initiative.objects.filter(is_sample=True).order_by("slug")
    exported = {OURS: _ours().export(sample), NAIVE: resource().export(sample)}

    def ours(content):
        def run():
            outcome = imports.try_out(_ours(), spreadsheets.read(content), by=by)
            imports.carry_out(_ours(), spreadsheets.read(content), by=by, file_name="x", seen=outcome.plan)

        return run

    def naive(kind, content):
        def run():
            for dry_run in (True, False):
                result = resource().import_data(kind().create_dataset(content), dry_run=dry_run)
                if result.has_errors():
                    raise SystemExit(result.row_errors()[0][1][0].error)

        return run

    headers, rows = exported[OURS].headers, list(exported[OURS])
    return {
        name: (
            ours(spreadsheets.write(name.lower(), headers, rows, title="Initiatieven")),
            naive(getattr(formats, name), getattr(formats, name)().export_data(exported[NAIVE])),
        )
        for name in ("CSV", "XLSX")
    }


def _make_room():
    """The rows of the file are half gone, half another."""
    models = import_module("registry.models")
    sample = models.Initiative.objects.filter(is_sample=True)
    sample.update(summary="Anders", merged_into=None, status="gepubliceerd")
    models.Case.objects.filter(initiative__in=sample).delete()
    keys = list(sample.order_by("pk").values_list("pk", flat=True))
    sample.filter(pk__in=keys[::2]).delete()


def _after(run):
    names = [name for name in _ours().fields if name != "status"]
    with transaction.atomic():
        run()
        rows = list(import_module("registry.models").Initiative.objects.order_by("slug").values_list(*names))
        transaction.set_rollback(True)
    return rows


def _time(contestants, rounds):
    spent = {name: [] for name in contestants}
    for _round in range(rounds):
        for name, run in contestants.items():
            with transaction.atomic():
                start = time.process_time()
                run()
                spent[name].append(time.process_time() - start)
                transaction.set_rollback(True)
    return {name: statistics.median(times) for name, times in spent.items()}


def _show(form, figures):
    print(f"{form:6}{figures[OURS]:6.1f} s, {figures[NAIVE] / figures[OURS]:.1f}× less than {NAIVE}")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
