"""Mail leaves through a real SMTP server, also one that fails now and then."""

from collections import Counter
from email import message_from_bytes
from importlib import import_module

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from post_office.models import STATUS, Email, EmailTemplate, Log

from registry.mail import delivery, letters
from registry.mail.wording import rules, texts
from registry.mail.wording.kinds import KINDS, SECRET
from registry.models import Delivery
from registry.personal_data import retention
from samenbuurten.mail import is_allowed
from tests.mail import MailServer, deliver

pytestmark = pytest.mark.django_db


def test_a_letter_arrives_as_text_and_html(serve):
    server = serve(MailServer())
    letters.send(
        "bericht-aan-initiatief",
        "aan@voorbeeld.nl",
        reply_to="van@voorbeeld.nl",
        initiatief="Café <Ons>",
        naam="Jan",
        bericht="Dag & hallo",
        adres="http://x/",
    )
    deliver()
    [(to, content)] = server.taken
    assert to == ("aan@voorbeeld.nl",)
    message = message_from_bytes(content)
    assert message["Reply-To"] == "van@voorbeeld.nl"
    text, html = (part.get_payload(decode=True).decode() for part in message.get_payload())
    assert "Dag & hallo" in text
    assert "Dag &amp; hallo" in html
    assert "Café &lt;Ons&gt;" in html


def test_a_server_that_fails_now_and_then_loses_nothing_and_doubles_nothing(serve):
    server = serve(MailServer(refuse=lambda number: number % 3 == 0))
    for number in range(40):
        letters.post(letters.Letter(f"Brief {number}", "Dag"), f"lezer{number}@voorbeeld.nl")
    deliver(rounds=6)
    assert Counter(to for to, _content in server.taken) == {
        (f"lezer{number}@voorbeeld.nl",): 1 for number in range(40)
    }
    assert set(Email.objects.values_list("status", flat=True)) == {STATUS.sent}
    assert server.seen > 40


def test_a_site_that_is_not_the_real_one_writes_to_the_list_only(serve, settings):
    server = serve(MailServer())
    settings.MAIL_TO_EVERYONE = False
    settings.MAIL_ALLOW_LIST = ["@flevoland.example", "tester@voorbeeld.nl"]
    for address in ("iemand@voorbeeld.nl", "tester@voorbeeld.nl", "wie@flevoland.example"):
        letters.post(letters.Letter("Proef", "Dag"), address)
    deliver(rounds=2)
    assert sorted(to for to, _content in server.taken) == [
        ("tester@voorbeeld.nl",),
        ("wie@flevoland.example",),
    ]
    for lookalike in (
        "tester@voorbeeld.nl.evil.example",
        "wie@flevoland.example.evil.example",
        "wie@flevoland.example@evil.example",
        "wie@niet-flevoland.example",
        "ook-tester@voorbeeld.nl",
    ):
        assert not is_allowed(lookalike), lookalike
    assert is_allowed("Wie <WIE@flevoland.example>")


def test_what_a_visitor_types_is_never_run_as_a_template():
    letter = letters.write(
        "bericht-aan-initiatief", naam="{{ site }}", bericht="{% load x %}", initiatief="I"
    )
    assert "‘{{ site }}’, schrijft u" in letter.text
    assert "{% load x %}" in letters.post(letter, "aan@voorbeeld.nl").message


def test_texts_of_staff_stay_when_the_site_is_updated():
    EmailTemplate.objects.filter(name="uitnodiging").update(subject="Van ons")
    texts.install()
    assert letters.write("uitnodiging").subject == "Van ons"


FIRST = sorted(texts.first_texts())


@pytest.mark.once  # the words are judged after they were read
@pytest.mark.parametrize("name", FIRST)
def test_every_first_text_can_be_filled_in(name):
    subject, text, _occasion = texts.first_texts()[name]
    assert rules.subject_mistakes(name, subject) + rules.text_mistakes(name, text) == []
    letter = letters.write(name, **letters.examples(name))
    assert letter == letters.sample(name, subject, text)
    assert "{" not in letter.subject + letter.text
    assert letters.write(name).text


def test_every_letter_has_a_first_text_and_its_blanks():
    assert set(KINDS) == set(FIRST)


