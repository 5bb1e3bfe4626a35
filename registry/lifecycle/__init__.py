"""Withdrawal, deletion, merging of pages, and taking a merge back."""
