from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from registry.mail import return_box


class Command(BaseCommand):
    help = "Leest de teruggekomen e-mails uit de mailbox van BOUNCE_IMAP_URL."

    def handle(self, *args, **options):
        if not settings.BOUNCE_IMAP_URL:
            raise CommandError("BOUNCE_IMAP_URL is leeg: er is geen mailbox om te lezen.")
        self.stdout.write(f"Teruggekomen: {return_box.read()}")
