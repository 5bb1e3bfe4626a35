"""What templates of the register ask for by a tag."""
