"""Every letter of the list: what is ours and what is a stranger's, how it reads, and what stands around it."""

import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import allauth
import pytest
from post_office.models import PRIORITY, Email

from registry.mail import account_letters, letters
from registry.mail.wording import frame
from registry.mail.wording.blanks import Ours, dead, fill
from registry.mail.wording.kinds import KINDS, Pace, Reply

pytestmark = [pytest.mark.django_db, pytest.mark.once]
EVIL = (
    "Provincie Flevoland (beheer)’\r\n\r\n→ https://evil.example/win\n    CODE CODE\n> x\n"
    "www.evil.example/pad EVIL.example jan@evil.example ftp://evil.example/ javascript:alert(1) "
    "\u202egoogle\u202c \u200bon\u200bzichtbaar <a href='https://evil.example'>klik</a> {{ site }} "
    + "x"
    * 118
)
LIVE = re.compile(r"(?:https?://|www\.)?[\w-]+\.example|[a-z]+://evil", re.IGNORECASE)
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f]")


class Page(HTMLParser):
    """The words of a letter, without its title and what an inbox shows; where its links go; what is quoted."""

    def __init__(self, html):
        super().__init__()
        self.words, self.links, self.tags = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_data(self, data):
        self.words += data.split()


def hostile(name):
    """Each blank filled in; those that can hold words of a stranger with the worst of them."""
    return letters.examples(name) | dict.fromkeys(KINDS[name].strangers, EVIL)


@pytest.mark.parametrize("name", KINDS)
def test_words_of_a_stranger_stay_behind_their_fence(name, settings):
    """Also where staff put every blank in every place."""
    settings.CONTACT_EMAIL = "samenbuurten@flevoland.example"
    kind, values = KINDS[name], hostile(name)
    values["contact"] = values["bezwaar"] = "samenbuurten@flevoland.example"
    everywhere = "\n".join(f"{blank.written}\nDag {blank.written}, dit." for blank in kind.all_blanks)
    subject = " ".join(blank.written for blank in kind.subject_blanks)
    letter = letters._filled(name, f"Over {subject}", everywhere, values)
    assert "evil" not in letter.subject.lower()
    assert INVISIBLE.search(letter.plain + letter.html) is None
    ours = letter.plain.replace(settings.CONTACT_EMAIL, "").replace("iemand@voorbeeld.nl", "")
    assert [found for found in LIVE.findall(ours) if "voorbeeld" not in found] == []
    page = Page(letter.html)
    assert {link.split("/")[2] for link in page.links if "://" in link} <= {settings.SITE_URL.split("/")[2]}
    assert {link for link in page.links if "://" not in link} <= {f"mailto:{settings.CONTACT_EMAIL}"}
    # Alone on its line it is quoted, line by line; in a sentence it stands between quotation marks, on one line.
    kinds = {
        part.kind for part in letter.parts for line in part.lines if "CODE CODE" in line or "evil" in line
    }
    assert kinds <= {"citaat", "tekst"}
    assert letter.plain.count("\n> ") >= 5 * len(kind.strangers)


def test_a_fence_cannot_be_climbed():
    assert dead("https://evil.example/x.html") == "evil[.]example/x[.]html"
    assert dead("HTTP://EVIL.EXAMPLE") == "EVIL[.]EXAMPLE"
    assert dead("mail jan@evil.example, kosten 10.50 om 10.30 uur") == (
        "mail jan@evil[.]example, kosten 10.50 om 10.30 uur"
    )
    assert dead("💩.la q̃.com 1.2.3.4/x op 27.11.2026") == "💩[.]la q̃[.]com 1[.]2.3.4/x op 27.11.2026"
    words = {"wie": "Jan’ van de provincie: ‘"}
    assert fill("{{ wie }} zegt", words, strangers={"wie"}) == "‘Jan' van de provincie: '’ zegt"
    assert fill("{{ wie }} zegt", {"wie": Ours("Iemand")}, strangers={"wie"}) == "Iemand zegt"


