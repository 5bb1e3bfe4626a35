from django.db import transaction
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from registry.forms.visitor import AddressForm, CodeForm, MoreForm, RegisterForm
from registry.foundation import ratelimit
from registry.foundation.errors import Refused
from registry.mail import verification
from registry.mail.budget import TooManyLetters
from registry.models import Initiative, Link, Proof
from registry.moderation.duplicates import lookalikes
from registry.moderation.locks import lock_sides
from registry.registration.signup import correct_address, refusal_of, register
from registry.views.proof import code_address, finish, proof_of_code_page, send_again, spent

REGISTRATIONS_AN_HOUR = 10
CODES_AN_HOUR = 30


class Register(View):
    """Five answers, a page to check them, and off they go.

    Nothing is kept before the last button: what was typed travels along in the form itself, so there is
    no session, no half-made entry, and the back button works.
    """

    def get(self, request):
        return render(request, "registry/register.html", {"form": RegisterForm()})

    def post(self, request):
        step = request.POST.get("stap", "controle")
        form = RegisterForm(request.POST)
        if step == "gegevens" or not form.is_valid():
            # Coming back to change something is not a mistake.
            context = {"form": form, "alike": self.alike(form), "typed": self.typed(MoreForm)}
            return render(request, "registry/register.html", context)
        more = MoreForm(request.POST, municipality=form.cleaned_data["municipality"])
        if step == "meer" or not more.is_valid():
            if not more.data.get("meer-gezien"):
                more = MoreForm(municipality=form.cleaned_data["municipality"])
            context = {"form": more, "typed": self.typed(RegisterForm)}
            return render(request, "registry/register_more.html", context)
        if step == "versturen":
            return self.send(form, more)
        context = {
            "form": form,
            "told": list(more.told()),
            "alike": self.alike(form, more),
            "typed": self.typed(RegisterForm, MoreForm),
        }
        return render(request, "registry/register_check.html", context)

    def typed(self, *forms):
        """What the visitor typed into these forms, to send along unseen."""
        names = {name for form in forms for name in form.base_fields} | {"meer-gezien"}
        return [
            (name, value)
            for name, values in self.request.POST.lists()
            if name in names
            for value in dict.fromkeys(values)
        ]

    def alike(self, form, more=None):
        answers = getattr(form, "cleaned_data", {})
        if not answers.get("name"):
            return []
        draft = Initiative(
            name=answers["name"],
            municipality=answers.get("municipality"),
            website=more.cleaned_data["website"] if more else "",
        )
        return lookalikes(draft, Initiative.objects.published())

    def send(self, form, more):
        if not ratelimit.allow(self.request, "register", most=REGISTRATIONS_AN_HOUR, seconds=3600):
            return self.refuse(
                form, _("Er is van hieruit al vaak iets aangemeld. Probeer het over een uur nog eens.")
            )
        extra = more.cleaned_data
        fields = form.answers() | more.answers()
        links = [(bottleneck, Link.Role.FACES) for bottleneck in extra["faces"]]
        links += [(bottleneck, Link.Role.TACKLES) for bottleneck in extra["tackles"]]
        try:
            _initiative, proof = register(
                fields, email=form.cleaned_data["email"], links=links, exchanges=list(more.exchanges())
            )
        except TooManyLetters as error:
            return self.refuse(form, str(error))
        return redirect(code_address(proof))

    def refuse(self, form, text):
        form.add_error(None, text)
        context = {"form": form, "typed": self.typed(MoreForm)}
        return render(self.request, "registry/register.html", context, status=429)


def lookalike_hint(request):
    """Beside the name, while typing: an extra for who has JavaScript."""
    draft = Initiative(name=request.GET.get("name", "")[:120].replace("\0", ""))
    alike = lookalikes(draft, Initiative.objects.published()) if draft.name.strip() else []
    return render(request, "registry/_alike.html", {"alike": alike})


class EnterCode(View):
    """The page where the mailed code is typed."""

    def dispatch(self, request, key):
        self.proof = proof_of_code_page(key)
        is_usable = self.proof and self.proof.used_at is None and self.proof.expires_at > timezone.now()
        return super().dispatch(request) if is_usable else spent(request, self.proof)

    def get(self, request):
        return self.show(CodeForm())

    @transaction.atomic
    def post(self, request):
        form = CodeForm(request.POST)
        lock_sides(self.proof.initiative)
        # As it is now: it may have gone while this waited.
        self.proof = proof = verification.again(self.proof)
        if proof is None:
            return spent(request)
        if not ratelimit.allow(request, "code", most=CODES_AN_HOUR, seconds=3600):
            form.add_error(
                None, _("Er zijn van hieruit al veel codes geprobeerd. Probeer het over een uur nog eens.")
            )
            return self.show(form, status=429)
        if (
            "adres" in request.POST
            and refusal_of(proof) is not None
            and proof.purpose == Proof.Purpose.REGISTER
        ):
            return self.correct(request)
        if "opnieuw" in request.POST:
            return send_again(request, proof)
        if form.is_valid():
            if verification.use_code(proof, form.cleaned_data["code"]):
                return finish(request, proof)
            proof.refresh_from_db()
            if proof.has_attempts_left:
                form.add_error("code", _("Deze code klopt niet. Kijk of u alle 8 tekens hebt overgenomen."))
            else:
                form.add_error(
                    "code",
                    _("Deze code werkt niet meer. Gebruik de link in de e-mail, of vraag een nieuwe code."),
                )
        return self.show(form)

    def correct(self, request):
        """The address was refused: only who typed it is told, and may type another."""
        form = AddressForm(request.POST)
        if not form.is_valid():
            return self.show(CodeForm(), address_form=form)
        try:
            return redirect(code_address(correct_address(self.proof, form.cleaned_data["email"])))
        except TooManyLetters as error:
            form.add_error("email", str(error))
            return self.show(CodeForm(), 429, form)
        except Refused:
            return spent(request, self.proof)

    def show(self, form, status=200, address_form=None):
        said = refusal_of(self.proof) if self.proof.purpose == Proof.Purpose.REGISTER else None
        if said is not None and address_form is None:
            address_form = AddressForm(initial={"email": self.proof.email})
        context = {"form": form, "proof": self.proof, "said": said, "address_form": address_form}
        return render(self.request, "registry/enter_code.html", context, status=status)
