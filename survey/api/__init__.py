"""Rounds and their results for machines."""
