"""What a respondent's form sends."""

import uuid

from django.urls import reverse


def sent(**fields):
    """What the form sends: two ticks and an example, unless told."""
    return {
        "sleutel": str(uuid.uuid4()),
        "volgorde": "7",
        "taal": "nl",
        "niveau-relationeel": ["R1", "R2"],
        "niveau-bestuurlijk": "geen",
        "woorden-voorbeeld": "HavenHart",
    } | fields


def address(name="respond", slug="festival"):
    return reverse(f"survey:{name}", args=[slug])
