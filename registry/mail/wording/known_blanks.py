"""The words that can be filled in, in whichever letter: what each is, and an example."""

from django.utils.translation import gettext_lazy as _

from registry.mail.wording.blanks import Blank

BLANKS = {
    name: Blank(name, what, example)
    for name, what, example in [
        ("aantal", _("hoeveel er wacht, als getal"), "2"),
        ("adres", _("de link waar de brief over gaat"), "https://voorbeeld.nl/adres-van-de-pagina/"),
        ("ander", _("de naam van het andere initiatief"), "Buurtkeuken (voorbeeld)"),
        ("bericht", _("wat de bezoeker schreef"), "Hier staat het bericht."),
        ("bezwaar", _("naar wie de lezer kan schrijven"), "contact@voorbeeld.nl"),
        ("code", _("de code"), "ABCD EFGH"),
        ("contact", _("het e-mailadres of de pagina waar de lezer ons bereikt"), "contact@voorbeeld.nl"),
        ("hun_adres", _("het e-mailadres van de ander"), "iemand@voorbeeld.nl"),
        ("initiatief", _("de naam van het initiatief"), "Buurttuin (voorbeeld)"),
        ("meting", _("de naam van de meting"), "Verbindingsfestival (voorbeeld)"),
        ("naam", _("de naam van een persoon of partner"), "Voorbeeldnaam"),
        ("organisatie", _("wie de brief stuurt"), "Provincie Flevoland"),
        ("reden", _("de reden; kan leeg zijn"), "Hier staat de reden."),
        ("regels", _("wat er wacht, elk op een regel"), "- 2 initiatieven\n- 1 melding"),
        (
            "rijen",
            _("de initiatieven met hun links, onder elkaar"),
            "Buurttuin (voorbeeld)\nhttps://voorbeeld.nl/initiatieven/buurttuin/",
        ),
        ("site", _("het webadres van de site"), "https://voorbeeld.nl"),
        ("stop", _("de link om te stoppen"), "https://voorbeeld.nl/stoppen/"),
        ("tot", _("tot wanneer de code of de link werkt"), "3 mei 2026, 10.15 uur"),
        (
            "uitkomst",
            _("wat er wel en niet is overgenomen, in zinnen"),
            "Overgenomen: Samenvatting.\nNiet overgenomen: Website.",
        ),
        ("waarom", _("waarom de twee bij elkaar passen"), "U pakt aan wat zij ervaren."),
        (
            "verder",
            _("wat de lezer nu kan doen, met de link"),
            "Bekijk uw eigen pagina en pas die aan:\nhttps://voorbeeld.nl/mijn/buurttuin/",
        ),
        (
            "verschil",
            _("wat er verandert: wat er stond en wat er komt"),
            "Samenvatting\nWas: Samen koken.\nWordt: Samen koken en eten.",
        ),
        (
            "waar",
            _("de pagina waar de lezer het ziet, met de link"),
            "Uw eigen pagina: https://voorbeeld.nl/mijn/",
        ),
        ("wacht", _("hoeveel er wacht, zoals ‘2 wachten’"), "2 wachten"),
        ("wanneer", _("de dag, soms met het uur"), "3 mei 2026"),
        ("wat", _("wat de lezer volgt"), "een verbetering"),
        ("wie", _("de naam van wie iets vraagt of deed"), "Voorbeeldnaam"),
        (
            "wijzigingen",
            _("wat er is gewijzigd, elk op een regel"),
            "- Er is een nieuw wachtwoord ingesteld.",
        ),
    ]
}
