"""Bringing in files: preview, then the same thing for good."""
