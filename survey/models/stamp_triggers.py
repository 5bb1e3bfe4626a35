"""Makes the content version of the register count the public tables of the survey too."""

from django.db import connections

from registry.models.operations.triggers import counting, visible_columns
from survey.models import Erratum, Publication, Round

# A round shows from the moment that it is planned; how long answers are kept, and the code of a kiosk, do not.
PUBLIC = [
    # Who published is no news to the public.
    visible_columns(Publication, but={"published_by_id", "withdrawn_by_id"}),
    visible_columns(Erratum),
    visible_columns(
        Round,
        but={"kiosk_pin", "keep_answers_days", "keep_responses_days"},
        when="({row}.opens_at IS NOT NULL)",
    ),
]


def install(using="default", **kwargs):
    connection = connections[using]
    if not {counted.table for counted in PUBLIC} <= set(connection.introspection.table_names()):
        return
    with connection.cursor() as cursor:
        for statement in counting(connection.vendor, PUBLIC):
            cursor.execute(statement)
