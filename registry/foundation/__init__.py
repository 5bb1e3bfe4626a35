"""Layer 0: what any site needs and no model knows. Open to both apps; imports nothing of either."""