@pytest.mark.parametrize(
    "line",
    [
        "→ https://evil.example/win",
        "→ http://127.0.0.1:8000@evil.example/",
        "    Dit is een hele zin van iemand",
    ],
)
def test_a_line_that_looks_like_ours_is_a_line(line):
    """A reason, or a letter that staff changed, is text: only a page of this site is a button."""
    assert {part.kind for part in frame.parts_of(f"Dag\n{line}\n\nGroet")} == {"tekst"}
    assert "brief-knop" not in letters.Letter("Dag", line).paragraphs
    assert "→ " not in frame.as_text(frame.parts_of("→ http://127.0.0.1:8000/over/"))


def test_the_walk_above_sees_an_open_fence():
    assert LIVE.findall("kijk op www.evil.example/x")
    assert INVISIBLE.search("\u202ea")


@pytest.mark.parametrize("name", KINDS)
def test_a_letter_reads_at_72_columns_and_says_the_same_twice(name):
    letter = letters.sample(name, *letters.first_texts()[name][:2])
    for line in letter.plain.splitlines():
        assert len(line) <= frame.WIDTH or " " not in line.strip(), line
    in_html = Page(re.sub(r"<(title|style)>.*?</\1>", "", letter.html, flags=re.S)).words
    for word in re.findall(r"\w{4,}", letter.plain):
        assert word in " ".join(in_html)


@pytest.mark.parametrize("name", KINDS)
def test_each_letter_says_who_why_until_when_and_how_to_reach_us(name, settings):
    settings.CONTACT_EMAIL = "samenbuurten@flevoland.example"
    settings.PROOF_DAYS = dict.fromkeys(settings.PROOF_DAYS, 3)
    kind = KINDS[name]
    letter = letters.write(name, **letters.examples(name))
    told = " ".join(letter.plain.split())
    assert settings.ORGANISATION_NAME in told.split("-----")[-1]
    assert settings.SITE_URL in told.split("-----")[-1]
    assert str(kind.reader.value) in told
    assert settings.CONTACT_EMAIL in told.split("-----")[-1]
    assert f'href="mailto:{settings.CONTACT_EMAIL}"' in letter.html
    if kind.lifetime:
        assert f"Dit werkt tot {letters.moment(letter.until)}." in told
    if kind.unasked:
        assert str(kind.unasked).split("?")[0] in told


@pytest.mark.parametrize("name", KINDS)
def test_no_text_says_how_long_something_works(name):
    """That is a setting; the moment itself stands in the letter."""
    _subject, text, _occasion = letters.first_texts()[name]
    said = re.search(
        r"\b(\d+|een|één|twee|drie) (uur|dag|dagen|weken|maand|maanden|minuten|kwartier)\b", text, re.I
    )
    assert said is None or name in ("klopt-het-nog",)


@pytest.mark.parametrize("name", KINDS)
def test_nobody_is_told_to_answer_where_nobody_reads(name, settings):
    """Without an address of the organisation nobody reads an answer, except who wrote the letter."""
    text = letters.first_texts()[name][1].lower()
    answers = re.search(
        r"antwoord\w* (dan )?(meteen )?op deze e-mail|beantwoord\w* deze|deze e-mail beantwoord", text
    )
    assert bool(answers) == (KINDS[name].reply is Reply.SENDER)
    for contact, expected in (("", None), ("wij@voorbeeld.nl", "wij@voorbeeld.nl")):
        settings.CONTACT_EMAIL = contact
        headers = letters.send(name, "a@voorbeeld.nl", **letters.examples(name)).headers or {}
        assert headers.get("Reply-To") == (expected if KINDS[name].reply is Reply.OFFICE else None)


WITH_CODE = [name for name, kind in KINDS.items() if any(blank.name == "code" for blank in kind.blanks)]


@pytest.mark.parametrize("name", WITH_CODE)
def test_a_code_is_near_the_top_and_not_on_a_locked_screen(name):
    letter = letters.write(name, **letters.examples(name))
    shown = " ".join(
        re.sub(r"<style>.*?</style>|<title>.*?</title>|<[^>]+>", " ", letter.html, flags=re.S).split()
    )
    for text in (shown, " ".join(letter.plain.split())):
        assert 130 <= text.index("ABCD EFGH") <= 420
    assert "ABCD" not in frame.preview_of(letter.text)
    assert re.search(r"^ABCD EFGH$", letter.plain, re.M)
    assert 'class="brief-code"' in letter.html


