from django.core.management.base import BaseCommand

from registry.mail import letters


class Command(BaseCommand):
    help = "Verstuurt de e-mail die in de rij staat en wist daarna de tekst ervan. Vaker draaien verstuurt niets twee keer."

    def handle(self, *args, **options):
        letters.deliver()
