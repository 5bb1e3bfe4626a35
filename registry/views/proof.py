"""The page behind a mailed link. Opening it does nothing: mail scanners open links too. A button acts."""

from django.contrib import messages
from django.contrib.auth import login
from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from registry import following, introductions, letters, proofs, registration, reminders
from registry.forms.owner import StopForm
from registry.models import Introduction, Proof
from registry.moderation import NotAllowed

SALT = "registry.code"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Purpose = Proof.Purpose


def code_address(proof):
    return reverse("registry:enter-code", args=[signing.dumps(proof.pk, salt=SALT)])


def proof_of_code_page(key):
    try:
        return get_object_or_404(Proof.objects.usable(), pk=signing.loads(key, salt=SALT))
    except signing.BadSignature as error:
        raise Http404 from error


class ProofPage(View):
    def dispatch(self, request, token):
        self.proof = proofs.find(token, *Purpose)
        if self.proof is None:
            return render(request, "registry/proof_spent.html", status=410)
        return super().dispatch(request, token)

    def get(self, request):
        context = {"proof": self.proof, "initiative": self.proof.initiative, "stop_form": StopForm()}
        if self.proof.purpose == Purpose.INTRODUCE:
            context["introduction"] = get_object_or_404(Introduction, pk=self.proof.subject)
        return render(request, f"registry/proof/{self.proof.purpose.replace('-', '_')}.html", context)

    def post(self, request):
        if not proofs.use(self.proof):
            return render(request, "registry/proof_spent.html", status=410)
        return finish(request, self.proof, request.POST)


def finish(request, proof, answers=None):
    """What a proof is for, done once it has been spent. The person is then logged in as the mailbox's owner,
    unless that is a member of staff: they log in the longer way."""
    answers = answers or {}
    initiative = proof.initiative
    try:
        if proof.purpose == Purpose.REGISTER:
            enter(request, registration.confirm(proof))
            messages.success(request, _("Dank u wel. Uw aanmelding is binnen."))
            return redirect("registry:my-initiative", initiative.slug)
        if proof.purpose in (Purpose.INVITE, Purpose.CLAIM):
            enter(request, registration.make_owner(initiative, proof.email))
            letters.send(
                "overnemen-gelukt",
                proof.email,
                initiatief=initiative.name,
                adres=registration.address("my-initiative", initiative.slug),
            )
            messages.success(request, _("U beheert nu deze pagina."))
            return redirect("registry:my-initiative", initiative.slug)
        if proof.purpose == Purpose.STILL_TRUE:
            return still_true(request, proof, answers)
        if proof.purpose == Purpose.INTRODUCE:
            introduction = get_object_or_404(Introduction, pk=proof.subject)
            yes = answers.get("antwoord") == "ja"
            introductions.answer(introduction, initiative, yes=yes)
            return render(request, "registry/proof_done.html", {"introduced": True, "yes": yes})
        following.confirm(proof)
        return render(request, "registry/proof_done.html", {"followed": True})
    except NotAllowed as error:
        messages.error(request, str(error))
        return redirect("registry:home")


def still_true(request, proof, answers):
    initiative = proof.initiative
    owner = initiative.ownerships.filter(user__email=proof.email).select_related("user").first()
    if owner is None:
        return render(request, "registry/proof_spent.html", status=410)
    if answers.get("antwoord") == "aanpassen":
        enter(request, owner.user)
        return redirect("registry:my-edit", initiative.slug)
    if answers.get("antwoord") == "gestopt":
        form = StopForm(answers)
        lessons = form.cleaned_data["lessons"] if form.is_valid() else ""
        reminders.stop(initiative, lessons=lessons, by=owner.user)
        return render(request, "registry/proof_done.html", {"stopped": initiative})
    reminders.confirm(initiative, by=owner.user)
    return render(request, "registry/proof_done.html", {"confirmed": initiative})


def enter(request, user):
    if not user.is_staff and user.is_active:
        login(request, user, backend=BACKEND)
