"""What the register keeps about one person: to read, to take along, and to erase, from one list of columns."""

from registry.personal_data.account import forget, is_in_use, kept_about

__all__ = ["forget", "is_in_use", "kept_about"]
