from django.db import models
from django.utils.translation import gettext_lazy as _


class SentForm(models.Model):
    """A form that somebody sent from one page, and where that led: the same again leads there and does nothing.

    Of what was filled in it holds a digest only. ``led_to`` is "" while the first is at work.
    """

    digest = models.CharField(primary_key=True, max_length=64)
    led_to = models.CharField(max_length=2000, blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("verstuurd formulier")
        verbose_name_plural = _("verstuurde formulieren")
        default_permissions = ()
        indexes = [models.Index(fields=["sent_at"], name="sent_form_by_moment")]
