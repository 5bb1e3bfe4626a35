"""The table of what happens to a letter in each kind of trouble. ``pytest -s`` prints it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from post_office.models import Email

from registry import worklist
from registry.mail import delivery, letters
from registry.models import Delivery, Role
from tests import factories
from tests.mail import OddServer, pass_time

pytestmark = [pytest.mark.django_db, pytest.mark.once]
STEP = timedelta(seconds=15)


def run_until_over(letter, server, *, well_after, settings, port):
    """Rounds of the queue, fifteen seconds apart or until the next try; how long until it was over."""
    passed = timedelta()
    while Delivery.objects.get(pk=letter.pk).state == Delivery.State.WAITS:
        if well_after is not None and passed >= well_after:
            server.says, server.at_end, settings.EMAIL_PORT = {}, {}, port
        delivery.run()
        if Delivery.objects.get(pk=letter.pk).state != Delivery.State.WAITS:
            break
        due = Email.objects.get(pk=letter.pk).scheduled_time
        wait = max(STEP, due - timezone.now() + timedelta(seconds=1)) if due else timedelta(hours=1)
        if well_after is not None and passed < well_after:
            wait = min(wait, max(well_after - passed, STEP))
        pass_time(wait)
        passed += wait
    return passed


CASES = {
    "450, een uur lang": ({"says": {"lezer": "450 4.2.0 Greylisted"}}, timedelta(hours=1), "verzonden", 2),
    "450, vijf minuten": (
        {"says": {"lezer": "450 4.2.0 Greylisted"}},
        timedelta(minutes=5),
        "verzonden",
        0.2,
    ),
    "450, voorgoed": ({"says": {"lezer": "450 4.2.0 Greylisted"}}, None, "opgegeven", 96),
    "452 vol, een dag": ({"says": {"lezer": "452 4.2.2 Full"}}, timedelta(days=1), "verzonden", 27),
    "550": ({"says": {"lezer": "550 5.1.1 User unknown"}}, None, "geweigerd", 0),
    "lijn breekt na DATA": (
        {"at_end": {"lezer": "taken, then drop"}},
        timedelta(seconds=20),
        "verzonden",
        0.1,
    ),
    "een dag geen server": ({"is_away": True}, timedelta(days=1), "verzonden", 25),
    "300 digests wachten": ({"digests": 300}, timedelta(), "verzonden", 0),
}


@pytest.mark.parametrize("case", CASES)
def test_the_table(case, serve, settings):
    trouble, well_after, ends_as, most_hours = CASES[case]
    server = serve(OddServer(says=trouble.get("says"), at_end=trouble.get("at_end")))
    port = settings.EMAIL_PORT
    settings.EMAIL_PORT = 1 if trouble.get("is_away") else port
    editor = factories.person(role=Role.EDITOR)
    for number in range(trouble.get("digests", 0)):
        letters.post(letters.Letter("Nieuw", "Hallo", "nieuw-voor-u"), f"volger{number}@voorbeeld.nl")
    letter = letters.post(letters.Letter("Uw code", "Hallo", "inlogcode"), "lezer@voorbeeld.nl")
    passed = run_until_over(letter, server, well_after=well_after, settings=settings, port=port)
    found = Delivery.objects.get(pk=letter.pk)
    seen = [
        str(item.label)
        for item in worklist.for_user(editor).items
        if item.count and "e-mail" in str(item.label)
    ]
    place = [to[0] for to, _content in server.taken].index("lezer@voorbeeld.nl") + 1 if server.taken else "-"
    print(
        f"\n{case:<22} {found.get_state_display():<28} na {str(passed).split('.')[0]:<16} "
        f"tries {found.tries:<3} place {place:<3} {found.said or '-'} | {', '.join(seen) or '-'}"
    )
    assert found.state == ends_as
    assert passed <= timedelta(hours=most_hours)
    assert place in (1, "-")
