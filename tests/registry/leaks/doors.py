"""Every way into the register. Each door is asked as somebody, about one secret, and gives a response."""

from dataclasses import dataclass
from functools import partial
from io import StringIO
from urllib.parse import quote

from django.core import mail, signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import reverse
from post_office.models import Email

from registry import worklist
from registry.models import SavedSearch
from tests.registry.leaks.world import case_of, entry_of, key_of, word_of

FILTERS = [
    *("gemeente=GM0995", "kern=warande"),
    "niveau=relationeel",
    "knelpunt=R1",
    "rol=ervaart",
    "rol=pakt-aan",
    "soort=evenement",
    "activiteit=actief",
    "zoek=kwartel",
    "pagina=2",
    "gemeente=GM9999",
]
ACTS = "verstuur klopt verder gestopt trek-in nodig-uit trek-uitnodiging-in vertrek voorstel kennismaken jaarvraag".split()
SCOPED = "initiative case link organisation decision changeproposal notice".split()


@dataclass(frozen=True)
class Door:
    """``covers``: the URL name; ``names``: what its address or what is sent tells of the secret, if anything."""

    label: str
    covers: str
    ask: object
    names: object = None

    @property
    def is_about(self):
        return self.names is not None

    def __str__(self):
        return self.label


DOORS = []


def door(covers, label="", *, names=None):
    def add(ask):
        DOORS.append(Door(label or covers, covers, ask, names))
        return ask

    return add


def page(covers, query="", **extra):
    """A page without arguments."""
    url = "sitemap robots metrics security-txt catalogue-ttl catalogue-jsonld".split()
    name = covers if covers in url or ":" in covers else f"registry:{covers}"
    label = f"{covers} {query} {' '.join(extra)}".strip()

    @door(covers, label)
    def ask(client, secret, world):
        return client.get(f"{reverse(name)}{'?' if query else ''}{query}", follow=True, **extra)


for name in (
    "home initiative-list initiative-feed register bottleneck-list case-list source-list term-list search about privacy "
    "accessibility tell follow mine my-data sitemap robots metrics security-txt catalogue-ttl catalogue-jsonld survey:results-list survey:open-rounds health health-alive health-ready"
).split():
    page(name)
for query in FILTERS:
    page("initiative-list", query)
    page("initiative-feed", query)
page("initiative-list", "zoek=kwartel", HTTP_HX_REQUEST="true")
page("search", "zoek=kwartel")
page("search", "zoek=warande")
page("my-data", "bestand=1")
page("follow", "gemeente=GM0995&zoek=kwartel")


for name in ("open-data", "embed-maker", "embed-list", "embed-map", "oembed"):
    page(name)
page("embed-list", "zoek=kwartel")
page("embed-map", "gemeente=GM0995")
page("embed-maker", "vorm=kaart&knelpunt=R1")
page("oembed", "url=http://testserver/initiatieven/havenhart/")


for kind in ("csv", "json", "geojson"):

    @door("download", f"download {kind}")
    def _file(client, secret, world, kind=kind):
        return client.get(reverse("registry:download", args=[kind]))


@door("bottleneck-detail")
def _bottleneck(client, secret, world):
    return client.get(reverse("registry:bottleneck-detail", args=["r1"]))


@door("initiative-detail", "initiative-detail van een ander")
def _matches(client, secret, world):
    return client.get(reverse("registry:initiative-detail", args=["buren"]))


@door("my-initiative", "my-initiative, eigen pagina met matches")
def _own(client, secret, world):
    return client.get(reverse("registry:my-initiative", args=["buren"]), follow=True)


@door("proof", "proof, eigen jaarvraag")
def _yearly(client, secret, world):
    return client.get(reverse("registry:proof", args=[world.yearly]))


for name in ("stop", "unfollow"):

    @door(name)
    def _stop(client, secret, world, name=name):
        return client.get(reverse(f"registry:{name}", args=[world.stop]))


@door("enter-code")
def _code(client, secret, world):
    return client.get(reverse("registry:enter-code", args=[signing.dumps(1, salt="x")]))


@door("my-data-delete")
def _delete(client, secret, world):
    return client.get(reverse("registry:my-data-delete"), follow=True)


@door("follow", "follow, wekelijkse e-mail")
def _digest(client, secret, world):
    SavedSearch.objects.filter(email="zqvolger@x.nl").delete()
    call_command("send_digests", stdout=StringIO())
    written = Email.objects.exclude(to__in=[world.owner.email, world.people["eigen gemeente"].email])
    return HttpResponse(" ".join(f"{email.subject} {email.message}" for email in written))


