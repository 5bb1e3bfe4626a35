"""Whether what is published together tells about a few people."""
