"""Every kind of public page, once: what the browser tests and the screenshots walk through."""

PUBLIC_PAGES = {
    "home": "/",
    "initiatieven": "/initiatieven/",
    "initiatieven-gefilterd": "/initiatieven/?gemeente=GM0034&zoek=festival",
    "initiatieven-leeg": "/initiatieven/?gemeente=GM0184&soort=woonproject",
    "initiatieven-fout": "/initiatieven/?gemeente=GM9999",
    "initiatief": "/initiatieven/hof-van-hestia/",
    "initiatief-vol": "/initiatieven/buurtkamer-de-brede-sloot/",
    "knelpunten": "/knelpunten/",
    "knelpunt": "/knelpunten/r1/",
    "casussen": "/casussen/",
    "casus": "/casussen/een-buurt-beslist/",
    "bronnen": "/bronnen/",
    "begrippen": "/begrippen/",
    "zoeken": "/zoeken/",
    "zoeken-gevonden": "/zoeken/?zoek=opbouwwerker",
    "zoeken-niets": "/zoeken/?zoek=zwaardvis",
    "over": "/over/",
    "privacy": "/privacy/",
    "toegankelijkheid": "/toegankelijkheid/",
    "bestaat-niet": "/bestaat-niet/",
    "inloggen": "/account/login/",
}
WIDTHS = (390, 1280)
