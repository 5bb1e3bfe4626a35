"""When the public last saw something else: one count of all changes, and a trace of each initiative."""

from typing import NamedTuple

from django.db import connection, models
from django.db.models.functions import Coalesce
from django.utils import timezone


class Versions(NamedTuple):
    """What a figure may be kept under: ``content`` moves with everything that the public sees.

    ``knowledge``: with what visitors choose from and what their words mean (municipalities, levels, bottlenecks,
    terms, …), and when the words that search looks at are made anew. ``documents``: with findings and cases.
    """

    content: int
    knowledge: int
    documents: int


class ContentStamp(models.Model):
    """One row that counts every change to public content.

    Database triggers write it (registry/partners/install_triggers.py), so that no door can forget to. What is kept in a
    cache is kept under one of its numbers: when that moves, the kept figure is simply never asked again.

    Each writer holds the row until its commit is done (on PostgreSQL from when that begins). So versions follow one
    another in the order of the commits: whoever reads version v sees every change up to v, and no change below v
    is still to come.
    """

    version = models.BigIntegerField(default=0)
    # The moment of the last bump. It never goes back, also when a clock does.
    changed_at = models.DateTimeField(default=timezone.now)
    knowledge = models.BigIntegerField(default=0)
    documents = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()

    @classmethod
    def current(cls):
        return cls.versions().content

    @classmethod
    def versions(cls):
        """Those of what this connection sees now: of its own changes too, when it is in a transaction."""
        # Asked on every request: to write the query down costs a tenth of having it made up.
        source = "registry_contentstamp WHERE id = 1"
        if connection.in_atomic_block and connection.vendor == "postgresql":
            source = "registry_versions()"  # counts what is not counted yet (registry/partners/at_commit.py)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT version, knowledge, documents FROM {source}")  # noqa: S608 -- one of the two above
            row = cursor.fetchone()
        return Versions(*row) if row else Versions(0, 0, 0)


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
