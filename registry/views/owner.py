"""The pages for owners of an initiative: its state, proposals, introductions, owners and their own data."""

import json

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView

from registry import ownership as say
from registry.community import introductions, reminders
from registry.community.matching import matches_for
from registry.forms.owner import InviteForm, PageForm, StopForm
from registry.foundation.errors import Refused
from registry.foundation.redirects import moved
from registry.lifecycle.withdrawal import withdraw_as_owner
from registry.mail import troubles
from registry.models import ChangeProposal, Export, Initiative, Status
from registry.moderation.decisions import NEEDS_REASON, submit
from registry.moderation.locks import Gone, lock
from registry.moderation.versions import proposal_as_read, version_of, version_of_proposal
from registry.ownership import history, invite, leave
from registry.personal_data import forget, kept_about
from registry.proposals.proposals import decide_proposal, differences, edit, may_accept, propose


class OwnersOnly(LoginRequiredMixin):
    login_url = reverse_lazy("account_request_login_code")


class Mine(OwnersOnly, TemplateView):
    template_name = "registry/mine/list.html"

    def get_context_data(self, **kwargs):
        mine = Initiative.objects.exclude(status=Status.MERGED).filter(ownerships__user=self.request.user)
        initiatives = mine.select_related("municipality").order_by("name")
        is_dead = bool(troubles.among([self.request.user.email]))
        return super().get_context_data(initiatives=initiatives, is_dead=is_dead, **kwargs)


MERGED_SINCE = gettext_lazy("Deze pagina is samengevoegd. Kijk eerst hoe zij nu is: er is niets veranderd.")


ASKS_OTHERS = gettext_lazy(
    "Dank u wel. U beheert deze pagina niet alleen: wij vragen het de andere eigenaren. Horen wij niets "
    "vóór %s, dan zetten wij erbij dat het initiatief is gestopt. U krijgt bericht."
)


class Owned(OwnersOnly):
    """Base view on one initiative of the person who is logged in; 404 for any other."""

    def setup(self, request, slug, **kwargs):
        super().setup(request, slug=slug, **kwargs)
        if request.user.is_authenticated:
            self.initiative = get_object_or_404(Initiative, slug=slug).survivor
            if not self.initiative.ownerships.filter(user=request.user).exists():
                raise Http404

    def dispatch(self, request, *args, **kwargs):
        """What was merged leads on, for who keeps what it became."""
        match = request.resolver_match
        if request.user.is_authenticated and self.initiative.slug != match.kwargs["slug"]:
            if request.method not in ("GET", "HEAD"):
                return self.back(MERGED_SINCE, messages.WARNING)
            return moved(request, reverse(match.view_name, args=[self.initiative.slug]))
        return super().dispatch(request, *args, **kwargs)

    def back(self, text="", level=messages.SUCCESS):
        if text:
            messages.add_message(self.request, level, text)
        return redirect("registry:my-initiative", self.initiative.slug)

    def lock(self, *others):
        """The page as it is now, held with these others until the commit: whose it is and what it became may have
        changed since it was read."""
        locked = lock(self.initiative.pk, *others)
        if self.initiative.pk not in locked:
            raise Gone
        self.initiative = locked[self.initiative.pk]
        if not say.keeps(self.initiative, self.request.user):
            now = self.initiative.status
            raise Gone(MERGED_SINCE if now == Status.MERGED else _("U beheert deze pagina niet meer."))
        if self.initiative.status == Status.MERGED:
            raise Gone(MERGED_SINCE)