COMMANDS = [
    "{% load survey %}{% known_shares as s %}{{ s.round.pk }}", "{% if reden %}x{% endif %}", "{% debug %}",
    "{{ site.x }}", "{{ site|upper }}", "{{ onbekend }}", "{{ site", "site }}", "{% if", "{# x #}", "{{}}", "{{ 1 }}",
    "{{ site.__class__ }}", "{{ request }}", "{{ settings.SECRET_KEY }}", "{{{ site }}}", "{{ {{ site }} }}",
    "{%%}", "{{\nsite }}", "%} x", "{{ site }}}",
]  # fmt: skip


@pytest.mark.once  # the words are judged after they were read
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("part", ["subject", "content"])
def test_a_text_with_anything_else_is_not_filled_in_but_the_first_one_is(command, part, caplog):
    EmailTemplate.objects.filter(name="uitnodiging").update(**{part: f"Dag {command}"})
    assert rules.text_mistakes("uitnodiging", f"Dag {command}")
    letter = letters.write("uitnodiging", initiatief="Tuin", wie="Jan", adres="http://x/")
    assert letter.subject == "Help mee met de pagina van Tuin"
    assert "Jan vraagt of u wilt meehelpen" in letter.text
    assert [record.getMessage() for record in caplog.records] == [
        "Letter uitnodiging cannot go as it stands; its first text is sent instead."
    ]


def test_a_mistake_is_named_with_what_is_allowed():
    assert rules.text_mistakes("klopt-het-nog", "Dag {{ naam }} en {{ adres }} {{ stop }}") == [
        "‘{{ naam }}’ kan hier niet. U kunt gebruiken: {{ initiatief }} {{ wanneer }} {{ adres }} {{ stop }} {{ tot }} {{ site }} "
        "{{ organisatie }} {{ contact }}."
    ]


@pytest.mark.once  # the words are judged after they were read
@pytest.mark.parametrize("value", [*COMMANDS, "{{ code }}", "{{ adres }}", "%(x)s", "{0}", "$site", "\\1"])
def test_a_value_is_text_and_is_not_filled_in_again(value):
    letter = letters.write("klopt-het-nog", initiatief=value, adres="http://x/GEHEIM")
    assert letter.subject == f"Klopt de pagina van {' '.join(value.split())} nog?"
    assert letter.text.count("GEHEIM") == 1
    assert f"{value} staat op Samen Buurten" in letter.text


def test_a_subject_has_one_line_whatever_is_filled_in():
    letter = letters.write("klopt-het-nog", initiatief="Tuin\r\nBcc: a@voorbeeld.nl\x0b\x85\u2028x")
    assert len(letter.subject.splitlines()) == 1
    made = letters.post(letters.Letter("Een\nBcc: b@voorbeeld.nl", "Dag"), "a@voorbeeld.nl")
    assert made.subject == "Een Bcc: b@voorbeeld.nl"


def test_an_empty_blank_on_a_line_of_its_own_leaves_no_hole():
    about = {"initiatief": "Tuin", "adres": "http://x/", "verder": "Klopt er iets niet?"}
    with_reason = letters.write("besluit-gepubliceerd", reden="Mooi.", **about)
    without = letters.write("besluit-gepubliceerd", reden="", **about)
    assert "http://x/\n\nMooi.\n\nKlopt er iets niet?" in with_reason.text
    assert "http://x/\n\nKlopt er iets niet?" in without.text


def test_post_office_runs_no_text_either(serve):
    server = serve(MailServer())
    words = "{% load survey %}{{ x.y }} {{ site }}"
    template = EmailTemplate.objects.create(name="los", subject="S", content=words, html_content=words)
    letter = letters.post(letters.Letter("S", "T"), "a@voorbeeld.nl")
    Email.objects.filter(pk=letter.pk).update(template=template, context={"site": "GEVULD"})
    deliver()
    assert words in server.last_letter("a@voorbeeld.nl")


@pytest.mark.once  # the words are judged after they were read
@pytest.mark.parametrize("name", FIRST)
def test_a_subject_holds_no_code_and_no_link(name):
    for secret in {blank.name for blank in KINDS[name].blanks} & SECRET:
        assert rules.subject_mistakes(name, f"Dag {{{{ {secret} }}}}")
        EmailTemplate.objects.filter(name=name).update(subject=f"Dag {{{{ {secret} }}}}")
        assert "GEHEIM" not in letters.write(name, **{secret: "GEHEIM"}).subject


