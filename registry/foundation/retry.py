"""Runs a transaction once more after a deadlock or a serialisation failure; the database rolled it back whole."""

import logging
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection

logger = logging.getLogger(__name__)
Result = TypeVar("Result")
COLLISIONS = {"40P01", "40001"}  # a deadlock; two transactions that cannot both be


def is_collision(error: BaseException) -> bool:
    """Whether the database took back all that was done, and would take it now."""
    cause = getattr(error, "__cause__", None)
    return isinstance(error, OperationalError) and getattr(cause, "sqlstate", None) in COLLISIONS


def once_more(act: Callable[[], Result]) -> Result:
    """The result of ``act()``, called a second time when the first collided; the second error is raised. ``act`` opens
    its own transaction. Within a transaction that is open already it is called once."""
    try:
        return act()
    except OperationalError as error:
        if not is_collision(error) or connection.in_atomic_block:
            raise
        logger.warning("Two did the same at once; it is done once more.")
        return act()
