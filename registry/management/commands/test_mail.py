import secrets
import smtplib
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.core.management.base import BaseCommand, CommandError

from registry.mail import delivery, letters

TOKEN = secrets.token_hex(10)  # of no letter in the queue: what comes back counts for nothing
USED = ("size", "8bitmime", "smtputf8", "starttls", "pipelining", "dsn")


class Command(BaseCommand):
    help = "Stuurt nu één proefbrief, buiten de rij om, en zegt wat de mailserver deed en welke DNS-records erbij horen."

    def add_arguments(self, parser):
        parser.add_argument("address", help="Een mailbox die u zelf leest, liefst bij een andere aanbieder.")

    def handle(self, *args, address, **options):
        sender, envelope = delivery.sender()[1], delivery.envelope(TOKEN)
        self.say("Van", f"{delivery.sender()[0]} <{sender}>")
        self.say("Retouradres", envelope)
        letter = letters.Letter("Proefbrief van Samen Buurten", f"Dit is een proef van {settings.SITE_URL}.")
        message = delivery.written(
            subject=letter.subject, text=letter.text, html=letter.html, to=[address], token=TOKEN
        )
        message.from_email = envelope
        line = get_connection(settings.POST_OFFICE["BACKENDS"]["default"])
        try:
            line.open()
            self.tell_server(getattr(line, "transport", line))
            line.send_messages([message])
        except delivery.HeldBack:
            raise CommandError("Tegengehouden: deze site mailt niet iedereen (MAIL_TO_EVERYONE).") from None
        except smtplib.SMTPRecipientsRefused as error:
            raise CommandError(_refused(*next(iter(error.recipients.values())))) from None
        except smtplib.SMTPResponseException as error:
            raise CommandError(_refused(error.smtp_code, error.smtp_error)) from None
        except OSError as error:
            raise CommandError(
                f"De mailserver is niet te gebruiken: {type(error).__name__}: {error}"
            ) from None
        finally:
            delivery.hang_up(line)
        self.say("Uitkomst", "aangenomen; kijk in de mailbox, ook bij de ongewenste e-mail")
        self.tell_records(sender.rpartition("@")[2], envelope.rpartition("@")[2])

    def say(self, what, text):
        self.stdout.write(f"{what + ':':<14}{text}")

    def tell_server(self, transport):
        self.say("Verstuurt met", settings.MAIL_TRANSPORT)
        server = getattr(transport, "connection", None)
        if not isinstance(server, smtplib.SMTP):
            self.say("Let op", "dit is geen mailserver: de brief gaat nergens heen")
            return
        server.ehlo_or_helo_if_needed()
        version = getattr(server.sock, "version", lambda: None)()
        self.say("Mailserver", f"{transport.host}:{transport.port}")
        self.say("EHLO", server.local_hostname)
        self.say("TLS", version or "nee: alles gaat leesbaar over de lijn")
        self.say("Ingelogd", "ja" if transport.username else "nee")
        self.say("Kan", ", ".join(name for name in USED if server.has_extn(name)) or "niets bijzonders")

    def tell_records(self, domain, returned):
        """Names and what must be in them; what this program cannot know is said to be asked."""
        host = urlsplit(settings.SITE_URL).hostname
        contact = parseaddr(settings.CONTACT_EMAIL)[1] or f"postmaster@{domain}"
        self.stdout.write(
            "\nKijk deze DNS-records na (docs/e-mail.md legt ze uit). Dit programma zoekt ze niet op."
        )
        for name, what in [
            (f"TXT {returned}", "begint met v=spf1, noemt de server die uw e-mail aflevert, en eindigt op -all of ~all"),
            (f"TXT <selector>._domainkey.{domain}", "DKIM: de selector (s=) staat in de kop DKIM-Signature van de proefbrief"),
            (f"TXT _dmarc.{domain}", f"bijvoorbeeld v=DMARC1; p=none; rua=mailto:{contact} en later p=quarantine of p=reject"),
            (f"MX {returned}", "wijst naar een server die het retouradres aanneemt"),
            (f"TXT _smtp._tls.{returned}", f"v=TLSRPTv1; rua=mailto:{contact}"),
            (f"TXT _mta-sts.{returned}", f"v=STSv1; id=<datum>; en https://mta-sts.{returned}/.well-known/mta-sts.txt"),
            ("PTR", f"het IP-adres dat aflevert heeft een naam, en die naam wijst terug; EHLO van de site is {host}"),
        ]:  # fmt: skip
            self.stdout.write(f"- {name}\n    {what}")
        self.stdout.write(
            "In de kop Authentication-Results van de proefbrief staat of spf, dkim en dmarc ‘pass’ zijn."
        )


def _refused(code, said):
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"Geweigerd: {code} {words}"
