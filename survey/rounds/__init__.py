"""The life of a round: its steps, what each asks, and its publications."""
