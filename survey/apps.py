"""Wires the app: roles and triggers."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SurveyConfig(AppConfig):
    name = "survey"
    verbose_name = _("Enquête")

    def ready(self):
        from survey import roles
        from survey.models import stamp_triggers

        # Not model signals: they follow a migrate, and come after registry's for the order of the apps.
        post_migrate.connect(roles.install, sender=self, dispatch_uid="survey.roles")
        post_migrate.connect(stamp_triggers.install, sender=self, dispatch_uid="survey.models.stamp_triggers")
