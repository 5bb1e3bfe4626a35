"""What is given in another wrapping: in a spreadsheet, to the holder of a key, and by ourselves in a webhook."""

import io
import json
import zipfile

from django.http import HttpResponse
from django.urls import reverse

from registry.models import WebhookDelivery, WebhookSubscription
from registry.partners import webhooks
from tests.registry.leaks.api import ROOT
from tests.registry.leaks.doors import door

WITH_A_KEY = [
    f"{ROOT}/initiatieven?expand=casussen",
    f"{ROOT}/initiatieven/havenhart?expand=casussen",
    f"{ROOT}/initiatieven?gewijzigdSinds=2020-01-01T00:00:00Z",
    f"{ROOT}/casussen",
    f"{ROOT}/knelpunten?expand=bevindingen",
    "/hsds/services?full=true&per_page=100",
]


@door("download", "download ods")
def _spreadsheet(client, secret, world):
    response = client.get(reverse("registry:download", args=["ods"]))
    with zipfile.ZipFile(io.BytesIO(response.content)) as file:
        return HttpResponse(b" ".join(file.read(name) for name in sorted(file.namelist())))


for address in WITH_A_KEY:

    @door("api:sleutel", f"met sleutel {address}")
    def _with_a_key(client, secret, world, address=address):
        return client.get(address, headers={"authorization": f"Bearer {world.token}"})


@door("webhooks")
def _webhooks(client, secret, world):
    """All messages about all that ever happened; but for what is drawn anew for each."""
    WebhookSubscription.objects.create(key=world.key, url="https://haak.voorbeeld.nl/", seen_version=0)
    webhooks.enqueue()
    told = [json.loads(one) for one in WebhookDelivery.objects.values_list("payload", flat=True)]
    return HttpResponse(sorted(f"{one['gebeurtenis']} {one['initiatief']}" for one in told))
