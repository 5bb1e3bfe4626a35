"""Outlines of municipalities, distances in kilometres, and the overview map as SVG."""
