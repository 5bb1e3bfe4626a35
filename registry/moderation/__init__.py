"""The publication life of an entry, the version that was read, and the order in which rows are locked."""
