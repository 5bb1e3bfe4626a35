"""The commands of the survey."""
