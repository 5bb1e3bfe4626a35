"""Partners of the API: their keys, the change feed, and webhooks."""
