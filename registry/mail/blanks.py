"""A letter is words with blanks: which letters there are, which blanks each has, and how they are filled in.

Nothing is run: ``{{ naam }}`` is replaced by a value, once, and whatever else looks like a command is refused.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_BLANK = re.compile(r"(?<!\{)\{\{[ \t]*(\w+)[ \t]*\}\}(?!\})")
# What belongs to a blank or a command and is none: named up to where it ends, or to the end of its line.
_ODD = re.compile(r"\{+[{%#].*?(?:[}%#]\}+|$)|[}%#]\}+", re.MULTILINE)
LONGEST_SUBJECT, LONGEST_TEXT = 200, 10_000


@dataclass(frozen=True)
class Blank:
    name: str
    what: str
    example: str

    @property
    def written(self):
        return f"{{{{ {self.name} }}}}"


@dataclass(frozen=True)
class LetterKind:
    """A letter that the site writes. ``blanks`` are those of its own; ALWAYS can be used in each. Without one of
    each group in ``needed`` its text cannot do its work."""

    name: str
    blanks: tuple[Blank, ...]
    needed: tuple[tuple[Blank, ...], ...] = ()

    @property
    def all_blanks(self):
        return (*self.blanks, *ALWAYS)

    @property
    def subject_blanks(self):
        """Staff see subjects in the list of letters that were sent: no code or link stands there."""
        return tuple(blank for blank in self.all_blanks if blank.name not in SECRET)


# Who has these is let in somewhere.
SECRET = {"adres", "code", "rijen", "stop"}
_BLANKS = {
    name: Blank(name, what, example)
    for name, what, example in [
        ("aantal", gettext_lazy("hoeveel er wacht, als getal"), "2"),
        (
            "adres",
            gettext_lazy("de link waar de brief over gaat"),
            "https://voorbeeld.nl/adres-van-de-pagina/",
        ),
        ("ander", gettext_lazy("de naam van het andere initiatief"), "Buurtkeuken (voorbeeld)"),
        ("bericht", gettext_lazy("wat de bezoeker schreef"), "Hier staat het bericht."),
        ("bezwaar", gettext_lazy("naar wie de lezer kan schrijven"), "contact@voorbeeld.nl"),
        ("code", gettext_lazy("de code"), "ABCD EFGH"),
        ("hun_adres", gettext_lazy("het e-mailadres van de ander"), "iemand@voorbeeld.nl"),
        ("initiatief", gettext_lazy("de naam van het initiatief"), "Buurttuin (voorbeeld)"),
        ("naam", gettext_lazy("de naam van een persoon of partner"), "Voorbeeldnaam"),
        ("niet_overgenomen", gettext_lazy("wat er niet is overgenomen"), "Website"),
        ("organisatie", gettext_lazy("wie de brief stuurt"), "Provincie Flevoland"),
        ("overgenomen", gettext_lazy("wat er is overgenomen"), "Samenvatting"),
        ("reden", gettext_lazy("de reden; kan leeg zijn"), "Hier staat de reden."),
        ("regels", gettext_lazy("wat er wacht, elk op een regel"), "- 2 initiatieven\n- 1 melding"),
        (
            "rijen",
            gettext_lazy("de initiatieven met hun links, onder elkaar"),
            "Buurttuin (voorbeeld)\nhttps://voorbeeld.nl/initiatieven/buurttuin/",
        ),
        ("site", gettext_lazy("het webadres van de site"), "https://voorbeeld.nl"),
        ("stop", gettext_lazy("de link om te stoppen"), "https://voorbeeld.nl/stoppen/"),
        (
            "uitkomst",
            gettext_lazy("wat er wel en niet is overgenomen, in zinnen"),
            "Overgenomen: Samenvatting.\nNiet overgenomen: Website.",
        ),
        ("waarom", gettext_lazy("waarom de twee bij elkaar passen"), "U pakt aan wat zij ervaren."),
        ("wacht", gettext_lazy("hoeveel er wacht, zoals ‘2 wachten’"), "2 wachten"),
        ("wanneer", gettext_lazy("de dag en het uur"), "3 mei 2026 10:15"),
        ("wat", gettext_lazy("wat de lezer volgt"), "een verbetering"),
        ("wie", gettext_lazy("de naam van wie iets vraagt of deed"), "Voorbeeldnaam"),
        (
            "wijzigingen",
            gettext_lazy("wat er is gewijzigd, elk op een regel"),
            "- Er is een nieuw wachtwoord ingesteld.",
        ),
    ]
}
ALWAYS = (_BLANKS["site"], _BLANKS["organisatie"])
# The blanks of each letter; * is needed in its text, and of those with a / between them one is.
KINDS = {
    name: LetterKind(
        name,
        tuple(_BLANKS[word] for word in blanks.replace("*", "").replace("/", " ").split()),
        tuple(
            tuple(_BLANKS[word] for word in group.rstrip("*").split("/"))
            for group in blanks.split()
            if group.endswith("*")
        ),
    )
    for name, blanks in {
        "aanmelding-bevestigen": "initiatief code/adres*",
        "aanmelding-ontvangen": "initiatief adres*",
        "bericht-aan-initiatief": "initiatief naam bericht* adres",
        "besluit-aanvulling-gevraagd": "initiatief reden* adres*",
        "besluit-afgewezen": "initiatief reden* adres",
        "besluit-gepubliceerd": "initiatief reden adres*",
        "besluit-ingetrokken": "initiatief reden* adres",
        "eigenaar-af": "initiatief* wie reden bezwaar*",
        "eigenaar-onbereikbaar": "initiatief* adres*",
        "kennismaken": "initiatief ander* hun_adres* waarom",
        "kennismaken-vraag": "initiatief ander* waarom adres*",
        "klopt-het-nog": "initiatief adres*",
        "nieuw-voor-u": "wat rijen* stop*",
        "overnemen-gelukt": "initiatief adres*",
        "overnemen-mag": "initiatief adres*",
        "toegang-gewijzigd": "wie wanneer wijzigingen* bezwaar*",
        "uitnodiging": "initiatief wie adres*",
        "volgen-bevestigen": "wat adres*",
        "voorstel-besloten": "initiatief uitkomst/overgenomen* niet_overgenomen reden adres",
        "voorstel-wacht-op-u": "initiatief wie adres*",
        "wat-er-wacht": "naam aantal wacht regels adres*",
        "webhook-uit": "naam adres* reden",
    }.items()
}


def mistakes_in_subject(kind, subject):
    """Why this cannot stand above the letter, in words; an empty list when it can."""
    found = mistakes_in(subject, kind.subject_blanks)
    if not subject.strip():
        found.append(_("Vul een onderwerp in."))
    if len(subject.strip().splitlines()) > 1 or any(ord(sign) < 32 for sign in subject.strip()):
        found.append(_("Schrijf het onderwerp op één regel."))
    if len(subject) > LONGEST_SUBJECT:
        found.append(_("Dit onderwerp is te lang. Ten hoogste %d tekens.") % LONGEST_SUBJECT)
    return found


def mistakes_in_text(kind, text):
    """Why this cannot be the letter, in words; an empty list when it can."""
    found = mistakes_in(text, kind.all_blanks)
    used = {blank[1] for blank in _BLANK.finditer(text)}
    for group in kind.needed:
        if not used & {blank.name for blank in group}:
            found.append(
                _("In deze brief moet %(word)s staan: %(what)s. Zonder kan de lezer er niets mee.")
                % {"word": written(group), "what": _(" of ").join(str(blank.what) for blank in group)}
            )
    if not text.strip():
        found.append(_("Vul een tekst in."))
    if len(text.replace("\r\n", "\n")) > LONGEST_TEXT:
        found.append(_("Deze tekst is te lang. Ten hoogste 10.000 tekens."))
    return found


def written(group):
    return _(" of ").join(blank.written for blank in group)


def mistakes_in(text, blanks):
    """What in the text is none of these blanks, in words; an empty list when it can be filled in."""
    allowed = {blank.name for blank in blanks}
    unknown = [found[0] for found in _BLANK.finditer(text) if found[1] not in allowed]
    unknown += [found[0] for found in _ODD.finditer(_BLANK.sub("", text))]
    if not unknown:
        return []
    shown = " ".join(blank.written for blank in blanks)
    return [
        _("‘%(word)s’ kan hier niet. U kunt gebruiken: %(allowed)s.") % {"word": word, "allowed": shown}
        for word in dict.fromkeys(unknown)
    ]


def fill(text, values):
    """The text with its blanks filled in: a value is text, whatever is in it. A line of nothing but empty blanks
    goes, with the white line after it."""
    lines, skips_white = [], False
    for line in text.splitlines():
        filled = _BLANK.sub(lambda found: str(values.get(found[1], "")), line)
        if line.strip() and not filled.strip():
            skips_white = True
        elif filled.strip() or not skips_white:
            lines.append(filled)
            skips_white = False
        else:
            skips_white = False
    return "\n".join(lines).strip()


def one_line(text):
    """For a subject: a header has no second line."""
    return " ".join(text.split())
