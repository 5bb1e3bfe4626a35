from django.conf import settings
from django.core.management.base import BaseCommand

from registry.mail import return_box


class Command(BaseCommand):
    help = "Leest de teruggekomen e-mails uit de mailbox van BOUNCE_IMAP_URL."

    def handle(self, *args, **options):
        # Also once a day, with the daily work: a mailbox that cannot be read then stands on the worklist.
        if settings.BOUNCE_IMAP_URL:
            self.stdout.write(f"Teruggekomen: {return_box.read()}")
        else:
            self.stdout.write("BOUNCE_IMAP_URL is leeg: er is geen mailbox om te lezen.")
