"""What every page is looked at for is seen when it is there."""

import pytest

from tests.browser.axe import with_axe
from tests.browser.looking import faults

pytestmark = pytest.mark.once

PAGE = '<!doctype html><html lang="nl"><title>Een pagina</title><main><h1>Een pagina</h1>{}</main></html>'
PALE = '<p style="color: #ccc; background: #fff">Bleek</p>'
SMALL = "() => [...document.querySelectorAll('button')].map(one => one.id)"
PLANTED = {
    "nothing": "",
    "pale": PALE,
    "pale within": f"<details><summary>Meer</summary>{PALE}</details>",
    "pale on a desk": f"<style>@media (max-width: 999px) {{ p {{ display: none }} }}</style>{PALE}",
    "pale in the dark": (
        "<style>p { transition: color 9s } @media (prefers-color-scheme: dark) { p { color: #eee } }</style>"
        '<p style="background: #fff">Bleek</p>'
    ),
    "without a name": '<input type="text">',
    "wide": '<div style="width: 350px; height: 1px"></div>',
    "wide on a phone": "<style>@media (min-width: 350px) { h1 { width: 400px } }</style>",
    "wide on a desk": "<style>@media (min-width: 1000px) { h1 { width: 1400px } }</style>",
    "small": '<button id="klein">Klein</button>',
}
FOUND = {
    "pale": ["color-contrast"] * 3,
    "pale within": ["color-contrast"] * 3,
    "pale on a desk": ["color-contrast"] * 2,
    "pale in the dark": ["color-contrast"],
    "without a name": ["label"] * 2,
    "wide": ["runs off a screen of 320"],
    "wide on a phone": ["runs off a screen of 390"] * 2,
    "wide on a desk": ["runs off a screen of 1280"] * 2,
    "small": ["klein"] * 2,
}


def test_each_planted_fault_is_seen(browser):
    context = with_axe(browser.new_context(color_scheme="light"))
    page = context.new_page()
    page.goto("about:blank")
    seen = {}
    for name, planted in PLANTED.items():
        page.set_content(PAGE.format(planted))
        wrong = [
            fault if isinstance(fault, str) else fault[0]
            for fault in faults(page, small=SMALL, is_dark_too=True)
        ]
        if wrong:
            seen[name] = wrong
    context.close()
    assert seen == FOUND
