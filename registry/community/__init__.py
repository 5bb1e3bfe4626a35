"""Matching of initiatives, introductions, contact messages, saved searches and the yearly question."""
