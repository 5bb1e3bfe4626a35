"""What brings people together: matching, introductions, messages, saved searches, the yearly question."""