class MyInitiative(Owned, View):
    def get(self, request, slug):
        return self.show()

    def show(self, typed=None):
        """``typed``: what was sent about a proposal that could not be decided."""
        request, version = self.request, version_of(self.initiative)
        # After the version: what changes in between makes that too old, never too new.
        initiative = self.initiative = Initiative.objects.get(pk=self.initiative.pk)
        proposals = initiative.proposals.open().prefetch_related("changes").select_related("by")
        for proposal in proposals:
            proposal.may_choose = may_accept(proposal, request.user)
            proposal.read = version_of_proposal(proposal, version)
            proposal.is_typed = typed is not None and typed.get("nummer") == str(proposal.pk)
        is_public = initiative.status == Status.PUBLISHED
        decided = initiative.decisions.filter(to_status__in=NEEDS_REASON).first()
        owners = initiative.ownerships.select_related("user")
        context = {
            "initiative": initiative,
            "proposals": [(proposal, differences(proposal)) for proposal in proposals],
            "lines": history.lines(initiative, reader=request.user),
            "reason": decided.reason if decided and initiative.status in NEEDS_REASON else "",
            "wants_yearly": get_object_or_404(initiative.ownerships, user=request.user).wants_yearly,
            "owners": owners,
            "dead": troubles.among([ownership.user.email for ownership in owners]),
            "invitations": say.open_invitations(initiative),
            "claims": say.open_claims(initiative),
            "introductions": history.introductions(initiative, reader=request.user),
            "invite_form": InviteForm(),
            "stop_form": StopForm(),
            "matches": matches_for(initiative) if is_public else [],
            "typed": typed,
            "ticked": typed.getlist("veld") if typed else [],
        }
        return render(request, "registry/mine/detail.html", context)

    def post(self, request, slug):
        """One button, one act; the name of the button says which."""
        acts = {
            "verstuur": self.send_again,
            "klopt": self.confirm,
            "gestopt": self.stop,
            "verder": self.restart,
            "trek-in": self.withdraw,
            "nodig-uit": self.invite,
            "trek-uitnodiging-in": self.take_back,
            "vertrek": self.leave,
            "voorstel": self.decide_proposal,
            "kennismaken": self.introduce,
            "jaarvraag": self.ask_yearly,
        }
        act = acts.get(request.POST.get("doe"))
        if act is None:
            return self.back(_("Die knop kennen wij niet."), messages.ERROR)
        try:
            with transaction.atomic():
                self.lock(*self._met(request.POST))
                return act(request.POST) or self.back()
        except Gone as gone:
            messages.error(request, str(gone))
            return redirect("registry:mine")
        except Refused as error:
            if act == self.decide_proposal:
                messages.error(request, str(error))
                return self.show(typed=request.POST)
            return self.back(str(error), messages.ERROR)

    def _met(self, posted):
        """The key of the other page that it is about: both are held in one order."""
        return Initiative.objects.filter(slug=posted.get("met", "")).values_list("pk", flat=True)

    def send_again(self, posted):
        submit(self.initiative, by=self.request.user)
        return self.back(_("Verstuurd. U hoort van ons."))

    def confirm(self, posted):
        reminders.confirm(self.initiative, by=self.request.user)
        return self.back(_("Dank u wel. De pagina is bevestigd."))

    def ask_yearly(self, posted):
        wants = posted.get("wil") == "ja"
        for ownership in self.initiative.ownerships.filter(user=self.request.user):
            reminders.ask_yearly(ownership, wants)
        if wants:
            return self.back(_("Wij vragen u eens per jaar of de pagina nog klopt."))
        return self.back(_("Wij vragen u niet meer of de pagina nog klopt."))

    def stop(self, posted):
        form = StopForm(posted)
        if not form.is_valid():
            return self.back(_("De tekst is te lang. Ten hoogste 3.000 tekens."), messages.ERROR)
        if reminders.stop(self.initiative, lessons=form.cleaned_data["lessons"], by=self.request.user):
            return self.back(_("De pagina zegt nu dat het initiatief is gestopt."))
        return self.back(ASKS_OTHERS % date_format(reminders.answer_by(), "j F Y"))

    def restart(self, posted):
        reminders.restart(self.initiative, by=self.request.user)
        return self.back(_("De pagina zegt nu dat het initiatief weer verdergaat."))

    def withdraw(self, posted):
        withdraw_as_owner(
            self.initiative, by=self.request.user, reason=posted.get("reden", "").strip()[:2000]
        )
        return self.back(_("De pagina staat niet meer op de site."))

    def invite(self, posted):
        form = InviteForm(posted)
        if not form.is_valid():
            return self.back(" ".join(form.errors["email"]), messages.ERROR)
        invite(self.initiative, form.cleaned_data["email"], by=self.request.user)
        return self.back(_("De uitnodiging is verstuurd."))

    def take_back(self, posted):
        invitations = say.open_invitations(self.initiative)
        proof = next(
            (invitation for invitation in invitations if invitation.pk == _whole(posted.get("uitnodiging"))),
            None,
        )
        if proof is None:
            raise Refused(_("Deze uitnodiging is al gebruikt of ingetrokken."))
        say.take_back(proof, by=self.request.user)
        return self.back(_("De uitnodiging is ingetrokken. De link in de e-mail werkt niet meer."))

    def leave(self, posted):
        ownership = get_object_or_404(self.initiative.ownerships, pk=_whole(posted.get("eigenaar")))
        is_other = ownership.user != self.request.user
        if is_other and posted.get("zeker") != "ja":
            context = {"initiative": self.initiative, "ownership": ownership}
            return render(self.request, "registry/mine/remove_owner.html", context)
        leave(self.initiative, ownership.user, by=self.request.user)
        if not is_other:
            messages.success(self.request, _("U beheert deze pagina niet meer."))
            return redirect("registry:mine")
        return self.back(_("Deze persoon beheert de pagina niet meer."))

    def decide_proposal(self, posted):
        # Also one that another owner decided about meanwhile: who comes later is told so.
        mine = self.initiative.proposals.filter(waits_for=ChangeProposal.Waits.OWNERS)
        proposal = get_object_or_404(mine, pk=_whole(posted.get("nummer")))
        decide_proposal(
            proposal,
            posted.getlist("veld"),
            by=self.request.user,
            reason=posted.get("reden", "")[:2000],
            seen=posted.getlist("gezien"),
            check=proposal_as_read(posted.get("las", "")),
        )
        return self.back(_("Dank u wel. Uw besluit is verwerkt."))

    def introduce(self, posted):
        other = get_object_or_404(Initiative.objects.published(), slug=posted.get("met"))
        introductions.ask(self.initiative, other, yes_from=self.initiative, by=self.request.user)
        return self.back(
            _("Wij hebben de ander gevraagd. Zegt die ook ja, dan krijgt u elkaars e-mailadres.")
        )


