"""What was merged, withdrawn or rejected: nothing is written to it, for nobody would see it there."""

from django.utils.translation import gettext as _

from registry.models import Bottleneck, Case, Initiative, Status

_NO_MORE = {
    Initiative: {Status.MERGED, Status.WITHDRAWN, Status.REJECTED},
    Case: {Status.MERGED, Status.WITHDRAWN, Status.REJECTED},
    # One that is retired keeps its page.
    Bottleneck: {Bottleneck.Status.MERGED},
}


def survivor_of(entry):
    """Itself, or what it was merged into at last."""
    return getattr(entry, "survivor", entry)


def dead_because(entry):
    """Why nothing more can be written to it, in Dutch; or nothing."""
    if getattr(entry, "status", None) not in _NO_MORE.get(type(entry), ()):
        return ""
    survivor = survivor_of(entry)
    if survivor is not entry:
        return _("‘%(name)s’ is samengevoegd met ‘%(kept)s’. Zet dat in uw bestand.") % {
            "name": _called(entry),
            "kept": _called(survivor),
        }
    return _("‘%(name)s’ is %(status)s: hier kan niets bij. Haal de regel weg.") % {
        "name": _called(entry),
        "status": entry.get_status_display().lower(),
    }


def _called(entry):
    return getattr(entry, "slug", None) or str(entry.pk)
