"""What the people of a story do: open mailed links, press buttons, read letters and pages."""

import re

from django.test import Client
from django.urls import reverse
from post_office.models import Email

from registry.models import Initiative, Role
from tests import factories
from tests.mail import words

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def page_of_residents(name="Buurttuin", *owners, slug="buurttuin", **fields):
    """A public page that residents run, and who keeps it."""
    made = factories.initiative(
        name, slug=slug, municipality=factories.municipality(), **{"run_by": "inwoners"} | fields
    )
    return made, *(factories.owner(made, f"{owner}@voorbeeld.nl") for owner in owners)


def as_(user):
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def staff(role=Role.EDITOR, email=None):
    user = factories.person(email, role=role, municipality=factories.municipality())
    return user, as_(user)


def own_page(initiative):
    return reverse("registry:my-initiative", args=[initiative.slug])


def owners_page(initiative):
    return reverse("admin:registry_initiative_owners", args=[initiative.pk])


def press(client, initiative, **given):
    """A button on the page of the owners; the page after it."""
    return client.post(own_page(initiative), given, follow=True).text


def letters_to(email, kind=None):
    found = Email.objects.filter(to=email).order_by("pk")
    return [one for one in found if kind in (None, one.delivery.kind)]


def last_to(email, kind=None):
    """The words of the letter that came last."""
    return words(letters_to(email, kind)[-1])


def link_to(email, kind=None):
    """The mailed link that came last."""
    return re.search(r"(/bevestigen/[\w-]+/)", letters_to(email, kind)[-1].message)[1]


def kinds_to(email):
    return [one.delivery.kind for one in letters_to(email)]


def now(initiative):
    return Initiative.objects.get(pk=initiative.pk)


def keepers(initiative):
    return set(initiative.ownerships.values_list("user__email", flat=True))


def forget_letters():
    Email.objects.all().delete()
