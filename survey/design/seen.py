"""What somebody had before them when they decided: a mark that a page sends along, and that the act compares."""

import hashlib
import json

from django.utils.translation import gettext as _

from registry.foundation.errors import Refused


def mark(*state):
    """A short word for this state: another state has another one."""
    state_json = json.dumps(state, ensure_ascii=False, default=str, separators=(",", ":"))
    return hashlib.sha256(state_json.encode()).hexdigest()[:16]


def refuse_when_stale(seen, now):
    """``seen``: the mark that came with the decision; None: it was made here and now, from no page."""
    if seen is not None and seen != now:
        raise Refused(
            _(
                "Intussen veranderde hier iets. Er is niets bewaard. Hieronder staat hoe het nu is: "
                "kijk het na en beslis dan."
            )
        )
