from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from registry.models.fields.mailbox import MailField, as_mailed
from registry.models.fields.text import LineField

# Who holds this permission works for the whole province; who does not, for one municipality.
WHOLE_PROVINCE = "registry.whole_province"


class Role(models.TextChoices):
    """The names of the groups; registry/accounts/roles.py says what each may do."""

    MANAGER = "beheerder", _("Beheerder")
    EDITOR = "redacteur", _("Redacteur")
    MUNICIPALITY_EDITOR = "gemeenteredacteur", _("Gemeenteredacteur")
    RESEARCHER = "onderzoeker", _("Onderzoeker")


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        """Without a password the account cannot log in with one."""
        user = self.model(email=as_mailed(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=as_mailed(email))


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account; the e-mail address is the name to log in with."""

    email = MailField(
        _("e-mailadres"),
        unique=True,
        error_messages={"unique": _("Er is al een account met dit e-mailadres.")},
    )
    name = LineField(_("naam"), max_length=150, blank=True)
    municipality = models.ForeignKey(
        "registry.Municipality",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("gemeente"),
        help_text=_("Voor een gemeenteredacteur: de gemeente waarvoor deze persoon werkt."),
    )
    is_staff = models.BooleanField(_("medewerker"), default=False, help_text=_("Mag in het beheer."))
    is_active = models.BooleanField(
        _("actief"), default=True, help_text=_("Zet dit uit in plaats van een account te verwijderen.")
    )
    wants_digest = models.BooleanField(
        _("dagelijks bericht"), default=True, help_text=_("Een e-mail per dag als er iets wacht.")
    )
    digested_on = models.DateField(null=True, editable=False)
    # A manager chose the password that the person has now; who gets rights may only keep such a one.
    is_password_given = models.BooleanField(default=False, editable=False)
    date_joined = models.DateTimeField(_("aangemaakt op"), default=timezone.now, editable=False)

    objects = UserManager()
    history = HistoricalRecords(
        excluded_fields=["password", "last_login", "digested_on", "is_password_given"]
    )

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("persoon")
        verbose_name_plural = _("personen")
        ordering = ["email"]
        permissions = [("whole_province", _("Werkt voor de hele provincie"))]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="user_email_is_lower_case",
                violation_error_message=_("Schrijf het e-mailadres met kleine letters."),
            )
        ]

    def __str__(self):
        return self.name or self.email

    def clean(self):
        super().clean()
        self.email = as_mailed(self.email)

    def set_password(self, raw_password):
        super().set_password(raw_password)
        self.is_password_given = False

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)
