"""What another app keeps at somebody's e-mail address: it is read, forgotten and thrown away with what the register keeps."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kept:
    """``rows_of(email)``: a queryset; ``words``: the field of it that a person reads. ``rule``: a row of
    registry.personal_data.retention.RULES."""

    label: str
    rows_of: Any
    words: str
    rule: tuple


_kept = []


def add(kept):
    _kept.append(kept)


def everything():
    return tuple(_kept)
