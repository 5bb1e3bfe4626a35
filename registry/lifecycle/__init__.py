"""How a page ends, and comes back: withdrawal, deletion, merging."""
