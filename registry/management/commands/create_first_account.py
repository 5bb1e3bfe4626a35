import secrets

from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand
from django.db import transaction

from registry.models import Role, User

EMAIL = "beheer@samenbuurten.example"


class Command(BaseCommand):
    help = "Maakt de eerste beheerder aan en toont eenmalig het wachtwoord. Doet niets als er al een is."

    @transaction.atomic
    def handle(self, *args, **options):
        if User.objects.filter(is_staff=True).exists():
            return
        password = secrets.token_urlsafe(15)
        user = User.objects.create_user(EMAIL, password, name="Eerste beheerder", is_staff=True)
        user.groups.add(Group.objects.get(name=Role.MANAGER.value))
        self.stdout.write(
            f"Eerste beheerder aangemaakt. E-mailadres: {EMAIL}  Wachtwoord: {password}\n"
            "Dit wachtwoord ziet u maar één keer. Bewaar het, of wijzig het na het inloggen."
        )
