"""What an operator is told before a site is put on the internet."""

import pytest
from django.core.checks import run_checks

RIGHT = {
    "PLAIN_HTTP": False,
    "DEBUG": False,
    "SITE_URL": "https://buurten.flevoland.example",
    "MAIL_TO_EVERYONE": True,
    "DEFAULT_FROM_EMAIL": "noreply@flevoland.example",
    "CONTACT_EMAIL": "wij@flevoland.example",
    "BOUNCE_ADDRESS": "terug@buurten.flevoland.example",
    "MAIL_TRANSPORT": "django.core.mail.backends.smtp.EmailBackend",
    "SECURITY_CONTACT": "mailto:wij@flevoland.example",
    "STAFF_MFA_REQUIRED": True,
}
WRONG = [
    ("MAIL_TO_EVERYONE", False, "samenbuurten.W003"),
    ("DEFAULT_FROM_EMAIL", "noreply@localhost", "samenbuurten.W004"),
    ("DEFAULT_FROM_EMAIL", "noreply@elders.example", "samenbuurten.W004"),
    ("DEFAULT_FROM_EMAIL", "", "samenbuurten.W004"),
    ("CONTACT_EMAIL", "", "samenbuurten.W005"),
    ("BOUNCE_ADDRESS", "", "samenbuurten.W006"),
    ("MAIL_TRANSPORT", "django.core.mail.backends.console.EmailBackend", "samenbuurten.W001"),
    ("STAFF_MFA_REQUIRED", False, "samenbuurten.W002"),
]


def told(settings, **changes):
    for name, value in (RIGHT | changes).items():
        setattr(settings, name, value)
    found = run_checks(include_deployment_checks=True)
    return {one.id for one in found if one.id.startswith("samenbuurten.")}


def test_a_site_that_is_set_up_right_is_told_nothing(settings):
    assert told(settings) == set()


@pytest.mark.parametrize(("name", "value", "warning"), WRONG)
def test_each_thing_that_lacks_is_told_by_itself(settings, name, value, warning):
    assert told(settings, **{name: value}) == {warning}


def test_a_site_on_this_machine_need_not_mail(settings):
    assert (
        told(settings, PLAIN_HTTP=True, MAIL_TO_EVERYONE=False, CONTACT_EMAIL="", BOUNCE_ADDRESS="") == set()
    )
