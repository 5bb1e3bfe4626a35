"""Makes the content version of the register count the public tables of the survey too."""

from django.db import connections

from registry.models.triggers import counting
from survey.models import Erratum, Publication, Round

PUBLIC = [Publication, Erratum, Round]


def install(using="default", **kwargs):
    connection = connections[using]
    tables = [model._meta.db_table for model in PUBLIC]
    if not set(tables) <= set(connection.introspection.table_names()):
        return
    with connection.cursor() as cursor:
        for statement in counting(connection.vendor, tables):
            cursor.execute(statement)
