"""How every letter looks: the text that was filled in, in parts; what stands below each; and both at 72 columns.

A mail program knows no style sheet, and some throw away what stands in <style>: each part carries its own style.
The preview in the admin has none, and shows the same parts by their classes.
"""

import re
import textwrap
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from registry.mail.wording.blanks import BUTTON, CODE, QUOTE

WIDTH = 72  # columns
PREVIEW = 90  # signs that an inbox shows beside the subject, before any code


# What each part of a letter looks like where there is no style sheet.
_FONT = "font-family:Figtree,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
STYLES = {
    "body": f"margin:0;padding:16px 8px;background-color:#f2f8fa;color:#0d2733;{_FONT};font-size:17px;line-height:1.55",
    "brief": (
        "display:block;box-sizing:border-box;max-width:600px;margin:0 auto;padding:24px 20px;background-color:#ffffff;"
        "border-top:8px solid #ffca3a;border-radius:10px;overflow-wrap:anywhere;word-break:break-word"
    ),
    "merk": "margin:0 0 20px;color:#12607f;font-weight:700",
    "kop": "margin:0 0 20px;color:#08293a;font-size:24px;line-height:1.25;overflow-wrap:anywhere",
    "tekst": "margin:0 0 16px;overflow-wrap:anywhere",
    "code": (
        "margin:0 0 16px;padding:14px 16px;background-color:#e3f1f6;color:#08293a;border-radius:8px;text-align:center;"
        "font-size:30px;line-height:1.2;font-weight:700;letter-spacing:4px"
    ),
    "knop": "margin:0 0 16px;overflow-wrap:anywhere",
    "knop_link": (
        "display:inline-block;padding:12px 22px;background-color:#12607f;color:#ffffff;border-radius:8px;"
        "font-weight:700;text-decoration:none"
    ),
    "adres": "display:block;margin:8px 0 0;color:#3d5560;font-size:14px;overflow-wrap:anywhere",
    "citaat": (
        "margin:0 0 16px;padding:4px 0 4px 16px;border-left:4px solid #8fb8c8;color:#0d2733;overflow-wrap:anywhere"
    ),
    "lijst": "margin:0 0 16px;padding:0 0 0 22px",
    "link": "color:#12607f",
    "tot": "margin:0 0 16px;color:#3d5560;font-size:15px",
    "voet": "margin:28px 0 0;padding:16px 0 0;border-top:1px solid #c9dde5;color:#3d5560;font-size:14px;line-height:1.5",
    "voet_regel": "margin:0 0 6px;overflow-wrap:anywhere",
    "verborgen": "display:none;max-height:0;overflow:hidden",
}


@dataclass(frozen=True)
class Part:
    """``kind``: "tekst", "code", "knop", "citaat" or "lijst"; ``lines``: what stands in it, without its mark."""

    kind: str
    lines: tuple[str, ...]


_MARKS = {CODE: "code", BUTTON: "knop", QUOTE: "citaat", QUOTE.rstrip(): "citaat", "- ": "lijst"}
# Another line that begins with spaces is a line.
_CODE = re.compile(r"[A-Z0-9]{2,8}(?:[ -][A-Z0-9]{2,8}){0,2}")


def parts_of(text):
    """The parts of a letter that was filled in, in order. A button leads to this site, whatever wrote the line."""
    parts, kind, lines = [], None, []
    for line in [*text.splitlines(), ""]:
        mark = next((mark for mark in _MARKS if _is_marked(line, mark)), "")
        its_kind = _MARKS[mark] if mark else "tekst" if line.strip() else None
        if lines and (its_kind != kind or kind in ("code", "knop")):
            parts.append(Part(kind, tuple(lines)))
            lines = []
        kind = its_kind
        if kind:
            lines.append(line.removeprefix(mark).strip())
    return parts


def _is_marked(line, mark):
    rest = line.removeprefix(mark)
    if mark == BUTTON:
        return rest != line and rest.startswith(f"{settings.SITE_URL}/") and " " not in rest
    return rest != line and bool(mark != CODE or _CODE.fullmatch(rest.strip()))


def with_until(parts, until):
    """The parts, with until when it works behind the last code or button."""
    last = max(
        (place for place, part in enumerate(parts, 1) if part.kind in ("code", "knop")), default=len(parts)
    )
    return [*parts[:last], Part("tot", (_("Dit werkt tot %s.") % until,)), *parts[last:]]


def as_text(parts):
    """The parts as the text of a letter: a code and a link stand by themselves on their line."""
    marks = {"citaat": QUOTE, "lijst": "- "}
    return wrapped(
        "\n\n".join(
            "\n".join(f"{marks.get(part.kind, '')}{line}".rstrip() for line in part.lines) for part in parts
        )
    )


def wrapped(text):
    """At most 72 columns, but no word is broken: a link stays whole. What is quoted stays quoted on each line."""
    return "\n".join(_wrap(line) for line in text.splitlines())


def _wrap(line):
    mark = next((mark for mark in (QUOTE, BUTTON, CODE, "- ") if line.startswith(mark)), "")
    return textwrap.fill(
        line,
        WIDTH,
        subsequent_indent=QUOTE if mark == QUOTE else " " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
        drop_whitespace=True,
    )


def linked(line, style=""):
    """A line as HTML, in which only what leads to this site, or to its office, is a link, in this style."""
    ours = [rf"{re.escape(settings.SITE_URL)}(?:/[^\s<>]*[^\s<>.,;:!?)’])?"]
    if settings.CONTACT_EMAIL:
        ours.append(rf"(?<![^\s(]){re.escape(settings.CONTACT_EMAIL)}(?![\w@-])")
    done, html = 0, []
    for match in re.finditer("|".join(ours), line):
        to = match[0] if "://" in match[0] else f"mailto:{match[0]}"
        html += [
            conditional_escape(line[done : match.start()]),
            format_html('<a href="{}"{}>{}</a>', to, as_attribute(style), match[0]),
        ]
        done = match.end()
    return mark_safe("".join([*html, conditional_escape(line[done:])]))


def as_attribute(style):
    """Nothing on a page, which has a style sheet."""
    return format_html(' style="{}"', style) if style else ""


def preview_of(text):
    """What an inbox shows beside the subject: the first sentences that are ours, never a code or a link."""
    text_lines = [line for part in parts_of(text) if part.kind == "tekst" for line in part.lines]
    sentences = [line for line in text_lines if "://" not in line and len(line) > 20]
    return textwrap.shorten(" ".join(sentences) or " ".join(text_lines), PREVIEW, placeholder="…")


def contact():
    """Where somebody of the organisation reads what is written: an address, or the page with a form."""
    return settings.CONTACT_EMAIL or f"{settings.SITE_URL}{reverse('registry:tell')}"


def foot_of(kind):
    """What stands below a letter: who we are, why the reader gets it, what to do when it is not theirs, and how to
    reach us. In sentences."""
    yield _("Samen Buurten is van %(who)s: %(site)s") % {
        "who": settings.ORGANISATION_NAME,
        "site": settings.SITE_URL,
    }
    if kind is not None:
        yield str(kind.reader.value)
        if kind.unasked:
            unasked = str(kind.unasked)
            yield unasked % contact() if "%s" in unasked else unasked
    if settings.CONTACT_EMAIL:
        yield _("Hebt u een vraag, of is deze e-mail niet voor u? Schrijf naar %s.") % contact()
    else:
        yield _("Hebt u een vraag, of is deze e-mail niet voor u? Laat het weten: %s") % contact()
