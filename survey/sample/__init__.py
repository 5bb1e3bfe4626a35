"""Two sample rounds: a fictional one, and the one that the presentation reports."""
