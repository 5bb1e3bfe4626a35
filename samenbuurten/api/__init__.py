"""What every endpoint of the API shares. The apps reach it through the settings of Django REST framework."""

from samenbuurten.api.versions import VERSIONS

# In the header API-Version, in the OpenAPI document and on the page about versions.
VERSION = VERSIONS[0].number
ROOT = "/api/v1"
# What answers as an API: problems as JSON, no cookie, a limit on the number of requests.
PREFIXES = (ROOT, "/hsds")


def is_api(path):
    """Whether this address answers as an API."""
    return _is_under(path, *PREFIXES)


def tells_problems(path, accept=""):
    """Whether an error at this address is a problem: always where the API answers, and on the pages about it for
    who did not ask for a page."""
    return is_api(path) or (_is_under(path, "/api") and "text/html" not in accept)


def _is_under(path, *prefixes):
    return any(path == prefix or path.startswith(f"{prefix}/") for prefix in prefixes)
