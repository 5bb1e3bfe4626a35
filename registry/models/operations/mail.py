"""What became of each letter, and the mailboxes where letters do not arrive."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from post_office.models import PRIORITY

from registry.models.fields.mailbox import MailField
from registry.models.fields.text import LineField

# A letter that waits longer stands on the worklist: who waits for a code waits at the screen.
STUCK_AFTER_AT_ONCE = timedelta(minutes=15)
STUCK_AFTER = timedelta(hours=1)


class DeliveryQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=Delivery.State.WAITS)

    def stuck(self, now=None):
        """Letters in the queue that waited longer than their pace allows."""
        now = now or timezone.now()
        is_late = Q(email__created__lt=now - STUCK_AFTER) | Q(
            email__priority__gte=PRIORITY.high, email__created__lt=now - STUCK_AFTER_AT_ONCE
        )
        return self.waiting().filter(is_late)

    def failed(self):
        """What never left and never will; held back is not failed, and what bounced stands with its address."""
        return self.filter(state__in=Delivery.FAILED)

    def unseen_failures(self):
        return self.failed().filter(seen_at=None)


class Delivery(models.Model):
    """What became of one letter. Each row of the queue has one."""

    class State(models.TextChoices):
        WAITS = "wacht", _("wacht")
        TAKEN = "verzonden", _("verzonden")  # a mail server took it
        REFUSED = "geweigerd", _("geweigerd")
        GIVEN_UP = "opgegeven", _("opgegeven na dagen proberen")
        EXPIRED = "verlopen", _("verlopen voor hij weg kon")  # its code or link works no more
        BOUNCED = "teruggekomen", _("teruggekomen")
        HELD_BACK = "tegengehouden", _("tegengehouden: deze site mailt niet iedereen")

    FAILED = (State.REFUSED, State.GIVEN_UP, State.EXPIRED)

    email = models.OneToOneField(
        "post_office.Email", on_delete=models.CASCADE, primary_key=True, related_name="delivery"
    )
    kind = models.CharField(_("brief"), max_length=60, blank=True)
    # Of the page that it is about, if of one.
    initiative = models.ForeignKey(
        "registry.Initiative", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    # In the return path, so that what comes back says which letter it was. In small letters: servers may change them.
    token = models.CharField(max_length=20, unique=True)
    state = models.CharField(_("stand"), max_length=20, choices=State, default=State.WAITS, db_index=True)
    said = LineField(_("wat de mailserver zei"), max_length=300, blank=True)
    tries = models.PositiveSmallIntegerField(_("keer geprobeerd"), default=0)
    tried_at = models.DateTimeField(_("laatst geprobeerd"), null=True)
    seen_at = models.DateTimeField(_("van de lijst gehaald"), null=True)

    # What ownership.history.deliveries says of it: why it is sent.
    occasion: str

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("bezorging")
        verbose_name_plural = _("bezorgingen")
        default_permissions = ("change",)

    def __str__(self):
        return self.get_state_display()


class MailTrouble(models.Model):
    """A mailbox of somebody we write to where letters do not arrive."""

    class Source(models.TextChoices):
        REFUSED = "geweigerd", _("geweigerd")
        BOUNCED = "teruggekomen", _("teruggekomen")

    address = MailField(_("e-mailadres"), unique=True)
    since = models.DateTimeField(_("sinds"))
    last_at = models.DateTimeField(_("laatste keer"), db_index=True)
    times = models.PositiveIntegerField(_("hoe vaak"), default=1)
    days = models.PositiveSmallIntegerField(_("op hoeveel dagen"), default=1)
    source = models.CharField(_("hoe wij het weten"), max_length=20, choices=Source)
    why = LineField(_("wat de mailserver zei"), max_length=300, blank=True)
    # A full mailbox counts only after several days; one that does not exist at once.
    is_dead = models.BooleanField(_("komt niet aan"), default=False)

    class Meta:
        verbose_name = _("e-mailadres waar e-mail niet aankomt")
        verbose_name_plural = _("e-mailadressen waar e-mail niet aankomt")
        ordering = ["-last_at"]
        default_permissions = ("view", "delete")

    def __str__(self):
        return self.address
