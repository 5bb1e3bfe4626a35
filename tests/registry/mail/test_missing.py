"""Letters that somebody waits for, each by the act that sends it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from registry.community import introductions
from registry.lifecycle.merge import merge
from registry.models import (
    Initiative,
    Introduction,
    Notice,
    Ownership,
    PartnerKey,
    Role,
    User,
    WebhookSubscription,
)
from registry.ownership import leave, make_owner
from registry.partners import api_keys, webhooks
from registry.personal_data import forget
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.once]
READER = "lezer@voorbeeld.nl"


def words(letter):
    return " ".join(letter.message.split())


def told():
    return {letter.to[0]: words(letter) for letter in Email.objects.order_by("pk")}


@pytest.fixture
def staff(client):
    client.force_login(factories.person(role=Role.MANAGER))
    return client


def handle(client, notice, **given):
    return client.post(reverse("admin:registry_notice_change", args=[notice.pk]), given)


def test_a_claim_that_is_refused_says_why(staff):
    entry = factories.initiative("Tuin")
    notice = Notice.objects.create(
        kind="overnemen", page="/", text="Van mij!", email=READER, initiative=entry
    )
    handle(staff, notice, doe="klaar", uitkomst="Wij kennen u nog niet.", mail="on")
    assert "de pagina van Tuin" in told()[READER]
    assert "Wij kennen u nog niet." in told()[READER]
    assert "Van mij!" not in told()[READER]


@pytest.mark.parametrize("kind", ["melding", "verbetering"])
@pytest.mark.parametrize(("email", "ticked", "count"), [(READER, "on", 1), (READER, None, 0), ("", "on", 0)])
def test_who_reported_something_reads_what_was_done_unless_staff_untick_it(staff, kind, email, ticked, count):
    notice = Notice.objects.create(kind=kind, page="/win-geld/", text="Win geld", email=email)
    page = reverse("admin:registry_notice_change", args=[notice.pk])
    assert (f"Mail dit aan {email}" in staff.get(page).text) == bool(email)
    given = {"doe": "klaar", "uitkomst": "De link werkt weer."} | ({"mail": ticked} if ticked else {})
    handle(staff, notice, **given)
    assert len(told()) == count
    assert all("De link werkt weer." in text and "in geld" not in text for text in told().values())
    handle(staff, notice, **given)
    assert Email.objects.count() == count


# Introductions


@pytest.fixture
def waiting():
    """One of the first said yes."""
    first, second = factories.initiative("Eerste"), factories.initiative("Tweede")
    people = [
        factories.owner(first),
        factories.owner(first),
        factories.owner(second),
        factories.owner(second),
    ]
    introduction = introductions.ask(first, second, yes_from=first, by=people[0])
    Email.objects.all().delete()
    return introduction, people


@pytest.mark.parametrize("who", [1, 2])
def test_who_said_yes_hears_of_a_no_and_not_whose(waiting, who):
    introduction, people = waiting
    side = introduction.sides[who > 1]
    introductions.answer(introduction, side, by=people[who], yes=False)
    assert set(told()) == {people[0].email}
    assert all(person.email not in told()[people[0].email] for person in people)


def test_silence_ends_it_and_who_said_yes_hears_that_once(waiting, settings):
    introduction, people = waiting
    assert introductions.expire() == 0
    Introduction.objects.update(
        asked_at=timezone.now() - timedelta(days=settings.PROOF_DAYS["kennismaken"] + 1)
    )
    assert [introductions.expire(), introductions.expire()] == [1, 0]
    assert set(told()) == {people[0].email}
    assert not introductions.answer(introduction, introduction.second, by=people[2], yes=True)
    assert Email.objects.count() == 1


# Owners


@pytest.fixture
def entry():
    made = factories.initiative("Tuin")
    for name in ("een", "twee"):
        factories.owner(made, f"{name}@voorbeeld.nl")
    return made


BOTH = {"een@voorbeeld.nl", "twee@voorbeeld.nl"}


def test_who_keeps_a_page_hears_who_joins_once(entry):
    make_owner(entry, READER)
    make_owner(entry, READER)
    assert set(told()) == BOTH
    assert Email.objects.count() == 2
    assert all(READER in text for text in told().values())


@pytest.mark.parametrize("by", ["an owner", "staff", "themselves"])
def test_who_keeps_a_page_hears_who_goes(entry, by):
    user = make_owner(entry, READER)
    Email.objects.all().delete()
    acts = {"an owner": Ownership.objects.first().user, "staff": factories.person(role=Role.EDITOR)}
    leave(entry, user, by=acts.get(by, user), reason="Klaar.")
    others = BOTH - ({"een@voorbeeld.nl"} if by == "an owner" else set())
    assert set(told()) == others | (set() if by == "themselves" else {READER})
    assert all(READER in told()[other] for other in others)


def test_who_keeps_a_page_hears_that_somebody_deleted_their_account(entry):
    user = make_owner(entry, READER)
    Email.objects.all().delete()
    forget(user)
    assert set(told()) == BOTH
    assert all(READER not in text for text in told().values())


def test_the_owners_of_both_hear_of_a_merge(entry):
    old = factories.initiative("Oude tuin")
    factories.owner(old, READER)
    merge(old, entry, by=None, reason="Het is één tuin.")
    assert set(told()) == BOTH | {READER}
    for word in ("‘Oude tuin’", f"/mijn/{entry.slug}/", "Het is één tuin."):
        assert all(word in text for text in told().values())


# Partners


def issue(days, **fields):
    key, _token = api_keys.issue(
        name="Sociale kaart", email=READER, expires_on=timezone.localdate() + timedelta(days=days), by=None
    )
    return key


def subjects():
    return list(Email.objects.order_by("pk").values_list("subject", flat=True))


SOON, ENDED = "Samen Buurten: uw sleutel verloopt binnenkort", "Samen Buurten: uw sleutel is verlopen"


def test_a_partner_hears_of_the_end_30_and_7_days_before_and_when_it_came():
    issue(40)
    days = []
    for day in range(60):
        if api_keys.tell_ends(timezone.localdate() + timedelta(days=day)):
            days.append(40 - day)
    assert (days, subjects()) == ([30, 7, -1], [SOON, SOON, ENDED])


@pytest.mark.parametrize(("runs", "expected"), [([36], [SOON]), ([50], [ENDED]), ([11, 45], [SOON, ENDED])])
def test_when_the_work_did_not_run_the_last_that_came_is_told_once(runs, expected):
    issue(40)
    for day in runs:
        api_keys.tell_ends(timezone.localdate() + timedelta(days=day))
    assert subjects() == expected


def test_who_makes_a_key_for_a_week_is_not_told_at_once():
    issue(7)
    assert api_keys.tell_ends() == 0
    assert api_keys.tell_ends(timezone.localdate() + timedelta(days=8)) == 1


def test_a_key_that_staff_renew_or_revoke(staff):
    key = issue(5)
    until = timezone.localdate() + timedelta(days=200)
    staff.post(reverse("admin:registry_partnerkey_renew", args=[key.pk]), {"expires_on": until})
    for _time in range(2):
        staff.post(reverse("admin:registry_partnerkey_revoke", args=[key.pk]))
    assert subjects() == [
        "Samen Buurten: uw sleutel is vernieuwd",
        "Samen Buurten: uw sleutel is ingetrokken",
    ]
    assert "sb_" not in " ".join(told().values())
    assert api_keys.tell_ends(until + timedelta(days=1)) == 0
    assert PartnerKey.objects.get().told_days is None


def test_a_webhook_that_staff_turn_off(staff):
    subscription = WebhookSubscription(key=issue(99), url="https://partner.example/haak")
    webhooks.start(subscription)
    subscription.save()
    page = reverse("admin:registry_webhooksubscription_change", args=[subscription.pk])
    form = staff.get(page).context["adminform"].form
    given = {name: value for name, value in form.initial.items() if value not in (None, False)}
    given = {**given, **{f: form[f].value() for f in form.fields if form[f].value() not in (None, False)}}
    given.pop("is_active")
    assert staff.post(page, given).status_code == 302
    assert "Een medewerker heeft de webhook uitgezet." in told()[READER]
    assert staff.post(page, given).status_code == 302
    assert Email.objects.count() == 1


# Pages


def test_the_others_hear_that_an_owner_took_the_page_off_the_site(entry, client):
    one = Ownership.objects.get(user__email="een@voorbeeld.nl").user
    factories.owner(entry, "uit@voorbeeld.nl")
    User.objects.filter(email="uit@voorbeeld.nl").update(is_active=False)
    client.force_login(one)
    page = reverse("registry:my-initiative", args=[entry.slug])
    client.post(page, {"doe": "trek-in", "reden": "Ruzie.\n→ https://evil.example/x"})
    assert set(told()) == {"twee@voorbeeld.nl"}
    [letter] = Email.objects.all()
    assert "> Ruzie.\n> → evil[.]example/x" in letter.message
    assert f"/mijn/{entry.slug}/" in letter.message


def test_who_cannot_log_in_gets_no_letter_of_the_page(entry):
    User.objects.filter(email="een@voorbeeld.nl").update(is_active=False)
    assert entry.mailboxes == ["twee@voorbeeld.nl"]
    User.objects.filter(email="twee@voorbeeld.nl").update(is_active=False)
    Initiative.objects.update(contact_email=READER)
    entry.refresh_from_db()
    assert entry.mailboxes == [READER]
