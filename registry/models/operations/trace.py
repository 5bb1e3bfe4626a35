from django.db import models
from django.db.models.functions import Coalesce


def public_moment():
    """When the public last saw something else of an initiative: the one moment that every door tells."""
    traced = Trace.objects.filter(public_id=models.OuterRef("public_id")).values("changed_at")
    return Coalesce(models.Subquery(traced), "changed_at", output_field=models.DateTimeField())


class Trace(models.Model):
    """When what the public sees of an initiative last changed: a row for each that was ever public.

    Database triggers write it (registry/partners/trace_triggers.py). As long as an initiative is published its trace is
    there and not removed; when it is withdrawn, merged or deleted the trace stays behind and says so.
    What was never public leaves no trace.
    """

    public_id = models.UUIDField(primary_key=True)
    # Its key and not a relation: the trace outlives the initiative.
    initiative = models.BigIntegerField(db_index=True)
    # The content version (see ContentStamp) and the moment of the last change that the public could see.
    version = models.BigIntegerField()
    changed_at = models.DateTimeField()
    appeared = models.BigIntegerField()  # the version at which it became public, the last time
    is_removed = models.BooleanField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["version", "public_id"], name="trace_in_order"),
            models.Index(fields=["changed_at", "version"], name="trace_since"),
        ]
