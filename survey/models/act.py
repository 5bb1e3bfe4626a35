from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from survey.models.round import Round


class RoundAct(models.Model):
    """One thing that staff did with a round: what, who and when. Never a word of an answer, nor which answer it was."""

    class What(models.TextChoices):
        PLANNED = "gepland", _("Gepland")
        UNPLANNED = "planning-terug", _("Planning teruggedraaid")
        OPENED = "geopend", _("Geopend")
        CLOSED = "gesloten", _("Gesloten")
        SHORTENED = "eerder-wissen", _("Antwoorden blijven korter (dagen)")
        MADE_CODES = "codes-gemaakt", _("Eenmalige codes gemaakt")
        KEYED_IN = "papier-ingevoerd", _("Papier ingevoerd")
        SETTLED = "papier-gekozen", _("Verschil op papier gekozen")
        THREW_AWAY = "papier-weggegooid", _("Ingevoerd papier weggegooid")
        SCREENED = "gelezen", _("Antwoord gelezen")
        WIPED = "gewist", _("Antwoord gewist")
        RESTORED = "teruggehaald", _("Gewist antwoord teruggehaald")
        PURGED = "voorgoed-gewist", _("Antwoord voorgoed gewist")
        ASSIGNED = "codeerplan", _("Codeerplan gewijzigd")
        ADDED_CODE = "code-erbij", _("Code toegevoegd")
        HID_CODE = "code-verborgen", _("Code verborgen")
        SHOWED_CODE = "code-getoond", _("Code weer getoond")
        MERGED_CODE = "code-samengevoegd", _("Code samengevoegd")
        COMPARED = "vergeleken", _("Codes vergeleken")
        ADJUDICATED = "besproken", _("Verschil besproken")
        FROZE = "coderen-vast", _("Coderen vastgesteld")
        THAWED = "coderen-weer-open", _("Coderen weer opengezet")
        PUBLISHED = "gepubliceerd", _("Resultaten vastgesteld")
        WITHDREW = "ingetrokken", _("Uitgave ingetrokken")
        PROMOTED = "overgenomen", _("Code overgenomen in het register")
        TOOK_RECORDS = "meegenomen", _("Bestand met inzendingen meegenomen")

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="acts", verbose_name=_("meting"))
    what = models.CharField(_("wat"), max_length=20, choices=What)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("door"),
    )
    done_at = models.DateTimeField(_("op"), auto_now_add=True)
    number = models.PositiveIntegerField(_("hoeveel"), null=True)
    # The key of a code, the number of an edition or of a paper: nothing that leads to who answered.
    subject = models.CharField(_("waarover"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("handeling")
        verbose_name_plural = _("handelingen")
        ordering = ["-done_at", "-pk"]
        default_permissions = ("view",)
