"""Wires the app: roles, triggers, texts of letters."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, post_save, pre_migrate, pre_save
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    name = "registry"
    verbose_name = _("Register")

    def ready(self):
        # The models must be loaded first.
        from allauth.account.signals import email_changed
        from post_office.models import EmailTemplate

        from registry import checks  # noqa: F401
        from registry.accounts import roles
        from registry.mail import delivery
        from registry.mail.wording import texts
        from registry.partners import install_triggers
        from registry.personal_data import address_change

        # Not a model signal: these go with a migrate, like Django's own permissions.
        pre_migrate.connect(
            install_triggers.remove, sender=self, dispatch_uid="registry.partners.install_triggers"
        )
        post_migrate.connect(
            install_triggers.install, sender=self, dispatch_uid="registry.partners.install_triggers"
        )
        post_migrate.connect(roles.install, sender=self, dispatch_uid="registry.accounts.roles")
        post_migrate.connect(texts.install, sender=self, dispatch_uid="registry.letters")
        # The model is of a package: nobody saves it past these.
        pre_save.connect(texts.keep_stored, sender=EmailTemplate, dispatch_uid="registry.letters")
        post_save.connect(texts.keep_saved, sender=EmailTemplate, dispatch_uid="registry.letters")
        # Of a page, not of a model: somebody proved another address of theirs.
        email_changed.connect(address_change.address_changed, dispatch_uid="registry.moving")
        post_save.connect(delivery.follow, sender="post_office.Email", dispatch_uid="registry.delivery")
