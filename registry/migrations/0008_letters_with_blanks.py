"""The texts of the letters were templates; they become words with blanks.

What we know of the old texts is turned into a blank. A text with anything else gets the first text of the
site, and what staff wrote is kept beside it (in ``html_content``, which nothing sends), to read.
"""

import json
import re
from pathlib import Path

from django.db import migrations

FIRST_TEXTS = Path(__file__).resolve().parent.parent / "seed" / "brieven.json"
BLANK = re.compile(r"(?<!\{)\{\{[ \t]*(\w+)[ \t]*\}\}(?!\})")
COMMAND = re.compile(r"\{[{%#]|[}%#]\}")
ALLOWED = {
    "aanmelding-bevestigen": "initiatief code adres",
    "aanmelding-ontvangen": "initiatief adres",
    "bericht-aan-initiatief": "initiatief naam bericht adres",
    "bericht-verstuurd": "initiatief naam bericht adres",
    "besluit-aanvulling-gevraagd": "initiatief reden adres",
    "besluit-afgewezen": "initiatief reden adres",
    "besluit-gepubliceerd": "initiatief reden adres",
    "besluit-ingetrokken": "initiatief reden adres",
    "kennismaken": "initiatief ander hun_adres waarom",
    "kennismaken-vraag": "initiatief ander waarom adres",
    "klopt-het-nog": "initiatief adres",
    "nieuw-voor-u": "wat rijen stop",
    "overnemen-gelukt": "initiatief adres",
    "overnemen-mag": "initiatief adres",
    "uitnodiging": "initiatief wie adres",
    "volgen-bevestigen": "wat adres",
    "voorstel-besloten": "initiatief uitkomst overgenomen niet_overgenomen reden adres",
    "voorstel-wacht-op-u": "initiatief wie adres",
    "wat-er-wacht": "naam aantal wacht regels adres",
    "webhook-uit": "naam adres reden",
}


def _old(*parts):
    """What a text had: words, ``{{ blanks }}`` and ``{% commands %}``, with any white space around each."""
    return re.compile(r"\s*".join(re.sub(r"\s+", r"\\s*", re.escape(part).replace(r"\ ", " ")) for part in parts))


OLD = [
    (
        _old(
            *("{% if overgenomen %}", "Overgenomen: {{ overgenomen }}.", "{% endif %}"),
            *("{% if niet_overgenomen %}", "Niet overgenomen: {{ niet_overgenomen }}.", "{% endif %}"),
        ),
        "\n{{ uitkomst }}\n",
    ),
    (_old("{% if reden %}", "{{ reden }}", "{% endif %}"), "\n{{ reden }}\n"),
    (
        _old("{% for rij in rijen %}", "{{ rij.naam }}", "{{ rij.adres }}", "{% endfor %}"),
        "\n{{ rijen }}\n",
    ),
    (_old("{% for regel in regels %}", "-", "{{ regel }}", "{% endfor %}"), "\n{{ regels }}"),
    (_old("{{ aantal }} wacht", "{% if aantal != 1 %}", "en", "{% endif %}"), "{{ wacht }}"),
]


def with_blanks(text):
    for old, new in OLD:
        text = old.sub(new, text)
    return text


def is_filled_in(name, subject, content):
    allowed = {*ALLOWED[name].split(), "site", "organisatie"}
    # A subject stands in the list of letters that were sent.
    parts = [(subject, allowed - {"adres", "code", "rijen", "stop"}), (content, allowed)]
    return all(set(BLANK.findall(part)) <= may and not COMMAND.search(BLANK.sub("", part)) for part, may in parts)


def turn(apps, schema_editor):
    first = json.loads(FIRST_TEXTS.read_text(encoding="utf-8"))
    rows = apps.get_model("post_office", "EmailTemplate").objects.using(schema_editor.connection.alias)
    for row in rows.filter(name__in=ALLOWED):
        subject, content = with_blanks(row.subject), with_blanks(row.content)
        if not is_filled_in(row.name, subject, content):
            row.html_content = f"{row.subject}\n\n{row.content}"
            if row.name in first:
                subject, content = first[row.name]["onderwerp"], "\n".join(first[row.name]["tekst"])
        if (subject, content) != (row.subject, row.content):
            row.subject, row.content = subject, content
            row.save()


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0007_introduction_consent"),
        ("post_office", "0014_alter_email_recipient_delivery_status_and_more"),
    ]

    operations = [migrations.RunPython(turn, migrations.RunPython.noop)]
