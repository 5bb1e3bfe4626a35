"""What goes out and comes back untouched changes nothing: every list, every kind of file, also through LibreOffice."""

import datetime
import shutil
import subprocess

import pytest

from registry import resources
from registry.foundation.spreadsheets import FORMATS, read, write
from registry.importing import runs
from registry.models import Bottleneck, Finding, Initiative, Interaction, Mention, Organisation, Status
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]
RESOURCES = [getattr(resources, name) for name in resources.__all__]
NASTY = [
    "=1+1",
    "'t Huis",
    "+31 6 12345678",
    "-",
    "007",
    "1-12",
    "3/4",
    "#N/A",
    "ja",
    "1E5",
    "50%",
    "a\n\nb",
    "🧡 é",
    '"x"; y',
]


@pytest.fixture
def world():
    place = factories.place("Almere Haven")
    here = place.municipality
    kept, old = factories.bottleneck("R1"), factories.bottleneck("R3")
    gone = factories.bottleneck("R2", status=Bottleneck.Status.MERGED, merged_into=kept)
    organisation = factories.organisation(
        kvk_number="01234567", website="https://x.nl/?a=1", municipality=here
    )
    into = factories.initiative("Één", slug="een", municipality=here, place=place, organisation=organisation)
    for at, text in enumerate(NASTY):
        factories.initiative(
            text if "\n" not in text else "Regels",
            slug=f"n-{at}",
            other_names=f"{text.splitlines()[0]} x\nTwee",
            summary=text.replace("\n", " "),
            description=text,
            costs=text.replace("\n", " ")[:50],
            contact_phone="0320 123456" if at % 2 else "+31 6 12345678",
            longitude="5.123456" if at % 2 else None,
            latitude="52.3" if at % 2 else None,
            starts_on=datetime.date(2026, 2, 3),
            is_contact_public=bool(at % 2),
        )
    merged = factories.initiative("Oud", slug="oud", status=Status.MERGED, merged_into=into)
    withdrawn = factories.initiative("Weg", slug="weg", status=Status.WITHDRAWN, kind="evenement")
    source = factories.source(year=1988, pages="1-12", doi="10.1000/182", url="https://x.nl")
    for entry in (into, merged, withdrawn):
        factories.link(entry, gone, "ervaart", explanation="=ja")
        factories.link(entry, kept, "ervaart")
        Mention.objects.create(initiative=entry, event="Festival", source=source, count=2)
    factories.case(initiative=withdrawn, slug="kas").bottlenecks.set([gone, kept])
    finding = Finding.objects.create(slug="f", text="- zo", source=source, level=kept.level)
    finding.bottlenecks.set([gone, old]), finding.municipalities.set([here])
    Interaction.objects.create(from_bottleneck=gone, to_level=kept.level, explanation="U", source=source)
    factories.term()
    return factories.person()


def unchanged(resource, content, by):
    outcome = runs.try_out(resource(), read(content), by=by)
    return outcome.problems, outcome.plan, outcome.unchanged


@pytest.mark.parametrize("resource", RESOURCES)
def test_an_untouched_file_changes_nothing(world, resource):
    dataset = resource().export()
    assert len(dataset)
    for name in FORMATS:
        content = write(name, dataset.headers, list(dataset), title="Proef")
        assert unchanged(resource, content, world) == ((), (), len(dataset)), name


@pytest.mark.once
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice (soffice) is not installed.")
def test_a_file_that_was_saved_in_libreoffice_changes_nothing(world, tmp_path):
    numbers = {}
    for resource in RESOURCES:
        dataset = resource().export()
        numbers[resource.__name__] = (resource, len(dataset))
        for kind in ("xlsx", "ods"):
            content = write(kind, dataset.headers, list(dataset), title="Proef")
            (tmp_path / f"{resource.__name__}.{kind}").write_bytes(content)
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    for source, kind in (("xlsx", "xlsx"), ("xlsx", "ods"), ("ods", "xlsx")):
        out = tmp_path / f"{source}-{kind}"
        files = sorted(map(str, tmp_path.glob(f"*.{source}")))
        convert = ["soffice", home, "--headless", "--convert-to", kind, "--outdir", str(out), *files]
        subprocess.run(convert, check=True, capture_output=True, timeout=180)
        for name, (resource, number) in numbers.items():
            content = (out / f"{name}.{kind}").read_bytes()
            assert unchanged(resource, content, world) == ((), (), number), (name, source, kind)


def test_the_sample_of_nasty_texts_is_stored_as_it_was_given(world):
    assert Initiative.objects.filter(slug__startswith="n-", summary="=1+1").exists()
    assert Organisation.objects.filter(kvk_number="01234567").exists()
