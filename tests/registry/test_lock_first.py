"""Every act that writes in a transaction holds its initiatives first, by key (registry/locking.py), or is in a list here
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
    "access.changed": "say.tell_gone and tell_back, before anything of a page is written",
    "access.delete": "personal.forget",
    "admin/deciding._carry_out": "moderation.decide",
    "admin/reasons.delete_model": "deleting.delete",
    "admin/deciding._decide": "moderation.decide, merging.merge",
    "contacting.pass_on": "the mailed link holds the page",
    "imports.carry_out": "resources.base, in before_import",
    "overriding.of_fields": "the form of staff holds the page",
    "overriding.of_rows": "the form of staff holds the page",
    "proofs.use_code": "proofs.use",
    "proofs.use": "proofs.revoke_one",
    "registration.confirm": "the mailed link or the page of the code",
    "say/coming.take_back": "proofs.revoke_one",
    "withdrawing.withdraw": "moderation.decide",
    "withdrawing.withdraw_as_owner": "say.withdraw",
}
# These write nothing of an initiative that is there already, or one row of one table.
WRITE_NO_PAGE = set(
    """
    admin/letter.version_view admin/person.remove_second_step admin/person.user_change_password contacting.receive
    following._send_digest following.follow keys._tell_end keys.renew keys.revoke mail/bounces._write_down
    mail/delivery._begin mail/delivery._record mail/delivery._undo mail/texts.install mail/troubles.note
    management/commands/create_first_account.handle management/commands/load_boundaries.handle once.claim
    personal/moving._carry registration._save_with_free_slug registration.register registration.send_code
    renewing.renew resources/base.do_instance_save say/coming.claim
    search/misses.record_miss visiting.post webhooks/delivery._try webhooks/queue._enqueue
    worklist._send_digest
    """.split()
)
# Run by an operator, by itself.
ALONE = {"management/commands/load_deck.handle", "sample/rows.generate", "sample/rows.remove"}


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
    assert found == ["locking.py"]


def test_an_act_that_holds_nothing_is_found():
    planted = "@transaction.atomic\ndef act(entry):\n    entry.save()\n"
    assert list(acts_in(planted, "planted")) == [("planted.act", False)]
    held = planted.replace("    entry", "    lock(entry.pk)\n    entry")
    assert list(acts_in(held, "planted")) == [("planted.act", True)]