def kept():
    """All that the database holds of letters."""
    rows = [*Email.objects.values(), *Log.objects.values(), *Delivery.objects.values()]
    return str(rows)


def send_secret(to="a@voorbeeld.nl"):
    return letters.send("uitnodiging", to, adres="http://x/GEHEIM", headers={"List-Unsubscribe": "<GEHEIM>"})


@pytest.mark.django_db(transaction=True)  # the work has threads
@pytest.mark.parametrize(
    "act", [letters.deliver, lambda: call_command("deliver_mail"), lambda: call_command("work", rounds=1)]
)
def test_the_words_of_a_letter_are_forgotten_once_it_is_delivered(act, serve, settings):
    settings.DAILY_WORK = []
    server = serve(MailServer())
    send_secret()
    assert "GEHEIM" in kept()
    act()
    assert "GEHEIM" in server.last_letter("a@voorbeeld.nl")
    assert "GEHEIM" not in kept()
    assert Email.objects.get().status == STATUS.sent


def test_a_letter_that_waits_for_another_try_keeps_its_words_and_one_given_up_does_not(serve, settings):
    serve(MailServer(refuse=lambda number: "GEHEIM"))
    send_secret()
    letters.deliver()
    assert (Email.objects.get().status, "http://x/GEHEIM" in kept()) == (STATUS.requeued, True)
    Email.objects.update(scheduled_time=None)
    Delivery.objects.update(tries=delivery.MOST_TRIES - 1)
    letters.deliver()
    assert Email.objects.get().status == STATUS.failed
    assert "GEHEIM" not in kept()


def test_a_letter_that_this_site_may_not_send_is_forgotten_too(serve, settings):
    serve(MailServer())
    settings.MAIL_TO_EVERYONE, settings.MAIL_ALLOW_LIST = False, []
    send_secret()
    letters.deliver()
    assert "GEHEIM" not in kept()


def test_what_another_process_delivered_is_forgotten_by_the_daily_work(serve):
    serve(MailServer())
    send_secret()
    deliver()
    assert "GEHEIM" in kept()
    retention.apply(dry_run=True)
    assert "GEHEIM" in kept()
    retention.apply()
    assert "GEHEIM" not in kept()


class TestMigration:
    """The texts of before: as the site came with them, as staff changed them, and beyond what we know."""

    turn = staticmethod(import_module("registry.migrations.0008_letters_with_blanks").turn)

    def turned(self, name, subject, content):
        EmailTemplate.objects.filter(name=name).update(subject=subject, content=content)
        self.turn(apps, connection.schema_editor())
        return EmailTemplate.objects.get(name=name)

    @pytest.mark.parametrize(
        ("name", "old", "new"),
        [
            (
                "besluit-gepubliceerd",
                "Op de site.\n{{ adres }}\n{% if reden %}\n{{ reden }}\n{% endif %}\nGroet",
                "Op de site.\n{{ adres }}\n\n{{ reden }}\n\nGroet",
            ),
            (
                "voorstel-besloten",
                "Voorgesteld.\n{% if overgenomen %}Overgenomen: {{ overgenomen }}.\n{% endif %}{% if niet_overgenomen %}"
                "Niet overgenomen: {{ niet_overgenomen }}.\n{% endif %}{% if reden %}\n{{ reden }}\n{% endif %}\nZie {{adres}}",
                "Voorgesteld.\n\n{{ uitkomst }}\n\n{{ reden }}\n\nZie {{adres}}",
            ),
            (
                "nieuw-voor-u",
                "Nieuw:\n{% for rij in rijen %}\n{{ rij.naam }}\n{{ rij.adres }}\n{% endfor %}\nStop: {{ stop }}",
                "Nieuw:\n\n{{ rijen }}\n\nStop: {{ stop }}",
            ),
            (
                "wat-er-wacht",
                "Dit wacht:\n{% for regel in regels %}\n- {{ regel }}{% endfor %}\n\n{{ adres }}",
                "Dit wacht:\n\n{{ regels }}\n\n{{ adres }}",
            ),
        ],
    )
    def test_known_commands_become_blanks(self, name, old, new):
        found = self.turned(name, "Van ons", old)
        assert (found.subject, found.content, found.html_content) == ("Van ons", new, "")
        # What a letter needs since then is asked by a later one.
        needed = {"besluit-gepubliceerd": "{{ verder }}", "wat-er-wacht": "{{ stop }}"}.get(name, "")
        assert rules.text_mistakes(name, f"{found.content}\n{needed}") == []

    def test_the_subject_that_counted(self):
        old = "{{ aantal }} wacht{% if aantal != 1 %}en{% endif %} op u"
        assert self.turned("wat-er-wacht", old, "Dag").subject == "{{ wacht }} op u"

    def test_a_text_beyond_what_we_know_is_kept_to_read(self):
        found = self.turned("uitnodiging", "Kom", "Dag {% now 'Y' %}, van ons allen")
        first = texts.first_texts()["uitnodiging"]
        assert (found.subject, found.content) == first[:2]
        assert found.html_content == "Kom\n\nDag {% now 'Y' %}, van ons allen"

    def test_a_text_of_words_and_blanks_stays(self):
        found = self.turned("uitnodiging", "Kom", "Dag, {{ wie }} vraagt u: {{ adres }}")
        assert (found.content, found.html_content) == ("Dag, {{ wie }} vraagt u: {{ adres }}", "")


