"""Fictional content to try the site out with."""

from registry.management.sample.rows import NotNow, generate, remove

__all__ = ["NotNow", "generate", "remove"]
