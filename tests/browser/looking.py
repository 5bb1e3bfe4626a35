"""What every page is looked at for, in the state in which it stands open: one load, at all widths, light and dark."""

from tests.browser.axe import COLOURS, violations

PHONE, DESK = 390, 1280
# WCAG 1.4.10: what is seen at 400 % on a desk.
NARROWEST = 320
HEIGHT = 860
SCROLLS = "document.documentElement.scrollWidth"
UNFOLD = "document.querySelectorAll('details').forEach(one => { one.open = true })"
# A colour on its way to another is neither.
ARRIVED = "document.getAnimations().forEach(one => one.finish())"
# A space in a template that shows between a word and the stroke or dot beside it.
LOOSE = """() => [...document.querySelectorAll(".kruimels li, .regel > :not(:has(*))")].map(one => one.innerText)
    .filter(text => text !== text.trim()).map(text => `space beside "${text}"`)"""
# For a window that is looked at: nothing moves while axe looks.
LOOKED_AT = {"has_axe": True, "reduced_motion": "reduce", "viewport": {"width": PHONE, "height": HEIGHT}}


def resize(page, width):
    page.set_viewport_size({"width": width, "height": HEIGHT})


def too_wide(page, *widths):
    """At which of these widths the page runs off the screen."""
    runs_off = []
    for width in widths:
        resize(page, width)
        if page.evaluate(SCROLLS) > width:
            runs_off.append(f"runs off a screen of {width}")
    return runs_off


def faults(page, *, small=None, is_dark_too=False):
    """All that is wrong with this page. ``small`` is a script that lists what is too small to tap."""
    wrong = too_wide(page, NARROWEST) + page.evaluate(LOOSE)
    for width in (DESK, PHONE):
        wrong += too_wide(page, width)
        if small:
            wrong += page.evaluate(small)
    page.evaluate(UNFOLD)
    for width in (PHONE, DESK):
        wrong += too_wide(page, width)
        wrong += violations(page)
    if is_dark_too:
        page.emulate_media(color_scheme="dark")
        page.evaluate(ARRIVED)
        wrong += violations(page, COLOURS)
        page.emulate_media(color_scheme="light")
    resize(page, PHONE)
    return wrong


def faults_of_all(page, walk, **looks):
    """Of each page of a walk that has some, by its name; the walk yields the names, with the page standing open."""
    return {name: wrong for name in walk if (wrong := faults(page, **looks))}
