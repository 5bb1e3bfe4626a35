"""Middleware of the register: second factor, mail budget, repeated forms, clean text."""
