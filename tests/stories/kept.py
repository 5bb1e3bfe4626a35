"""All that a database holds, to look for somebody in it."""

import re

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models


def everything_kept():
    """(table and column, text) of all there is in the database."""
    for model in apps.get_models(include_auto_created=True):
        names = [
            field.attname
            for field in model._meta.local_concrete_fields
            if isinstance(field, models.CharField | models.TextField | models.JSONField | models.FileField)
        ]
        for row in model._base_manager.values(*names) if names else []:
            for name, value in row.items():
                yield f"{model._meta.label}.{name}", str(value)
    for session in Session.objects.all():
        yield "session", str(session.get_decoded())


def left_of(*words):
    wanted = re.compile("|".join(map(re.escape, words)), re.IGNORECASE)
    return {where for where, text in everything_kept() if wanted.search(text)}