class MyEdit(Owned, View):
    """Change the page. What is public changes after a yes of staff; what is not yet public, at once."""

    def get(self, request, slug):
        return self.show(PageForm(instance=self.initiative))

    @transaction.atomic
    def post(self, request, slug):
        # As it is now: whether it is public decides what happens to the change.
        form = PageForm(request.POST, instance=Initiative.objects.get(pk=self.initiative.pk))
        try:
            self.lock()
        except Gone as gone:
            form.add_error(None, _("%s Wat u typte staat hieronder, en is niet bewaard.") % gone)
            return self.show(form)
        form = PageForm(request.POST, instance=Initiative.objects.get(pk=self.initiative.pk))
        if not form.is_valid():
            return self.show(form)
        try:
            if self.initiative.status == Status.PUBLISHED:
                changes = form.changes()
                if changes.get("activity") == Initiative.Activity.STOPPED:
                    return self.stop(changes)
                proposal = propose(self.initiative, changes, by=request.user)
                if proposal:
                    # Who says what is to be different, says that the rest is right.
                    reminders.looked_at(self.initiative, by=request.user)
                text = _("Uw wijziging is verstuurd. De pagina blijft zo tot wij ja zeggen.")
                return self.back(text if proposal else _("Er is niets veranderd."))
            edit(self.initiative, form.changes(), by=request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self.show(form)
        return self.back(_("Uw wijziging is bewaard."))

    def stop(self, changes):
        """As by the button: the other owners are asked first. The rest waits for staff."""
        ends_on = changes.pop("ends_on", None)
        del changes["activity"]
        propose(self.initiative, changes, by=self.request.user)
        if reminders.stop(self.initiative, lessons="", by=self.request.user, ends_on=ends_on):
            return self.back(_("De pagina zegt nu dat het initiatief is gestopt."))
        return self.back(ASKS_OTHERS % date_format(reminders.answer_by(), "j F Y"))

    def show(self, form):
        return render(self.request, "registry/mine/edit.html", {"form": form, "initiative": self.initiative})


class MyData(OwnersOnly, View):
    """What is kept about this person: to read, to take along, to delete."""

    def get(self, request):
        about = kept_about(request.user)
        if request.GET.get("bestand"):
            if request.method != "HEAD":
                Export.objects.log_once_a_day(request.user, _("eigen gegevens"), kind="json", number=1)
            response = HttpResponse(
                json.dumps(about, ensure_ascii=False, indent=2), content_type="application/json"
            )
            response["Content-Disposition"] = 'attachment; filename="mijn-gegevens.json"'
            return response
        return render(request, "registry/mine/data.html", {"kept": about})


class DeleteMyData(View):
    """Deletes the account after a page that lists what is deleted; asks the same proof as a change of address."""

    def dispatch(self, request):
        if not request.user.is_authenticated or request.user.is_staff:
            messages.error(request, _("Een account van een medewerker verwijdert de beheerder."))
            return redirect("registry:my-data")
        return self.proven(request)

    @method_decorator(reauthentication_required(app="allauth.account"))
    def proven(self, request):
        return super().dispatch(request)

    def get(self, request):
        return render(request, "registry/mine/delete.html", {"kept": kept_about(request.user)})

    def post(self, request):
        user = request.user
        forget(user)
        logout(request)
        messages.success(request, _("Uw account en uw gegevens zijn verwijderd."))
        return redirect("registry:home")


def _whole(text):
    """A number from a form, or -1 for what is none: that finds nothing."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else -1
