"""Reading open answers before anybody else does."""
