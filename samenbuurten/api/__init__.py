"""What every endpoint of the API shares. The apps reach it through the settings of Django REST framework."""

# In the header API-Version, in the OpenAPI document and on the page about versions.
VERSION = "1.0.0"
ROOT = "/api/v1"
# What answers as an API: problems as JSON, no cookie, a limit on the number of requests.
PREFIXES = (ROOT, "/hsds")
