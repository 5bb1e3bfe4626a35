"""What people fill in: an answer, an address to hear of results."""
