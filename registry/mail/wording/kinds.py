"""Every letter that the site sends, in one list: what must and may stand in it, whose words those are, who reads it
and why, how long what it brings works, how soon it leaves, and who reads an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registry.mail.wording.blanks import Blank
from registry.mail.wording.known_blanks import BLANKS


class Pace(Enum):
    """In which order letters leave when many wait."""

    AT_ONCE = "meteen"  # a code or a link that somebody sits waiting for, or an alarm
    SOON = "snel"
    DIGEST = "overzicht"  # what repeats; it can be stopped


class Reply(Enum):
    """Who reads an answer to the letter."""

    OFFICE = "organisatie"
    SENDER = "afzender"  # a visitor whose mailbox was proved


class Reader(Enum):
    """Why somebody gets the letter, as it stands below it."""

    VISITOR = _("U krijgt deze e-mail omdat uw e-mailadres is ingevuld op Samen Buurten.")
    APPLICANT = _("U krijgt deze e-mail omdat met dit e-mailadres een initiatief is aangemeld.")
    OWNER = _("U krijgt deze e-mail omdat u een pagina beheert op Samen Buurten.")
    CONTACT = _("U krijgt deze e-mail omdat dit e-mailadres hoort bij een initiatief op Samen Buurten.")
    FOLLOWER = _("U krijgt deze e-mail omdat u iets volgt op Samen Buurten.")
    ACCOUNT = _("U krijgt deze e-mail omdat u met dit e-mailadres een account hebt bij Samen Buurten.")
    STAFF = _("U krijgt deze e-mail omdat u werkt aan Samen Buurten.")
    PARTNER = _("U krijgt deze e-mail omdat u gegevens gebruikt van Samen Buurten.")


# What somebody does who did not ask for the letter.
IGNORE = _("Hebt u dit niet gevraagd? Dan hoeft u niets te doen.")
OPEN_PAGE = _("Open de pagina")
ALARM = _("Was u dat niet? Schrijf dan meteen naar %s.")


@dataclass(frozen=True)
class LetterKind:
    """``needed``: without one of each group the text cannot do its work. ``strangers``: the names of the blanks with
    words that nobody of the site read. ``lifetime``: how long its code or link works, or None."""

    name: str
    blanks: tuple[Blank, ...]
    needed: tuple[tuple[Blank, ...], ...]
    strangers: frozenset[str]
    reader: Reader
    pace: Pace
    reply: Reply
    lifetime: Callable[[], timedelta] | None
    unasked: str
    button: str
    is_way_in: bool

    @property
    def all_blanks(self):
        return (*self.blanks, *((TOT,) if self.lifetime else ()), *ALWAYS)

    @property
    def subject_blanks(self):
        """Staff see subjects in the list of letters that were sent, and many a reader sees nothing else: no code or
        link stands there, and no word of a stranger."""
        return tuple(
            blank
            for blank in self.all_blanks
            if blank.name not in SECRET and blank.name not in self.strangers
        )


# Who has these is let in somewhere.
SECRET = {"adres", "code", "rijen", "stop"}
TOT = BLANKS["tot"]
ALWAYS = (BLANKS["site"], BLANKS["organisatie"], BLANKS["contact"])


def _proof(purpose):
    return lambda: timedelta(days=settings.PROOF_DAYS[purpose])


def _login_code():
    return timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)


def _again():
    return timedelta(days=settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS)


def _reset():
    return timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def _kind(
    name,
    words,
    reader,
    pace=Pace.SOON,
    *,
    lifetime=None,
    reply=Reply.OFFICE,
    unasked="",
    button=OPEN_PAGE,
    is_way_in=False,
):
    """``words``: the blanks; ``*`` is needed in the text, of those with a ``/`` between them one is, and ``~`` is in
    the words of a stranger."""
    groups = [group.replace("~", "").rstrip("*").split("/") for group in words.split()]
    blanks = [BLANKS[word] for group in groups for word in group]
    needed = [
        tuple(BLANKS[word] for word in group)
        for group, as_written in zip(groups, words.split(), strict=True)
        if "*" in as_written
    ]
    strangers = {word.strip("*~") for word in words.replace("/", " ").split() if "~" in word}
    return LetterKind(
        name,
        tuple(blanks),
        tuple(needed),
        frozenset(strangers),
        reader,
        pace,
        reply,
        lifetime,
        unasked,
        button,
        is_way_in,
    )


_OF_ACCOUNTS = [
    _kind(
        "inlogcode",
        "code*",
        Reader.ACCOUNT,
        Pace.AT_ONCE,
        lifetime=_login_code,
        unasked=IGNORE,
        is_way_in=True,
    ),
    _kind(
        "inlogcode-opnieuw",
        "code*",
        Reader.ACCOUNT,
        Pace.AT_ONCE,
        lifetime=_login_code,
        unasked=ALARM,
        is_way_in=True,
    ),
    _kind("inloggen-onbekend", "", Reader.VISITOR, Pace.AT_ONCE, unasked=IGNORE, is_way_in=True),
    _kind(
        "adres-bevestigen",
        "adres*",
        Reader.ACCOUNT,
        Pace.AT_ONCE,
        lifetime=_again,
        unasked=IGNORE,
        button=_("Bevestig uw e-mailadres"),
        is_way_in=True,
    ),
    _kind(
        "wachtwoord-nieuw",
        "adres*",
        Reader.ACCOUNT,
        Pace.AT_ONCE,
        lifetime=_reset,
        unasked=IGNORE,
        button=_("Kies een nieuw wachtwoord"),
        is_way_in=True,
    ),
    _kind(
        "account-gewijzigd",
        "wijzigingen* wanneer contact*",
        Reader.ACCOUNT,
        Pace.AT_ONCE,
        unasked=ALARM,
        is_way_in=True,
    ),
    _kind(
        "toegang-gewijzigd",
        "wie wanneer wijzigingen* bezwaar/contact*",
        Reader.ACCOUNT,
        Pace.AT_ONCE,
        unasked=ALARM,
    ),
]
_OF_PAGES = [
    _kind(
        "aanmelding-bevestigen",
        "initiatief~ code/adres*",
        Reader.APPLICANT,
        Pace.AT_ONCE,
        lifetime=_proof("aanmelden"),
        unasked=IGNORE,
        button=_("Bevestig uw aanmelding"),
    ),
    _kind("aanmelding-ontvangen", "initiatief~ adres*", Reader.APPLICANT, button=_("Naar uw pagina")),
    _kind("besluit-aanvulling-gevraagd", "initiatief~ reden* verder*", Reader.CONTACT),
    _kind("besluit-afgewezen", "initiatief~ reden* verder", Reader.CONTACT),
    _kind(
        "besluit-gepubliceerd",
        "initiatief reden adres* verder*",
        Reader.CONTACT,
        button=_("Bekijk de pagina"),
    ),
    _kind("besluit-ingetrokken", "initiatief~ reden* verder", Reader.CONTACT),
    _kind(
        "voorstel-besloten",
        "initiatief~ uitkomst* reden waar adres",
        Reader.ACCOUNT,
    ),
    _kind(
        "voorstel-wacht-op-u",
        "initiatief~ wie verschil~* adres*",
        Reader.OWNER,
        button=_("Bekijk de wijziging"),
    ),
    _kind(
        "voorstel-beantwoord", "initiatief~ uitkomst* reden~ adres*", Reader.OWNER, button=_("Naar uw pagina")
    ),
    _kind(
        "gewijzigd-zonder-ja",
        "initiatief~ verschil~* reden* adres*",
        Reader.OWNER,
        button=_("Naar uw pagina"),
    ),
    _kind(
        "overnemen-mag",
        "initiatief adres*",
        Reader.VISITOR,
        lifetime=_proof("overnemen"),
        unasked=IGNORE,
        button=_("Beheer deze pagina"),
    ),
    _kind("overnemen-niet", "initiatief reden*", Reader.VISITOR, unasked=IGNORE),
    _kind("overnemen-gelukt", "initiatief~ adres*", Reader.OWNER, button=_("Naar uw pagina")),
    _kind(
        "uitnodiging",
        "initiatief wie adres*",
        Reader.VISITOR,
        lifetime=_proof("uitnodigen"),
        button=_("Bekijk de uitnodiging"),
    ),
    _kind("eigenaar-af", "initiatief~* wie~ reden bezwaar/contact*", Reader.VISITOR),
    _kind("eigenaar-erbij", "initiatief~ wie* adres*", Reader.OWNER, button=_("Naar uw pagina")),
    _kind("eigenaar-weg", "initiatief~ wie* adres*", Reader.OWNER, button=_("Naar uw pagina")),
    _kind("gaat-weer-verder", "initiatief adres*", Reader.OWNER, button=_("Naar uw pagina")),
    _kind("pagina-verwijderd", "initiatief~* reden* contact*", Reader.CONTACT),
    _kind(
        "samengevoegd", "initiatief~ ander~* reden wanneer adres*", Reader.OWNER, button=_("Naar uw pagina")
    ),
    _kind("weer-twee", "initiatief~ ander~* reden adres*", Reader.OWNER, button=_("Naar uw pagina")),
    _kind(
        "klopt-het-nog",
        "initiatief wanneer adres* stop*",
        Reader.OWNER,
        Pace.DIGEST,
        lifetime=_proof("klopt-nog"),
        button=_("Laat weten of het klopt"),
    ),
    _kind(
        "klopt-het-nog-weer",
        "initiatief wanneer* adres* stop*",
        Reader.OWNER,
        Pace.DIGEST,
        lifetime=_proof("klopt-nog"),
        button=_("Laat weten of het klopt"),
    ),
    _kind("eigenaar-onbereikbaar", "initiatief* adres*", Reader.CONTACT, button=_("Laat het ons weten")),
    _kind(
        "bestaat-het-nog",
        "initiatief wanneer* adres*",
        Reader.OWNER,
        lifetime=_proof("klopt-nog"),
        button=_("Laat weten of het klopt"),
    ),
    _kind(
        "bericht-bevestigen",
        "initiatief adres*",
        Reader.VISITOR,
        Pace.AT_ONCE,
        lifetime=_proof("bericht"),
        unasked=IGNORE,
        button=_("Verstuur uw bericht"),
    ),
    _kind("melding-ontvangen", "", Reader.VISITOR, unasked=IGNORE),
    _kind("melding-behandeld", "reden*", Reader.VISITOR, unasked=IGNORE),
    _kind(
        "bericht-aan-initiatief",
        "initiatief naam~ bericht~* adres",
        Reader.CONTACT,
        reply=Reply.SENDER,
        button=_("Bekijk de pagina"),
    ),
    _kind(
        "kennismaken-vraag",
        "initiatief ander* waarom adres*",
        Reader.OWNER,
        lifetime=_proof("kennismaken"),
        button=_("Zeg ja of nee"),
    ),
    _kind("kennismaken", "initiatief ander* hun_adres* waarom", Reader.OWNER),
    _kind("kennismaken-niet", "initiatief ander*", Reader.OWNER),
    _kind("kennismaken-verlopen", "initiatief ander*", Reader.OWNER),
    _kind("kennismaken-vervalt", "initiatief ander* waarom", Reader.OWNER),
]
_OF_FOLLOWING = [
    _kind(
        "volgen-bevestigen",
        "wat adres*",
        Reader.VISITOR,
        Pace.AT_ONCE,
        lifetime=_proof("volgen"),
        unasked=IGNORE,
        button=_("Bevestig"),
    ),
    _kind("nieuw-voor-u", "wat~ rijen* stop*", Reader.FOLLOWER, Pace.DIGEST),
    _kind("volgen-vervalt", "wat~* adres*", Reader.FOLLOWER, button=_("Kies opnieuw")),
    _kind(
        "meting-volgen-bevestigen",
        "meting adres*",
        Reader.VISITOR,
        Pace.AT_ONCE,
        lifetime=_proof("volgen"),
        unasked=IGNORE,
        button=_("Bevestig"),
    ),
    *(
        _kind(
            name,
            f"meting {words} stop*",
            Reader.FOLLOWER,
            Pace.DIGEST,
            button=_("Bekijk de resultaten"),
        )
        for name, words in (
            ("meting-gepubliceerd", "adres*"),
            ("meting-ingetrokken", "reden* adres*"),
            ("meting-verbeterd", "reden* adres*"),
        )
    ),
]
_OF_WORK = [
    _kind(
        "wat-er-wacht",
        "naam aantal wacht regels* adres* stop*",
        Reader.STAFF,
        Pace.DIGEST,
        button=_("Naar het beheer"),
    ),
    _kind("webhook-uit", "naam adres* reden", Reader.PARTNER),
    *(
        _kind(name, "naam* wanneer", Reader.PARTNER)
        for name in ("sleutel-verloopt", "sleutel-verlopen", "sleutel-vernieuwd", "sleutel-ingetrokken")
    ),
]
KINDS = {kind.name: kind for kind in (*_OF_ACCOUNTS, *_OF_PAGES, *_OF_FOLLOWING, *_OF_WORK)}
