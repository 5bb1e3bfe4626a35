"""Pages of the admin beside those of one model."""
