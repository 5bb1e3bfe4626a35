"""What a page sends along to say which version was on the screen, and how a page reads."""

import re

from registry.models import ChangeProposal
from registry.moderation.versions import version_of, version_of_proposal


def read(entry):
    """On the decision page."""
    return {"read": version_of(entry)}


def read_both(entry, into):
    """On the decision page, once it showed what a merge keeps."""
    return read(entry) | {"read_into": f"{into.pk}:{version_of(into)}"}


def read_many(*entries):
    return {f"read-{entry.pk}": version_of(entry) for entry in entries}


def read_pair(first, second):
    """On the page of what is alike."""
    return {"las-eerste": version_of(first), "las-tweede": version_of(second)}


def read_proposal(proposal):
    return {"las": version_of_proposal(ChangeProposal.objects.get(pk=getattr(proposal, "pk", proposal)))}


def tight(html):
    """The page as it is read: runs of white space as one blank, and none beside a tag."""
    return re.sub(r"\s*(<[^>]*>)\s*", r"\1", re.sub(r"\s+", " ", html))
