"""What a visitor can say: to an initiative, about a page, or "keep me posted"."""

from contextlib import suppress
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from registry.community import contact_messages, saved_searches
from registry.filters import InitiativeFilter
from registry.forms.visitor import ClaimForm, ContactForm, FollowForm, NoticeForm
from registry.mail import letters, unsubscribe
from registry.mail.budget import TooManyLetters, prepay
from registry.mail.public_forms import VisitorForm, look_in_your_mail
from registry.models import Bottleneck, Case, Initiative, Notice, SavedSearch
from registry.models.address import former_addresses
from registry.models.fields.mailbox import as_mailed
from registry.ownership import claim


class AboutInitiative(VisitorForm):
    def setup(self, request, slug, **kwargs):
        super().setup(request, slug=slug, **kwargs)
        self.initiative = get_object_or_404(Initiative.objects.published(), slug=slug)

    def context(self):
        return {"initiative": self.initiative}


class Contact(AboutInitiative):
    """Write to an initiative without seeing its address; without an account it goes once the mailbox is proved."""

    form_class = ContactForm
    template_name = "registry/contact.html"

    def setup(self, request, slug, **kwargs):
        super().setup(request, slug=slug, **kwargs)
        if not self.initiative.can_be_written_to:
            raise Http404

    def done(self, form):
        message = form.save(commit=False)
        message.initiative = self.initiative
        user, email = self.request.user, as_mailed(message.sender_email)
        if contact_messages.receive(message, is_proved=user.is_authenticated and user.email == email):
            text = _("Uw bericht is verstuurd. Het antwoord komt op %(email)s.")
        else:
            text = _(
                "Kijk in uw e-mail: wij sturen een link naar %(email)s. Druk daarop, dan sturen wij uw bericht "
                "door."
            )
        messages.success(self.request, text % {"email": email})
        return redirect(self.initiative)


class Claim(AboutInitiative):
    """Is this yours? Staff look before anybody becomes the owner."""

    form_class = ClaimForm
    template_name = "registry/claim.html"

    def done(self, form):
        notice = form.save(commit=False)
        notice.kind, notice.initiative = Notice.Kind.CLAIM, self.initiative
        notice.page = self.initiative.get_absolute_url()
        claim(notice)
        messages.success(self.request, _("Dank u wel. Wij kijken ernaar en mailen u."))
        return redirect(self.initiative)


class Tell(VisitorForm):
    """Suggest an improvement or report what is wrong, from any public page."""

    form_class = NoticeForm
    template_name = "registry/tell.html"

    @property
    def page(self):
        """The page it is about: an address on this site and nothing else."""
        page = self.request.GET.get("pagina", "/")[:300]
        is_here = page.startswith("/") and url_has_allowed_host_and_scheme(page, allowed_hosts=None)
        return page if is_here else "/"

    @property
    def kind(self):
        is_report = self.request.GET.get("soort") == "melding"
        return Notice.Kind.REPORT if is_report else Notice.Kind.SUGGESTION

    def context(self):
        return {"page": self.page, "kind": self.kind}

    def done(self, form):
        notice = form.save(commit=False)
        notice.kind, notice.page = self.kind, self.page
        notice.initiative = _initiative_at(self.page)
        notice.save()
        _thank(notice.email)
        messages.success(self.request, _("Dank u wel. Wij kijken ernaar."))
        return redirect(self.page if _is_there(self.page) else "registry:home")


def _initiative_at(page):
    """The initiative that the page is or was about, wherever it stands now: who works for its municipality sees what
    is said of it."""
    slug = _path(page).removeprefix(reverse("registry:initiative-list")).strip("/")
    initiative = Initiative.objects.filter(slug=slug).first()
    if initiative is None:
        keys = [key for _slug, key in former_addresses(Initiative, [slug])]
        initiative = Initiative.objects.filter(pk__in=keys).first()
    return initiative and initiative.survivor


# Of the pages about one thing: which things have one.
SHOWN = {
    "registry:initiative-detail": Initiative.objects.published,
    "registry:case-detail": Case.objects.published,
    "registry:bottleneck-detail": Bottleneck.objects.published,
}


def _is_there(page):
    """Whether a visitor who is sent back to the page finds it."""
    try:
        match = resolve(_path(page))
    except Resolver404:
        return False
    if match.view_name not in SHOWN:
        return True
    where = {f"{name}__iexact": value for name, value in match.kwargs.items()}
    return SHOWN[match.view_name]().filter(**where).exists()


def _path(page):
    return urlsplit(page).path


def _thank(email):
    """In words of ours alone: nobody proved that this address is theirs. What they reported counts, thanked or not."""
    with suppress(TooManyLetters):
        if email:
            letters.send("melding-ontvangen", email)


class Follow(VisitorForm):
    form_class = FollowForm
    template_name = "registry/follow.html"

    def setup(self, request, **kwargs):
        super().setup(request, **kwargs)
        self.filterset = InitiativeFilter(request.GET, queryset=Initiative.objects.published())
        if self.filterset.errors or len(self.filterset.query) > SavedSearch.MAX_QUERY:
            raise BadRequest("Een filter in dit adres bestaat niet, of het zijn er te veel.")

    def context(self):
        return {"label": self.filterset.label, "filterset": self.filterset}

    def done(self, form):
        # Also for who follows this already and gets no letter: refused or not tells nothing about the address.
        prepay(form.cleaned_data["email"])
        saved_searches.follow(
            form.cleaned_data["email"],
            self.filterset.query,
            str(self.filterset.label)[:200],
            chosen=str(self.filterset.chosen),
        )
        messages.success(self.request, look_in_your_mail(form.cleaned_data["email"]))
        return redirect(f"{reverse('registry:initiative-list')}?{self.filterset.query}")


@method_decorator(csrf_exempt, name="dispatch")
class Stop(View):
    """One tap. Mail programs post here by themselves (RFC 8058), so without our token; the signed link is
    the proof."""

    def get(self, request, token):
        return render(request, "registry/stop.html", {"found": unsubscribe.find(token)})

    def post(self, request, token):
        if subscription := unsubscribe.find(token):
            subscription.stop()
        return render(request, "registry/stop.html", {"is_stopped": True})
