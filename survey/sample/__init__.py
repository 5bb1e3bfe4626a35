"""Rounds to show the site with: a fictional one, and that of the deck."""
