"""Every act that writes in a transaction holds its initiatives first, by key (registry/moderation/locks.py), or is in a list here
that says why it need not."""

import ast
import re
from pathlib import Path

import pytest

import registry

pytestmark = pytest.mark.once

LOCKS = re.compile(r"\b(lock|lock_one|lock_sides|lock_kept_by|lock_pages_of|lock_linked|_locked|lock_all)\(")
HOME = Path(registry.__file__).parent

# Of these the initiatives are held by what they call first, or by what calls them.
HELD_BY_OTHERS = {
    "accounts/staff_access.changed": "ownership.tell_gone and tell_back, before anything of a page is written",
    "accounts/staff_access.delete": "personal_data.forget",
    "admin/pages/deciding._carry_out": "moderation/decisions.decide",
    "admin/base/reasons.delete_model": "lifecycle/deletion.delete",
    "admin/pages/deciding._decide": "moderation/decisions.decide, lifecycle/merge.merge",
    "community/contact_messages.pass_on": "the mailed link holds the page",
    "importing/runs.carry_out": "resources.base, in before_import",
    "proposals/staff_overrides.of_fields": "the form of staff holds the page",
    "proposals/staff_overrides.of_rows": "the form of staff holds the page",
    "mail/verification.use_code": "mail/verification.use",
    "mail/verification.use": "mail/verification.revoke_one",
    "registration/signup.confirm": "the mailed link or the page of the code",
    "ownership/joining.take_back": "mail/verification.revoke_one",
    "lifecycle/withdrawal.withdraw": "moderation/decisions.decide",
    "lifecycle/withdrawal.withdraw_as_owner": "ownership.withdraw",
}
# These write nothing of an initiative that is there already, or one row of one table, or undo it all, by key.
WRITE_NO_PAGE = set(
    """
    admin/letter.version_view admin/person.remove_second_step admin/person.user_change_password community/contact_messages.receive
    community/saved_searches._send_digest community/saved_searches.follow partners/api_keys._tell_end partners/api_keys.renew partners/api_keys.revoke mail/bounces._write_down
    mail/delivery._begin mail/delivery._record mail/delivery._undo mail/wording/texts.install mail/troubles.note
    management/commands/create_first_account.handle management/commands/load_boundaries.handle middleware/repeats.claim
    personal_data/address_change._carry registration/signup._save_with_free_slug registration/signup.register registration/signup.send_code
    registration/renewal.renew resources/base.do_instance_save resources/writing._try ownership/joining.claim
    search/misses.record_miss mail/public_forms.post partners/webhooks/delivery._try partners/webhooks/queue._enqueue
    worklist._send_digest
    """.split()
)
# Run by an operator, by itself.
ALONE = {
    "management/commands/load_deck.handle",
    "management/sample/rows.generate",
    "management/sample/rows.remove",
}


def acts_in(source, module):
    """(name, whether it holds the initiatives) of each function that begins a transaction."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef):
            continue
        text = ast.get_source_segment(source, node)
        begins = "transaction.atomic()" in text or any(
            "atomic" in ast.unparse(one) for one in node.decorator_list
        )
        if begins:
            yield f"{module}.{node.name}", bool(LOCKS.search(text))


def all_acts():
    for path in sorted(HOME.rglob("*.py")):
        if "migrations" not in path.parts:
            module = path.relative_to(HOME).with_suffix("").as_posix()
            yield from acts_in(path.read_text(encoding="utf-8"), module)


def test_each_act_that_writes_holds_its_initiatives_first():
    excused = {*HELD_BY_OTHERS, *WRITE_NO_PAGE, *ALONE}
    unheld = {name for name, holds in all_acts() if not holds}
    assert sorted(unheld - excused) == []
    assert sorted(excused - {name for name, _holds in all_acts()}) == []


def test_nothing_but_the_one_module_holds_an_initiative():
    """By hand it is not in the one order."""
    by_hand = re.compile(r"Initiative\.objects(?:\.\w+\([^)]*\))*\.select_for_update")
    found = [
        path.relative_to(HOME).as_posix()
        for path in sorted(HOME.rglob("*.py"))
        if by_hand.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["moderation/locks.py"]


def test_an_act_that_holds_nothing_is_found():
    planted = "@transaction.atomic\ndef act(entry):\n    entry.save()\n"
    assert list(acts_in(planted, "planted")) == [("planted.act", False)]
    held = planted.replace("    entry", "    lock(entry.pk)\n    entry")
    assert list(acts_in(held, "planted")) == [("planted.act", True)]
