"""Results as files. All of them are made from the same Results that the page shows."""

from survey.resources.codebook import CODEBOOK, codebook
from survey.resources.files import FORMATS, written
from survey.resources.records import record_rows, records_sav, records_syntax
from survey.resources.units import unit_rows

__all__ = [
    "CODEBOOK",
    "FORMATS",
    "codebook",
    "record_rows",
    "records_sav",
    "records_syntax",
    "unit_rows",
    "written",
]
