"""The register for machines, under /api/v1 and /hsds."""
