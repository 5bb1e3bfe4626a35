"""What the tests run with; named in pyproject.toml, for the settings are read before any conftest."""

import os

# The client of the tests and the browser talk plain http to this machine, as `make run` does.
os.environ["PLAIN_HTTP"] = "true"