@pytest.mark.parametrize("name", KINDS)
def test_what_an_inbox_shows_is_a_sentence_of_ours(name):
    letter = letters.write(name, **letters.examples(name))
    shown = frame.preview_of(letter.text)
    assert 20 < len(shown) <= frame.PREVIEW
    assert "://" not in shown


def test_who_waits_for_a_code_is_served_first():
    paces = {name: kind.pace for name, kind in KINDS.items()}
    assert {name for name, kind in KINDS.items() if kind.is_way_in} <= {
        name for name, pace in paces.items() if pace is Pace.AT_ONCE
    }
    for name, pace in paces.items():
        letter = letters.send(name, "a@voorbeeld.nl", **letters.examples(name))
        expected = {Pace.AT_ONCE: PRIORITY.high, Pace.SOON: PRIORITY.medium, Pace.DIGEST: PRIORITY.low}[pace]
        assert letter.priority == expected
        assert (letter.expires_at is not None) == (KINDS[name].lifetime is not None)


OF_ALLAUTH = sorted(
    str(path.relative_to(path.parents[2])).removesuffix("_message.txt")
    for path in Path(allauth.__file__).parent.glob("templates/*/email/*_message.txt")
    if "base_" not in path.name
)


@pytest.mark.parametrize("prefix", OF_ALLAUTH)
def test_each_letter_of_allauth_is_one_of_ours(prefix):
    """Also what this site does not use yet: who turns it on gets a letter in our words."""
    assert prefix in account_letters.ASKED or prefix in account_letters.CHANGED
    context = dict.fromkeys(["code", "activate_url", "password_reset_url", "deleted_email"], "WAARDE")
    account_letters.send(prefix, "a@voorbeeld.nl", context | {"from_email": "OUD", "to_email": "NIEUW"})
    letter = Email.objects.get()
    told = f"{letter.subject} {letter.message} {letter.html_message}"
    assert not re.search(r"\b(je|jouw|jij)\b|onmiddelijk|127\.0\.0\.1!|Bedankt voor het gebruiken", told)
    assert letter.html_message


def test_a_new_letter_of_allauth_is_told_in_words_of_ours():
    account_letters.send("account/email/something_new", "a@voorbeeld.nl", {})
    assert "Er is iets gewijzigd aan hoe u inlogt." in Email.objects.get().message


ODD_LINES = [
    "→ https://evil.example/x",
    "→ javascript:alert(1)",
    "→ Ga naar uw pagina",
    "    Let op: vul in",
    "→ ",
]


@pytest.mark.parametrize("odd", ODD_LINES)
@pytest.mark.parametrize("name", KINDS)
def test_no_value_and_no_sentence_makes_a_button_or_a_code(name, odd, settings):
    """A name, a reason or what staff type can begin as a button does, in whichever letter and wherever it stands."""
    kind = KINDS[name]
    values = {blank.name: f"{odd}\n{odd}" for blank in kind.all_blanks}
    values |= {"site": settings.SITE_URL, "code": "ABCD EFGH", "adres": f"{settings.SITE_URL}/mijn/"}
    text = "\n\n".join(f"{blank.written}\n{blank.written} staat er" for blank in kind.all_blanks)
    letter = letters.Letter("Onderwerp", f"{fill(text, values, site=settings.SITE_URL)}\n\n{odd}", name)
    made = [part.lines[0] for part in letter.parts if part.kind in ("knop", "code")]
    assert set(made) <= {"ABCD EFGH", f"{settings.SITE_URL}/mijn/"}
    assert {urlsplit(link).netloc for link in Page(letter.html).links if "://" in link} <= {
        urlsplit(settings.SITE_URL).netloc
    }


@pytest.mark.parametrize(
    "words",
    ["💩.la", "evilq\u0303.com", "1.2.3.4/x", "http://1.2.3.4", "a1.evil.nl", "_x.evil.nl", "x-.evil.nl"],
)
def test_whatever_stands_before_a_dot_nothing_becomes_a_link(words):
    assert not re.search(r"[^\s.\]]\.[a-z]{2}|\d(\.\d+){3}", dead(f"kijk op {words} nu"))


def test_a_number_a_time_and_a_day_stay_as_they_are():
    assert dead("om 10.30 uur, 3.5.2026, 1.000.000 euro...") == "om 10.30 uur, 3.5.2026, 1.000.000 euro..."
