"""The commands of the register, and what they alone need: the daily jobs, sample content."""
