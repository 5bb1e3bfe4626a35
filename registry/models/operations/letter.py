from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.fields.text import LineField, ProseField


class LetterVersion(models.Model):
    """The text of a letter as it stood from some moment on. Never changed, only added."""

    class What(models.TextChoices):
        FIRST = "eerste-tekst", _("eerste tekst")
        CHANGED = "gewijzigd", _("gewijzigd")
        RESTORED = "teruggezet", _("teruggezet")

    name = LineField(_("brief"), max_length=255, db_index=True)
    subject = LineField(_("onderwerp"), max_length=255, blank=True)
    text = ProseField(_("tekst"), blank=True)
    what = models.CharField(_("wat"), max_length=20, choices=What)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("door"),
    )
    at = models.DateTimeField(_("op"), auto_now_add=True)

    class Meta:
        verbose_name = _("versie van een brief")
        verbose_name_plural = _("versies van brieven")
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self):
        return f"{self.name}: {self.get_what_display()}"
