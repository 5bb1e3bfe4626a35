"""The project: settings, addresses, server, and what both apps are served with."""
