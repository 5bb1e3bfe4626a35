"""A page is deleted: who waited for an answer gets one, and who acts beside it reads what happened."""

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry import ownership
from registry.admin import proposal as proposal_admin
from registry.community import contact_messages, introductions, reminders
from registry.foundation.errors import Refused
from registry.lifecycle import deletion
from registry.models import Initiative, Notice, Role
from registry.moderation.locks import Gone
from registry.proposals.proposals import decide_proposal, propose
from registry.views import owner as owner_views
from registry.views import proof as proof_views
from tests import factories
from tests.stories.telling import as_, kinds_to, last_to, link_to, own_page, page_of_residents, staff

pytestmark = pytest.mark.django_db
REASON = "Het bleek niet te bestaan."


@pytest.fixture
def garden():
    return page_of_residents("Buurttuin", "anna")


@pytest.fixture
def boss():
    return staff(Role.MANAGER)


def ask_much(page, owner):
    """What may wait when a page goes."""
    other, _them = page_of_residents("Buurtkeuken", "keuken", slug="keuken")
    introductions.ask(other, page, yes_from=other, by=other.ownerships.get().user)
    propose(page, {"costs": "gratis"}, by=factories.person("voorsteller@voorbeeld.nl"))
    ownership.invite(page, "vriend@voorbeeld.nl", by=owner)
    for kind, email in ((Notice.Kind.CLAIM, "eis@voorbeeld.nl"), (Notice.Kind.REPORT, "melder@voorbeeld.nl")):
        page.notices.create(kind=kind, email=email, text="x", page=page.get_absolute_url())


@pytest.mark.parametrize("many", [False, True])
def test_who_waited_for_an_answer_gets_one(garden, boss, many):
    page, anna = garden
    ask_much(page, anna)
    link = link_to("vriend@voorbeeld.nl")
    _user, client = boss
    if many:
        given = {"action": "delete_selected", "_selected_action": [page.pk], "post": "yes", "reden": REASON}
        client.post(reverse("admin:registry_initiative_changelist"), given)
    else:
        given = {"post": "yes", "reden": REASON}
        client.post(reverse("admin:registry_initiative_delete", args=[page.pk]), given)
    assert not Initiative.objects.filter(pk=page.pk).exists()
    assert kinds_to("anna@voorbeeld.nl")[-1] == "pagina-verwijderd"
    assert "verwijderd" in last_to("keuken@voorbeeld.nl", "kennismaken-vervalt")
    assert "De pagina is verwijderd" in last_to("voorsteller@voorbeeld.nl", "voorstel-besloten")
    assert REASON in last_to("eis@voorbeeld.nl", "overnemen-niet")
    assert REASON in last_to("melder@voorbeeld.nl", "melding-behandeld")
    assert Client().get(link).status_code == 410
    assert LogEntry.objects.filter(action_flag=DELETION).count() == 1


def test_each_act_on_what_was_just_deleted_is_refused_in_words(garden):
    page, anna = garden
    waiting = propose(page, {"costs": "gratis"}, by=anna)
    asked = introductions.ask(page, page_of_residents("Keuken", "keuken", slug="keuken")[0])
    Initiative.objects.get(pk=page.pk).delete()
    acts = [
        lambda: reminders.confirm(page, by=anna),
        lambda: reminders.stop(page, lessons="", by=anna),
        lambda: reminders.restart(page, by=anna),
        lambda: ownership.invite(page, "vriend@voorbeeld.nl", by=anna),
        lambda: ownership.hand_over(page, "vriend@voorbeeld.nl"),
        lambda: ownership.leave(page, anna),
        lambda: ownership.withdraw(page, by=anna),
        lambda: propose(page, {"costs": "gratis"}, by=anna),
        lambda: decide_proposal(waiting, ["costs"], by=anna),
        lambda: introductions.answer(asked, page, by=anna, yes=True),
        lambda: deletion.delete(page, by=anna, reason=REASON),
    ]
    for act in acts:
        with pytest.raises(Gone) as refused:
            act()
        assert isinstance(refused.value, Refused)
        assert "net verwijderd" in str(refused.value)


def gone_while_waiting(monkeypatch, where, name, gone):
    """What another does while this act waits for the page."""
    real = getattr(where, name)

    def after(*given):
        gone()
        return real(*given)

    monkeypatch.setattr(where, name, after)


@pytest.mark.parametrize("what", ["kennismaken", "bericht", "klopt"])
def test_a_mailed_link_says_so_when_the_page_goes_at_that_moment(garden, monkeypatch, what):
    page, _anna = garden
    if what == "kennismaken":
        introductions.ask(page_of_residents("Keuken", "keuken", slug="keuken")[0], page)
        link = link_to("anna@voorbeeld.nl", "kennismaken-vraag")
    elif what == "bericht":
        written = page.contact_messages.create(sender_name="Jan", sender_email="jan@voorbeeld.nl", text="Dag")
        contact_messages.ask(written)
        link = link_to("jan@voorbeeld.nl")
    else:
        reminders._ask_owner(page.ownerships.get(), *2 * [timezone.localdate()])
        link = link_to("anna@voorbeeld.nl")
    away = Initiative.objects.filter(pk=page.pk)
    gone_while_waiting(monkeypatch, proof_views, "lock_sides", lambda: away.update(status="ingetrokken"))
    assert Client().post(link, {"antwoord": "ja"}).status_code == 410


def test_an_owner_reads_that_it_was_deleted_and_keeps_what_was_typed(garden, monkeypatch):
    page, anna = garden
    client = as_(anna)
    away = Initiative.objects.filter(pk=page.pk)
    gone_while_waiting(monkeypatch, owner_views, "lock", lambda: away.delete())
    shown = client.post(reverse("registry:my-edit", args=[page.slug]), {"summary": "Wat ik typte"})
    assert "net verwijderd" in shown.text
    assert "Wat ik typte" in shown.text
    assert client.post(own_page(page), {"doe": "gestopt"}).status_code == 404


def test_two_delete_the_same(garden, boss, monkeypatch):
    page, _anna = garden
    _user, client = boss
    url = reverse("admin:registry_initiative_delete", args=[page.pk])
    away = Initiative.objects.filter(pk=page.pk)
    gone_while_waiting(monkeypatch, deletion, "lock", lambda: away.delete())
    assert "net verwijderd" in client.post(url, {"post": "yes", "reden": REASON}, follow=True).text
    assert not LogEntry.objects.filter(action_flag=DELETION).exists()


def test_a_claim_is_handed_over_while_the_page_goes(garden, monkeypatch):
    page, _anna = garden
    notice = page.notices.create(
        kind=Notice.Kind.CLAIM, email="eis@voorbeeld.nl", text="x", page=page.get_absolute_url()
    )
    _editor, client = staff()
    url = reverse("admin:registry_notice_change", args=[notice.pk])
    away = Initiative.objects.filter(pk=page.pk)
    gone_while_waiting(monkeypatch, proposal_admin, "lock", lambda: away.delete())
    assert "net verwijderd" in client.post(url, {"doe": "overdragen"}, follow=True).text