for name in "services service-at-locations organizations taxonomies taxonomy-terms".split():

    @door(f"hsds:{name}")
    def _hsds(client, secret, world, name=name):
        full = "&full=true" if name.startswith("service") else ""
        return client.get(f"{reverse(f'hsds:{name}')}?per_page=100{full}")


# About one secret


def about(covers, label="", names=entry_of):
    return door(covers, label or f"{covers} erover", names=names)


for covers in (
    "initiative-detail",
    "initiative-image",
    "embed-one",
    "contact",
    "claim",
    "my-initiative",
    "my-edit",
):

    @about(covers)
    def _get(client, secret, world, covers=covers):
        return client.get(reverse(f"registry:{covers}", args=[secret.entry.slug]), follow=True)


for covers in ("contact", "claim", "my-edit"):

    @about(covers, f"{covers} versturen")
    def _post(client, secret, world, covers=covers):
        return client.post(reverse(f"registry:{covers}", args=[secret.entry.slug]), {"name": ""}, follow=True)


for act in ACTS:

    @about("my-initiative", f"my-initiative {act}")
    def _act(client, secret, world, act=act):
        address = reverse("registry:my-initiative", args=[secret.entry.slug])
        return client.post(address, {"doe": act, "met": "buren"}, follow=True)


@about("my-initiative", "my-initiative kennismaken ermee")
def _introduce(client, secret, world):
    address = reverse("registry:my-initiative", args=["buren"])
    return client.post(address, {"doe": "kennismaken", "met": secret.entry.slug}, follow=True)


@about("proof", "proof kennismaken ermee")
def _introduction(client, secret, world):
    return client.get(reverse("registry:proof", args=[world.introductions.get(secret.entry.pk, "x")]))


@about("proof", "proof ja op kennismaken ermee")
def _say_yes(client, secret, world):
    address = reverse("registry:proof", args=[world.introductions.get(secret.entry.pk, "x")])
    return client.post(address, {"antwoord": "ja"}, follow=True)


@about("case-detail", names=case_of)
def _case(client, secret, world):
    return client.get(reverse("registry:case-detail", args=[secret.case.slug if secret.case else "x"]))


@about("tell")
def _tell(client, secret, world):
    given = {"text": "Hallo", "begonnen": signing.dumps(0, salt="registry.forms")}
    address = f"{reverse('registry:tell')}?pagina={quote(f'/initiatieven/{secret.entry.slug}/')}"
    return client.post(address, given, follow=True)


@about("search-suggestions")
def _suggestions(client, secret, world):
    return client.get(reverse("registry:search-suggestions"), {"zoek": secret.word[:-2]})


@about("lookalike-hint")
def _hint(client, secret, world):
    return client.get(reverse("registry:lookalike-hint"), {"name": _almost(secret)})


@about("register", "register, lijkt erop")
def _register(client, secret, world):
    given = {
        "name": _almost(secret),
        "municipality": "GM0995",
        "summary": "Iets",
        "email": "ik@voorbeeld.nl",
        "agreement": "on",
        "begonnen": signing.dumps(0, salt="registry.forms"),
    }
    return client.post(reverse("registry:register"), given)


def _almost(secret):
    """A name that is one letter off, so that an echo of what was typed is no leak."""
    return f"{secret.entry.name[:-1]}x"


@about("oembed", "oembed erover")
def _oembed(client, secret, world):
    address = f"http://testserver/initiatieven/{secret.entry.slug}/"
    return client.get(reverse("registry:oembed"), {"url": address})


for name in "service service-at-location organization".split():

    @about(f"hsds:{name}")
    def _hsds_one(client, secret, world, name=name):
        return client.get(reverse(f"hsds:{name}", args=[secret.entry.public_id]))


@about("hsds:services", "hsds:services erop gezocht", word_of)
def _hsds_search(client, secret, world):
    return client.get(reverse("hsds:services"), {"search": secret.word, "full": "true"})


@about("search", "search erop", word_of)
def _search(client, secret, world):
    return client.get(reverse("registry:search"), {"zoek": secret.word})


@about("initiative-list", "initiative-list erop gezocht", word_of)
def _list(client, secret, world):
    return client.get(reverse("registry:initiative-list"), {"zoek": secret.word})


# The admin

for model in SCOPED:

    @door(f"admin:registry_{model}_changelist")
    def _changelist(client, secret, world, model=model):
        return client.get(reverse(f"admin:registry_{model}_changelist"))

    @about(f"admin:registry_{model}_changelist", f"admin {model} zoeken", word_of)
    def _admin_search(client, secret, world, model=model):
        return client.get(reverse(f"admin:registry_{model}_changelist"), {"q": secret.word})

    for view in ("change", "history", "delete"):

        @about(f"admin:registry_{model}_{view}", names=partial(key_of, model))
        def _object(client, secret, world, model=model, view=view):
            return client.get(
                reverse(f"admin:registry_{model}_{view}", args=[key_of(model, secret)]),
                follow=view == "change",
            )


