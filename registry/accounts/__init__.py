"""Logging in, the second factor, and the permissions and municipality of each role."""
