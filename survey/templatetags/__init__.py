"""What templates ask of the survey by a tag."""
