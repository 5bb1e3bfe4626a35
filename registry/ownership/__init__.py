"""Who has a say in a page: how somebody comes to keep it and how that ends.

The only code that writes who keeps what. Each step is told to who keeps the page too, and leaves a line that the owners
and staff read. What waits for owners never waits for nobody: it passes to staff.
"""

from registry.ownership.joining import (
    asker_of,
    claim,
    hand_back,
    hand_over,
    invite,
    is_of_staff,
    make_owner,
    may_still_ask,
    open_claims,
    open_invitations,
    refuse_claim,
    take_back,
    take_over,
)
from registry.ownership.last_owner import give_back_reachable, is_left, pass_on_unreachable, pass_to_staff
from registry.ownership.leaving import forget, kept_by_absent, leave, let_go, tell_back, tell_gone, withdraw
from registry.ownership.owners import (
    active_owners,
    changes_of,
    keeps,
    lock_pages_of,
    name_in_letter,
    needs_owners_yes,
    owners,
)

__all__ = [
    "active_owners",
    "asker_of",
    "changes_of",
    "claim",
    "forget",
    "give_back_reachable",
    "hand_back",
    "hand_over",
    "invite",
    "is_left",
    "is_of_staff",
    "keeps",
    "kept_by_absent",
    "leave",
    "let_go",
    "lock_pages_of",
    "make_owner",
    "may_still_ask",
    "name_in_letter",
    "needs_owners_yes",
    "open_claims",
    "open_invitations",
    "owners",
    "pass_on_unreachable",
    "pass_to_staff",
    "refuse_claim",
    "take_back",
    "take_over",
    "tell_back",
    "tell_gone",
    "withdraw",
]
