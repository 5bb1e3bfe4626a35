"""How people get into the site, and what each role may do."""
