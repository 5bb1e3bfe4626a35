"""From open answers to themes, by two people."""
