"""What the APIs of both apps share: what they read from a request, a list, and one item of it."""
