"""Fictional content to try the site out with."""

from registry.foundation.errors import Refused
from registry.management.sample.rows import generate, remove

__all__ = ["Refused", "generate", "remove"]