# What cannot do its work


def lacking(kind, group):
    """A text with all the blanks of a letter but these."""
    return "Dag\n" + "\n".join(blank.written for blank in kind.all_blanks if blank not in group)


NEEDED = [(name, group) for name, kind in KINDS.items() for group in kind.needed]


@pytest.mark.once  # the words are judged after they were read
@pytest.mark.parametrize(("name", "group"), NEEDED)
def test_a_letter_without_what_it_is_for_is_not_used(name, group, caplog):
    text = lacking(KINDS[name], group)
    [mistake] = rules.text_mistakes(name, text)
    assert all(blank.written in mistake and str(blank.what) in mistake for blank in group)
    for one in group:
        assert rules.text_mistakes(name, f"{text} {one.written}") == []
    EmailTemplate.objects.filter(name=name).update(content=text)
    letter = letters.write(name, **letters.examples(name))
    shown = letters.examples(name)
    assert any(shown[one.name].splitlines()[0] in letter.text for one in group)
    assert letter == letters.sample(name, *texts.first_texts()[name][:2])
    assert len(caplog.records) == 1


def test_each_letter_needs_something():
    """A new letter says what it is for."""
    # Who asks for a code with an address that is not known, or reports something, gets words and no more.
    assert [name for name, kind in KINDS.items() if not kind.needed] == [
        "inloggen-onbekend",
        "melding-ontvangen",
    ]
    assert [name for name, kind in KINDS.items() if {"code", "stop", "rijen"} & {b.name for b in kind.blanks}
            - {blank.name for group in kind.needed for blank in group}] == []  # fmt: skip


ODD_SUBJECTS = [
    "",
    "   ",
    "\n",
    "Een\nBcc: x@y",
    "Een\rTwee",
    "Een\u2028Twee",
    "Een\x0bTwee",
    "Een\tTwee",
    "x" * 201,
]


@pytest.mark.parametrize("subject", ODD_SUBJECTS, ids=range(len(ODD_SUBJECTS)))
@pytest.mark.parametrize("name", ["uitnodiging", "klopt-het-nog"])
def test_a_subject_is_one_line_that_says_something(name, subject, caplog):
    assert rules.subject_mistakes(name, subject)
    EmailTemplate.objects.filter(name=name).update(subject=subject)
    assert letters.write(name, initiatief="Tuin").subject.endswith((" Tuin", " Tuin nog?"))
    assert len(caplog.records) == 1


def test_a_subject_of_blanks_that_are_empty_is_not_sent():
    EmailTemplate.objects.filter(name="besluit-gepubliceerd").update(subject="{{ reden }}")
    assert letters.write("besluit-gepubliceerd", initiatief="Tuin").subject == "Tuin staat op Samen Buurten"


@pytest.mark.parametrize("text", ["", " \n ", "{{ adres }}" + "x" * 10_000])
def test_a_text_says_something_and_not_a_book(text):
    assert rules.text_mistakes("uitnodiging", text)
    assert rules.text_mistakes("uitnodiging", "{{ adres }}\r\n" + "x\r\n" * 4_990) == []
