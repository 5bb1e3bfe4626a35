"""Checks that all published figures together do not give away the answers of a few people."""
