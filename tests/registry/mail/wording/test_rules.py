"""What may stand in the text of a letter: each rule by its kind, over all letters."""

import time

import pytest

from registry.mail.wording import rules, texts
from registry.mail.wording.kinds import KINDS

pytestmark = pytest.mark.once

NAME = "uitnodiging"


@pytest.fixture(autouse=True)
def _ours(settings):
    settings.SITE_URL, settings.LETTER_LINK_HOSTS = "https://samen.example", ["flevoland.nl", "café.nl"]


def mistakes(words):
    return rules.text_mistakes(NAME, f"Dag {words}\n\n{{{{ adres }}}}")


ELSEWHERE = [
    "https://evil.nl/x", "HTTPS://EVIL.NL/x", "http://evil.nl", "ftp://evil.nl/x", "hxxps://evil.nl", "https:/evil.nl",
    "https:evil.nl", "https:\\\\evil.nl", "//evil.nl/x", "www.evil.museumx", "WWW.evil.test", "evil.nl", "Evil.NL",
    "evil.com", "evil.unknown/x", "evil.unknown:8080", "evil.unknown?a=b", "https://samen.example@evil.nl/",
    "https://samen.example:x@evil.nl", "https://samen.example\\@evil.nl/", "https://evil.nl\\@samen.example/",
    "https://evil.nl#@samen.example/", "https://samen.example.evil.nl/", "https://evilflevoland.nl/",
    "https://flevoland.nl.evil.nl", "https://[::1]/x", "https://[::1", "http://1.2.3.4/", "1.2.3.4/x",
    "http://3232235777/", "https://samen.example%2eevil.nl/", "javascript:alert(1)", "data:text/html,x",
    "https://samеn.example/", "https://xn--samn-example.nl", "пример.рф", "ｅｖｉｌ．ｎｌ", "evil。nl", "evil．nl/x",
    "{{ site }}.evil.nl/", "{{ site }}@evil.nl/", "https://{{ organisatie }}.evil.nl", "https://evil.nl/{{ adres }}",
    "evil.nl/?naar={{ adres }}", '<a href="https://evil.nl">hier</a>', "[hier](https://evil.nl)", "(evil.nl)",
    "https://evil.nl/https://samen.example/", "tekst.https://evil.nl/", "blob:https://samen.example/x",
    "iemand@evil.nl", "mailto:iemand@evil.nl", "iemand@samen.example.evil.nl", "IEMAND@EVIL.NL", "iemand＠evil.nl",
    f"{'a' * 70}@evil.nl", f"{'a' * 63}.evil.nl/x",
]  # fmt: skip


@pytest.mark.parametrize("address", ELSEWHERE, ids=range(len(ELSEWHERE)))
def test_no_letter_leads_to_another_site(address):
    found = mistakes(address)
    assert found
    assert all("geen adres van deze site" in one or "e-mailadres van een ander" in one for one in found)
    assert rules.subject_mistakes(NAME, f"Kom {address.replace('{{ adres }}', 'x')}")


def test_the_address_is_named_as_it_was_typed():
    assert mistakes("Kijk op {{ site }}.Evil.NL/pad, dan.") == [
        "‘{{ site }}.Evil.NL/pad’ is geen adres van deze site. Gebruik een van de woorden tussen {{ en }}, of een "
        "adres van ons."
    ]
    assert mistakes("Mail baas@evil.nl.") == [
        "‘baas@evil.nl’ is een e-mailadres van een ander: de lezer zou aan een vreemde antwoorden."
    ]


OURS = [
    "https://samen.example", "https://samen.example/mijn/", "HTTPS://SAMEN.EXAMPLE/x", "https://samen.example:8443/",
    "https://samen.example/naar/evil.nl/?x=evil.com", "https://www.flevoland.nl/buurt", "flevoland.nl", "www.flevoland.nl",
    "post@flevoland.nl", "mailto:post@loket.flevoland.nl", "https://xn--caf-dma.nl/", "café.nl", "{{ site }}/mijn/",
    "({{ site }}/mijn/).", "{{ site }}.", "Zie https://samen.example.", "d.w.z. bijv. o.a. e.d. m.a.w. i.v.m. a.u.b.",
    "om 10.15 uur, op 3.5.2026", "24/7, en/of, m/v", "versie 1.2.3", "50.000 inwoners", "Let op: dit is waar.",
    "De code:{{ organisatie }}", "(adres)", "@flevoland", "{{ organisatie }}.Tot ziens", "Is het af.Iedereen mag komen",
]  # fmt: skip


@pytest.mark.parametrize("words", OURS, ids=range(len(OURS)))
def test_our_own_addresses_and_plain_words_pass(words):
    assert mistakes(words) == []


@pytest.mark.parametrize("name", sorted(KINDS))
def test_no_near_miss_of_a_word_passes_in_any_letter(name):
    whole = " ".join(blank.written for blank in KINDS[name].all_blanks)
    assert rules.text_mistakes(name, whole) == []
    for blank in KINDS[name].all_blanks:
        word = blank.name
        for near in (
            f"{{ {word} }}", f"{{{word}}}", f"{{{{ {word} }}", f"{{ {word} }}}}", f"[{word}]", f"[ {word.upper()} ]",
            f"<{word}>", f"%{word}%", f"(({word}))", f"«{word}»", f"{{{{ {word.upper()} }}}}", f"{{{{{{{word}}}}}}}",
            f"{{{{ {word}s }}}}", f"[{word.replace('_', ' ')}]", f"[[{word}]]",
        ):  # fmt: skip
            found = rules.text_mistakes(name, f"{whole} {near}")
            assert found, near
            assert word in found[0].casefold()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_what_the_site_comes_with_passes_on_any_site(name, settings):
    settings.LETTER_LINK_HOSTS = [""]
    subject, text, _occasion = texts.first_texts()[name]
    assert rules.subject_mistakes(name, subject) + rules.text_mistakes(name, text) == []


@pytest.mark.parametrize(
    "sign", ["{", "[", "a", "a.", "{{ ", "<", " ", "@", "a@", "{% ", "https://", "[ ", "\n", "é", "http:"]
)
@pytest.mark.parametrize("size", [10_000, 1_000_000])
def test_no_text_takes_long(sign, size):
    begun = time.process_time()
    for one in (sign * (size // len(sign)), f"{sign * (size // len(sign) - 5)}x"):
        rules.text_mistakes(NAME, one)
        rules.subject_mistakes(NAME, one)
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_code_or_a_link_stands_by_itself(name):
    """What stands against it becomes part of it, and the reader has a link that leads nowhere."""
    for blank in (blank for group in KINDS[name].needed for blank in group):
        if blank.name not in ("adres", "code", "stop"):
            continue
        others = "\n".join(one.written for group in KINDS[name].needed for one in group if one != blank)
        for glued in ("x{}", "{}x", "{}{}", "{}/x", "<b>{}</b>", "{}\u200b"):
            told = rules.text_mistakes(name, f"{others}\n{glued.replace('{}', blank.written)}")
            assert any(blank.written in one for one in told), glued
        for fine in ("{}", "({}).", "hier: {}, of", "‘{}’"):
            assert rules.text_mistakes(name, f"{others}\n{fine.replace('{}', blank.written)}") == []


@pytest.mark.parametrize("subject", ["\u200b", "\u202e\u2060", "\ufeff "])
def test_a_subject_that_nobody_sees_is_none(subject):
    assert rules.subject_mistakes(NAME, subject)
