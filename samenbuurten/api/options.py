"""The part of the settings that never differs per deployment: how the API answers."""

CORS_URLS_REGEX = r"^/(api/v1|hsds)(/|$)"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "accept-crs", "authorization", "if-none-match"]
CORS_EXPOSE_HEADERS = [
    "API-Version",
    "Content-Crs",
    "Deprecation",
    "ETag",
    "Link",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "Sunset",
]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "samenbuurten.api.schema.Schema",
    "EXCEPTION_HANDLER": "samenbuurten.api.problems.handle",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}


def spectacular(site_url, organisation, email):
    """What the OpenAPI document says of the site as a whole."""
    return {
        "OAS_VERSION": "3.0.3",
        "TITLE": "Samen Buurten",
        "DESCRIPTION": "Wie mensen samenbrengt in Flevoland, wat daarbij in de weg zit, en wie daar iets aan doet.",
        "VERSION": "",  # samenbuurten/api/__init__.py
        "CONTACT": {
            "name": organisation,
            "url": f"{site_url}/api/",
            "email": email or "samenbuurten@flevoland.example",
        },
        "LICENSE": {"name": "CC0 1.0", "url": "https://creativecommons.org/publicdomain/zero/1.0/deed.nl"},
        "SERVERS": [{"url": f"{site_url}/api/v1"}],
        "SCHEMA_PATH_PREFIX": "/api/v1",
        "SCHEMA_PATH_PREFIX_TRIM": True,
        "PREPROCESSING_HOOKS": ["samenbuurten.api.schema.only_ours"],
        "POSTPROCESSING_HOOKS": [],
        "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    }
