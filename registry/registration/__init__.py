"""From five answers to an entry that waits for staff."""
