"""No page of the admin asks another site for anything, or runs what stands in the page itself."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse
from post_office.models import EmailTemplate

from tests import factories
from tests.registry.leaks.world import add_secrets, public_world

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FROM_ELSEWHERE = re.compile(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=[\"'](?:https?:)?//[^\"']*")
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>\s*\S")


def test_no_page_of_the_admin_asks_another_site_for_anything(client):
    add_secrets(public_world())
    client.force_login(factories.person("baas@flevoland.example", is_staff=True, is_superuser=True))
    assert EmailTemplate.objects.exists()
    looked_at = 0
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = [reverse(f"{name}_changelist"), reverse(f"{name}_add")]
        if (row := model._default_manager.first()) is not None:
            pages.append(reverse(f"{name}_change", args=[row.pk]))
        for page in pages:
            response = client.get(page, follow=True)
            if response.status_code == 200:
                text = response.content.decode()
                looked_at += 1
                assert (FROM_ELSEWHERE.findall(text), INLINE.findall(text)) == ([], []), page
    assert looked_at > 50
