"""What the register keeps about one person: to read, to take along, and to erase, from one list of columns."""

from registry.personal.account import forget, kept_about

__all__ = ["forget", "kept_about"]
