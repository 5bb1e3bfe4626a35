"""Tables of the running of the site: imports, jobs, letters, partners, traces."""
