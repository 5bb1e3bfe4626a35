from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from registry.models import Initiative, Organisation
from tests import factories

migration = import_module("registry.migrations.0015_clean_texts")


@pytest.mark.django_db
def test_what_was_stored_before_is_cleaned_and_found():
    entry = factories.initiative("Tuin", slug="tuin")
    first, second = factories.organisation(name="Café", slug="een"), factories.organisation(name="x", slug="twee")
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_initiative SET name = %s, slug = 'Tuin', search_title = '' WHERE id = %s",
            ["Wijk\u200bkeuken\nJørgen", entry.pk],
        )
        cursor.execute(
            "UPDATE registry_organisation SET name = %s, name_key = NULL WHERE id = %s", ["Cafe\u0301", second.pk]
        )
        cursor.execute("UPDATE registry_organisation SET name_key = NULL WHERE id = %s", [first.pk])
    migration.clean(apps, None)
    migration.derive(apps, None)
    entry = Initiative.objects.get(pk=entry.pk)
    assert (entry.name, entry.slug) == ("Wijkkeuken Jørgen", "tuin")
    assert entry.search_title == " wijkkeuken jorgen "
    assert dict(Organisation.objects.values_list("slug", "name")) == {"een": "Café", "twee": "Café (2)"}
    assert Organisation.objects.get(slug="een").name_key == "cafe"
