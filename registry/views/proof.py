"""The page behind a mailed link. Opening it does nothing: mail scanners open links too. A button acts."""

from django.contrib import messages
from django.contrib.auth import login
from django.core import signing
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from registry import ownership
from registry.community import contact_messages, introductions, reminders, saved_searches
from registry.forms.owner import StopForm
from registry.foundation.errors import Refused
from registry.lifecycle import merge
from registry.mail import budget, letters, verification
from registry.models import Proof, Status
from registry.moderation.locks import lock_sides
from registry.registration import renewal, signup

SALT = "registry.code"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
Purpose = Proof.Purpose


def code_address(proof):
    return reverse("registry:enter-code", args=[signing.dumps(proof.pk, salt=SALT)])


def proof_of_code_page(key):
    """The proof that a code page is for, or None when it is gone; it may have been used or have run out."""
    try:
        return Proof.objects.select_related("initiative").filter(pk=signing.loads(key, salt=SALT)).first()
    except signing.BadSignature as error:
        raise Http404 from error


class ProofPage(View):
    def dispatch(self, request, token):
        self.proof = verification.find(token, *Purpose)
        if self.proof is None or not _still_asked(self.proof):
            return spent(request, verification.find_any(token))
        return super().dispatch(request)

    def get(self, request):
        context = {"proof": self.proof, "initiative": self.proof.initiative, "stop_form": StopForm()}
        context["former"] = merge.former_page(self.proof)
        if self.proof.purpose == Purpose.INTRODUCE:
            context["introduction"] = introduction = introductions.find(self.proof)
            context["why"] = introductions.why_for(introduction, self.proof.initiative)
        if self.proof.purpose == Purpose.MESSAGE:
            context["message"] = contact_messages.find(self.proof)
        if self.proof.purpose == Purpose.STILL_TRUE:
            context["is_stop_asked"] = reminders.stop_asked(self.proof.initiative) is not None
        return render(request, f"registry/proof/{Purpose(self.proof.purpose).name.lower()}.html", context)

    @transaction.atomic
    def post(self, request):
        # Before the proof: who takes an owner away holds the page, and then ends proofs.
        lock_sides(*_sides(self.proof))
        # As it is now: while this waited, a page may have gone, or become one with another; who sent it may be gone.
        proof = verification.again(self.proof)
        if proof is not None and proof.initiative_id != self.proof.initiative_id:
            return redirect(request.path)
        if proof is None or not _still_asked(proof) or not verification.use(proof):
            return spent(request, proof)
        return finish(request, proof, request.POST)


def spent(request, proof=None):
    """What worked once works no more; what ran out can be had anew, by a button."""
    if request.method == "POST" and "opnieuw" in request.POST and proof is not None:
        return send_again(request, proof)
    ran_out = proof is not None and renewal.can_renew(proof)
    was_used = proof is not None and proof.used_at is not None
    has_moved = was_used and verification.went_to_former_address(proof)
    context = {"proof": proof, "ran_out": ran_out, "was_used": was_used, "has_moved": has_moved}
    return render(request, "registry/proof_spent.html", context, status=410)


def send_again(request, proof):
    renewed = renewal.renew(proof)
    if renewed is None:
        return render(request, "registry/proof_spent.html", {"was_used": True}, status=410)
    messages.success(request, _("Wij sturen een nieuwe e-mail naar %s.") % renewed.email)
    if renewed.purpose == Purpose.REGISTER:
        return redirect(code_address(renewed))
    return redirect("registry:home")


def _still_asked(proof):
    """Whether the question still stands: an owner may have left, a page may have gone."""
    if proof.purpose in (Purpose.STILL_TRUE, Purpose.INTRODUCE) and _owner(proof) is None:
        return False
    if proof.purpose in (Purpose.INVITE, Purpose.CLAIM) and not ownership.may_still_ask(proof):
        return False
    if proof.purpose == Purpose.STILL_TRUE:
        return proof.initiative.status == Status.PUBLISHED
    if proof.purpose == Purpose.MESSAGE:
        return contact_messages.find(proof) is not None
    if proof.purpose == Purpose.FOLLOW:
        return saved_searches.find(proof) is not None
    return proof.purpose != Purpose.INTRODUCE or introductions.find(proof) is not None


