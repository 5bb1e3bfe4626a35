"""Each letter gets its first version. A text that the site came with, now or before, is one that nobody edited: it goes
along with the first texts of the next release (registry/mail/wording/texts.py)."""

import hashlib
import json
from pathlib import Path

from django.db import migrations

FIRST_TEXTS = Path(__file__).resolve().parent.parent / "seed" / "brieven.json"
# Of every first text until here, as it was shipped and as the migrations before this one left it.
SHIPPED = set(
    """
    01c6d67dabe84a5d 0a93f6395f9664ec 1050ded0b25a9d19 249ff6e7ad7ac159 26f44ef65f587585 2874cf8723410049
    3f6a235c44a5b20c 49e0affb153f650b 56a27b9ab02c4346 602c2089337fa30a 6dfa0b037e158db9 6f01ccac28d0bfc4
    8f496ed6456db385 a3f06405b07694a2 b5a22594c6a1f564 b78643723ebc806d bd4598050a3647c5 bd4756a3f715f479
    c780b858db17eac8 cf9571c30dddb69a d40cc9199f8cbad7 d65990d26282f67b d67993dd7a490cc6 da371891e9f69fc6
    e35d7330ad694647 e8122b1694c22c8e eb2229ed511a82ca ffa79d7681adc854
    """.split()
)


def digest(name, subject, text):
    return hashlib.sha256(f"{name}\n{subject}\n{text}".encode()).hexdigest()[:16]


def begin(apps, schema_editor):
    using = schema_editor.connection.alias
    EmailTemplate, LetterVersion = (
        apps.get_model(*name) for name in (("post_office", "EmailTemplate"), ("registry", "LetterVersion"))
    )
    first = json.loads(FIRST_TEXTS.read_text(encoding="utf-8"))
    shipped = SHIPPED | {
        digest(name, one["onderwerp"], "\n".join(one["tekst"])) for name, one in first.items()
    }
    there = {}
    for row in EmailTemplate.objects.using(using).filter(language="", default_template=None).order_by("pk"):
        there.setdefault(row.name, row)
    for name, row in there.items():
        subject, text = " ".join(row.subject.split())[:255], row.content.replace("\r\n", "\n").strip()
        is_first = digest(name, subject, text) in shipped
        LetterVersion.objects.using(using).create(
            name=name, subject=subject, text=text, what="eerste-tekst" if is_first else "gewijzigd"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0022_letter_versions"),
        ("post_office", "0014_alter_email_recipient_delivery_status_and_more"),
    ]

    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
