"""From counts to what may be shown: the only place with percentages. Import results from here."""

from survey.results.breakdowns import merged_blocks
from survey.results.compose import NOTE, open_levels_of, results_for, results_from_shares
from survey.results.shapes import (
    BlockResult,
    BreakdownResult,
    Change,
    ComparisonResult,
    Detectable,
    LevelResult,
    Pair,
    Results,
    Share,
    Statement,
    Step,
    Theme,
    as_data,
    canonical,
    read,
)
from survey.results.words import Reason, change_text, counted, number, reason_text, sentence, signed

__all__ = [
    "NOTE",
    "BlockResult",
    "BreakdownResult",
    "Change",
    "ComparisonResult",
    "Detectable",
    "LevelResult",
    "Pair",
    "Reason",
    "Results",
    "Share",
    "Statement",
    "Step",
    "Theme",
    "as_data",
    "canonical",
    "change_text",
    "counted",
    "merged_blocks",
    "number",
    "open_levels_of",
    "read",
    "reason_text",
    "results_for",
    "results_from_shares",
    "sentence",
    "signed",
]
