"""What staff did with a round, a line for each act: the acts write it, and nothing reads it but people."""

from survey.models import RoundAct

What = RoundAct.What


def note(round, what, by, *, number=None, subject=""):
    """Keep that ``by`` did this; None: it was a command, or a moment that came by itself."""
    return RoundAct.objects.create(round=round, what=what, by=by, number=number, subject=str(subject)[:120])


def of(round):
    return RoundAct.objects.filter(round=round).select_related("by")
