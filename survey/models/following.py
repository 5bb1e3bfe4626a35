from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from registry.models.fields.mailbox import MailField
from survey.models.round import Round


class FollowedRound(models.Model):
    """Somebody who wants to hear of the results of a round; nothing is sent before the address is confirmed. It has
    nothing to do with who answered."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="followers")
    email = MailField(_("e-mailadres"))
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("gevolgde meting")
        verbose_name_plural = _("gevolgde metingen")
        default_permissions = ()
        constraints = [models.UniqueConstraint("round", Lower("email"), name="followed_round_is_unique")]

    def __str__(self):
        return str(self.round)