def _sides(proof):
    introduction = introductions.find(proof) if proof.purpose == Purpose.INTRODUCE else None
    return introduction.sides if introduction else [proof.initiative]


def _owner(proof):
    owner = (
        proof.initiative.ownerships.filter(user__email=proof.email, user__is_active=True)
        .select_related("user")
        .first()
    )
    return owner and owner.user


def finish(request, proof, answers=None):
    """What a proof is for, done once it has been spent. The person is then logged in as the mailbox's owner,
    unless that is a member of staff: they log in the longer way."""
    if proof.purpose == Purpose.MESSAGE:
        return pass_on(request, proof)
    with budget.free():
        return _finish(request, proof, answers or {})


def _finish(request, proof, answers):
    # Meanwhile it may have become one with another.
    initiative = proof.initiative and proof.initiative.survivor
    try:
        if proof.purpose == Purpose.REGISTER:
            enter(request, signup.confirm(proof))
            messages.success(request, _("Dank u wel. Uw aanmelding is binnen."))
            return redirect("registry:my-initiative", initiative.slug)
        if proof.purpose in (Purpose.INVITE, Purpose.CLAIM):
            enter(request, ownership.make_owner(initiative, proof.email, by=ownership.asker_of(proof)))
            letters.send(
                "overnemen-gelukt",
                proof.email,
                about=initiative,
                initiatief=initiative.name,
                adres=letters.address("my-initiative", initiative.slug),
            )
            messages.success(request, _("U beheert nu deze pagina."))
            return redirect("registry:my-initiative", initiative.slug)
        if proof.purpose == Purpose.STILL_TRUE:
            return still_true(request, proof, answers)
        if proof.purpose == Purpose.INTRODUCE:
            return introduce(request, proof, yes=answers.get("antwoord") == "ja")
        saved_searches.confirm(proof)
        return render(request, "registry/proof_done.html", {"followed": True})
    except Refused as error:
        messages.error(request, str(error))
        return redirect("registry:home")


def introduce(request, proof, *, yes):
    introduction, owner = introductions.find(proof), _owner(proof)
    counted = introductions.answer(introduction, proof.initiative, by=owner, yes=yes)
    introduction.refresh_from_db()
    context = {
        "introduction": introduction,
        "yes": yes,
        "counted": counted,
        # They may keep both pages.
        "is_named": introduction.introduced_at and introduction.has_yes_of(owner),
    }
    return render(request, "registry/proof_done.html", context)


def pass_on(request, proof):
    """Its letters go to others than who proved a mailbox, so they are counted now; when they cannot go the link stays."""
    message = contact_messages.find(proof)
    try:
        contact_messages.pass_on(message)
    except budget.TooManyLetters as error:
        transaction.set_rollback(True)
        messages.error(request, str(error))
        return redirect(request.path)
    return render(request, "registry/proof_done.html", {"passed_on": message})


def still_true(request, proof, answers):
    initiative, owner = proof.initiative, _owner(proof)
    if answers.get("antwoord") == "aanpassen":
        enter(request, owner)
        return redirect("registry:my-edit", initiative.slug)
    is_stopped = initiative.activity == initiative.Activity.STOPPED
    if is_stopped and answers.get("antwoord") == "verder":
        reminders.restart(initiative, by=owner)
        return render(request, "registry/proof_done.html", {"restarted": initiative})
    if is_stopped and answers.get("antwoord") != "gestopt":
        return render(request, "registry/proof_done.html", {"stopped": initiative})
    if answers.get("antwoord") == "gestopt":
        form = StopForm(answers)
        lessons = form.cleaned_data["lessons"] if form.is_valid() else ""
        if reminders.stop(initiative, lessons=lessons, by=owner):
            return render(request, "registry/proof_done.html", {"stopped": initiative})
        context = {"asked": initiative, "answer_by": reminders.answer_by()}
        return render(request, "registry/proof_done.html", context)
    reminders.confirm(initiative, by=owner)
    return render(request, "registry/proof_done.html", {"confirmed": initiative})


def enter(request, user):
    if not user.is_staff and user.is_active:
        login(request, user, backend=BACKEND)
