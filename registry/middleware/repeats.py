"""A form that is sent twice from one page is done once: Back and "Verstuur", a double click, a retry.

A page carries a CSRF token that no other page has, so the same fields with the same token are the same form.
"""

import hashlib
import json
import time
from datetime import timedelta

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.models import SentForm

# An answer of the survey has a key of its own; signing in twice does no harm and has tokens of its own.
ON_THEIR_OWN = ("/enquete/", "/account/")
LONGEST = timedelta(seconds=60)  # that a form is at work; after that the process is gone
PATIENCE = 5  # seconds that the second waits for the first
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 (the name of a field)
OPENED = "begonnen"  # in the forms of visitors: when, and by a signature, that it was opened


def digest_of(request):
    """The same for the same form sent from the same page, with the same files; of nothing else."""
    fields = request.POST.copy()
    if OPENED in fields:  # the page before the last one is the same form
        fields.pop(TOKEN)
    sent = [request.get_full_path(), sorted(fields.lists())]
    digest = hashlib.sha256(json.dumps(sent).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            digest.update(f"{name} {file.name} {file.size} ".encode())
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()


def claim(digest):
    """Whether this is the first; else where the first led, or "" when it is at work still."""
    SentForm.objects.filter(digest=digest, led_to="", sent_at__lt=timezone.now() - LONGEST).delete()
    try:
        with transaction.atomic():
            SentForm(digest=digest).save(force_insert=True)
        return True, ""
    except IntegrityError:
        return False, SentForm.objects.filter(digest=digest).values_list("led_to", flat=True).first()


class OnceMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        is_form = request.method == "POST" and request.POST.get(TOKEN)
        if not is_form or request.path_info.startswith(ON_THEIR_OWN):
            return self.get_response(request)
        digest, until = digest_of(request), time.monotonic() + PATIENCE
        is_first, led_to = claim(digest)
        while not is_first and not led_to and time.monotonic() < until:
            time.sleep(0.05)
            led_to = SentForm.objects.filter(digest=digest).values_list("led_to", flat=True).first()
            if led_to is None:
                # Refused the first time: then this is the first.
                is_first, led_to = claim(digest)
        if is_first:
            return self._do(request, digest)
        if not led_to:
            text = _(
                "Dit formulier is al onderweg. Kijk over een minuut of het is gelukt; zo niet, verstuur het dan nog eens."
            )
            messages.warning(request, text)
            return redirect(request.get_full_path())
        messages.info(request, _("Dit formulier had u al verstuurd. Het is één keer verwerkt."))
        return redirect(led_to)

    def _do(self, request, digest):
        """Only what led somewhere was done; what is shown again was not."""
        done = SentForm.objects.filter(digest=digest)
        try:
            response = self.get_response(request)
        except BaseException:
            done.delete()
            raise
        # Sent away to log in first is not done.
        is_done = response.status_code in (302, 303) and "/account/" not in response.url
        if is_done and len(response.url) <= 2000:
            done.update(led_to=response.url)
        else:
            done.delete()
        return response
