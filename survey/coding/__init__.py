"""Coding of open answers into themes by two coders, and what a theme becomes in the register."""