for model in ("initiative", "case", "link", "organisation"):

    @door(f"admin:registry_{model}_add")
    def _add(client, secret, world, model=model):
        return client.get(reverse(f"admin:registry_{model}_add"))

    @door(f"admin:registry_{model}_export")
    def _export(client, secret, world, model=model):
        return client.post(reverse(f"admin:registry_{model}_export"), {"format": "csv"})

    @door(f"admin:registry_{model}_template")
    def _template(client, secret, world, model=model):
        return client.get(reverse(f"admin:registry_{model}_template", args=["csv"]))

    @about(f"admin:registry_{model}_import")
    def _import(client, secret, world, model=model):
        header = {"link": "initiatief,knelpunt,rol", "case": "adres,titel"}.get(model, "adres,naam")
        row = f"{secret.entry.slug},R1,ervaart" if model == "link" else f"{secret.entry.slug},N"
        upload = SimpleUploadedFile("b.csv", f"{header}\n{row}\n".encode())
        return client.post(reverse(f"admin:registry_{model}_import"), {"file": upload})

    @about(f"admin:registry_{model}_simple_history", names=lambda secret: (secret.entry.pk, case_of(secret)))
    def _version(client, secret, world, model=model):
        key = key_of(model, secret)
        rows = {"initiative": secret.entry, "case": secret.case}.get(model)
        version = rows.history.first().pk if rows else 1
        return client.get(reverse(f"admin:registry_{model}_simple_history", args=[key, version]))


for model in ("initiative", "case"):
    for method in ("get", "post"):

        @about(f"admin:registry_{model}_decide", f"admin {model} besluit {method}", partial(key_of, model))
        def _decide(client, secret, world, model=model, method=method):
            address = reverse(f"admin:registry_{model}_decide", args=[key_of(model, secret)])
            return getattr(client, method)(address, {"to": "gepubliceerd", "seen": "ingediend"}, follow=True)


for model in ("changeproposal", "notice"):

    @about(f"admin:registry_{model}_change", f"admin {model} afhandelen", partial(key_of, model))
    def _handle(client, secret, world, model=model):
        address = reverse(f"admin:registry_{model}_change", args=[key_of(model, secret)])
        return client.post(address, {"veld": "summary", "uitkomst": "x", "reden": "x"}, follow=True)


for method in ("get", "post"):
    for _name in ("owners", "asked"):

        @about(f"admin:registry_initiative_{_name}", f"admin {_name} {method}")
        def _keep(client, secret, world, method=method, name=_name):
            sent = {"doe": "nodig-uit", "email": "iemand@voorbeeld.nl", "note": "Gebeld."}
            address = reverse(f"admin:registry_initiative_{name}", args=[secret.entry.pk])
            return getattr(client, method)(address, sent, follow=True)


for name in ("image", "unmerge"):

    @about(f"admin:registry_initiative_{name}")
    def _by_key(client, secret, world, name=name):
        return client.get(reverse(f"admin:registry_initiative_{name}", args=[secret.entry.pk]))


@door("admin:registry_initiative_pairs")
def _pairs(client, secret, world):
    return client.get(reverse("admin:registry_initiative_pairs"))


@about("admin:registry_initiative_pairs", "admin paren erover")
def _pair(client, secret, world):
    given = {"eerste": world.buren.pk, "tweede": secret.entry.pk, "doe": "houd-eerste"}
    return client.post(reverse("admin:registry_initiative_pairs"), given, follow=True)


@door("admin:index")
def _index(client, secret, world):
    return client.get(reverse("admin:index"))


@about("admin:autocomplete", names=word_of)
def _autocomplete(client, secret, world):
    asked = {"app_label": "registry", "model_name": "link", "field_name": "initiative", "term": secret.word}
    return client.get(reverse("admin:autocomplete"), asked)


@door("admin:index", "dagelijks bericht aan een medewerker")
def _staff_digest(client, secret, world):
    worklist.send_digests()
    sent = Email.objects.filter(to=world.people["andere gemeente"].email)
    return HttpResponse(" ".join(f"{email.subject} {email.message}" for email in sent))


def text_of(response):
    """All that a response says: body, headers, and the letters that it caused to people outside."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    letters = " ".join(message.body for message in mail.outbox)
    return f"{response.status_code} {body.decode(errors='replace')} {response.headers} {letters}".lower()
