"""Changes that somebody else still has to agree to."""
