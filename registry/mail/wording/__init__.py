"""What letters say: kinds, blanks, rules, texts, and the frame around them."""
