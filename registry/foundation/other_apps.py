"""What another app keeps at somebody's e-mail address: it is read, forgotten and thrown away with what the register keeps."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class Kept:
    """``rows_of(email)``: a queryset; ``words``: the field of it that a person reads. ``rule``: a row of
    registry.personal_data.retention.RULES."""

    label: str
    rows_of: Callable[[str], QuerySet[Any]]
    words: str
    rule: tuple[Any, ...]


_kept: list[Kept] = []


def add(records: Kept) -> None:
    _kept.append(records)


def everything() -> tuple[Kept, ...]:
    return tuple(_kept)
