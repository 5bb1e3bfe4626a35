"""Storing answers from screens, paper and kiosks, and the codes of stands."""
