"""Names and sentences of initiatives that do not exist.

Three words make search measurable: "koffie" is in about 60 % of the rows, "bijenhotel" in about 1 %, and
"sterrenwacht" in one row of each seed, the first.
"""

from registry.models import Exchange, Initiative

COMMON, RARE, ONCE = "koffie", "bijenhotel", "sterrenwacht"

NOUNS = {
    Initiative.Kind.RESIDENTS: "Buurttuin|Eettafel|Klusgroep|Wandelclub|Leesclub|Ruilkast|Zwerfvuilploeg",
    Initiative.Kind.MEETING_PLACE: "Buurtkamer|Huiskamer|Inloop|Dorpstafel|Theehuis|Speelhuis",
    Initiative.Kind.EVENT: "Soepfestival|Straatfeest|Lichtjestocht|Burendag|Muziekmiddag|Havenfeest",
    Initiative.Kind.HOUSING: "Woonhof|Wooncoöperatie|Tuindorp|Meergeneratiehuis",
    Initiative.Kind.DAY_ACTIVITIES: "Werkplaats|Atelier|Zorgboerderij|Kringloophal",
    Initiative.Kind.POLICY: "Wijkagenda|Dorpsplan|Buurtakkoord",
    Initiative.Kind.ORGANISATION: "Buurtbedrijf|Dorpscoöperatie|Netwerk",
}
NOUNS = {kind: words.split("|") for kind, words in NOUNS.items()}
PROPER = (
    "De Linde|Het Anker|De Waterlelie|De Kievit|Het Baken|De Griend|De Wulp|Het Roer|De Meerkoet|De Boeier|"
    "De Populier|De Zuiderzee|Het Riet|De Lepelaar|De Polder|De Schor|De Steiger|Het Kompas|De Botter|De Gaard|"
    "De Zwaluw|De Brug|Het Middelpunt|De Rietzanger|De Kavel|Het Vlonderpad|De Vuurtoren|De Terp|De Zeearend|"
    "De Driehoek|Het Gemaal|De Wilg|De Kade|De Ooievaar|Het Ruim|De Klaver|De Sluis|De Windroos|Het Erf|De Es"
).split("|")
WHO = (
    "Buren|Bewoners van de straat|Jongeren en ouderen|Een groep vrijwilligers|Ouders van de basisschool|"
    "Nieuwkomers en buurtgenoten|Mensen met en zonder beperking|Gepensioneerde vaklieden|Studenten"
).split("|")
DOES = (
    "koken elke week een maaltijd|onderhouden samen een moestuin|repareren kapotte spullen|"
    "lopen elke zaterdag een rondje|lezen elkaar voor|maken muziek|delen gereedschap|helpen elkaar met formulieren|"
    "oefenen de Nederlandse taal|bezoeken mensen die weinig buiten komen|knappen het plein op|"
    "organiseren een spelmiddag|verzorgen de dieren op het erf|bouwen aan een nieuwe woonvorm"
).split("|")
SENTENCES = (
    "Iedereen kan binnenlopen, ook zonder afspraak.|We begonnen aan een keukentafel en zijn gegroeid.|"
    "Wie iets kan, leert het een ander.|De gemeente leent ons de ruimte.|Er is een vaste kern van acht mensen.|"
    "Nieuwe gezichten zijn altijd welkom.|We zoeken nog een plek voor de winter.|"
    "Een welzijnswerker denkt mee, de buurt beslist.|Soms is het rustig, soms zit het vol.|"
    "Kinderen spelen terwijl de ouders praten.|We houden het klein, dat werkt het best.|"
    "Wie niet kan komen, zoeken we thuis op.|We rekenen elk kwartaal af met een open kasboek.|"
    "In de zomer zijn we buiten te vinden.|Elke maand kiezen we samen een thema.|"
    "De sleutel ligt bij de overburen.|We vragen niets, een bijdrage mag.|Er is een rustige hoek voor wie dat prettig vindt."
).split("|")
WITH = {
    COMMON: "De koffie staat om tien uur klaar.",
    RARE: "Naast de ingang hangt een bijenhotel.",
    ONCE: "Op het dak staat een kleine sterrenwacht.",
}
AUDIENCE = "Iedereen in de buurt|Ouderen|Jongeren tot 18 jaar|Gezinnen|Nieuwkomers|Mensen die weinig mensen kennen".split(
    "|"
)
ACCESSIBILITY = "Drempelvrij, met een aangepast toilet.|De lift is breed genoeg voor een rolstoel.|Op de begane grond.".split(
    "|"
)
LANGUAGES = "Nederlands|Nederlands en Engels|Nederlands, Arabisch en Engels|Nederlands en Pools".split("|")
COSTS = "Gratis|Vrije bijdrage|2 euro per keer|5 euro per maand".split("|")
EXCHANGES = {
    (Exchange.Direction.ASKS, Exchange.Kind.HELP): ("Een chauffeur voor de boodschappen", "1 uur per week"),
    (Exchange.Direction.ASKS, Exchange.Kind.KNOWLEDGE): (
        "Iemand die meekijkt met de begroting",
        "2 uur per maand",
    ),
    (Exchange.Direction.OFFERS, Exchange.Kind.ROOM): ("Een zaal voor 30 mensen", "Op dinsdagavond"),
    (Exchange.Direction.OFFERS, Exchange.Kind.THINGS): ("Een partytent en banken", "In overleg"),
}
LESSONS = (
    "Begin klein, en vraag eerst wat mensen zelf willen.|Zorg dat het niet van één persoon afhangt.".split(
        "|"
    )
)
