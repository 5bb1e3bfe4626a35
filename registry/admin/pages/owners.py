"""Who has a say in the page of an initiative: staff within reach see all of it in one place, and repair it there."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import ownership as say
from registry.foundation.errors import Refused
from registry.mail import troubles
from registry.models import ChangeProposal, Proof, Status
from registry.ownership import history

DECIDED = 5  # proposals that were decided lately


class RemoveOwner(forms.Form):
    owner = forms.ModelChoiceField(
        None, label=gettext_lazy("Eigenaar"), widget=forms.RadioSelect, empty_label=None
    )
    reason = forms.CharField(
        label=gettext_lazy("Reden"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "Deze persoon leest de reden in een e-mail. De andere eigenaren lezen haar ook."
        ),
    )

    def __init__(self, *args, owners, dead, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners
        self.fields["owner"].label_from_instance = lambda ownership: _described(ownership, dead)


def _described(ownership, dead):
    marks = [
        _("kan niet inloggen") if not ownership.user.is_active else "",
        _("e-mail komt niet aan") if ownership.user.email in dead else "",
        "" if ownership.wants_yearly else _("wil de jaarlijkse vraag niet"),
        _("medewerker") if ownership.user.is_staff else "",
    ]
    words = ", ".join(filter(None, marks))
    return f"{ownership.user.email} ({words})" if words else ownership.user.email


class InviteOwner(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mailadres"))


class TakeBack(forms.Form):
    invitation = forms.ModelChoiceField(Proof.objects.none())

    def __init__(self, *args, invitations, **kwargs):
        super().__init__(*args, **kwargs)
        keys = [proof.pk for proof in invitations]
        self.fields["invitation"].queryset = Proof.objects.filter(pk__in=keys).select_related("initiative")


class OwnersAdmin:
    """Mixed into the admin of initiatives."""

    def get_urls(self):
        owners = self.admin_site.admin_view(self.owners_view)
        return [
            path("<path:object_id>/eigenaren/", owners, name="registry_initiative_owners"),
            *super().get_urls(),
        ]

    def owners_view(self, request, object_id):
        entry = self.get_object(request, unquote(object_id))
        if entry is None:
            raise Http404
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if entry.status == Status.MERGED:
            return self._to_survivor(request, entry)
        owners = entry.ownerships.select_related("user")
        invitations = say.open_invitations(entry)
        dead = troubles.among([ownership.user.email for ownership in owners])
        asks = request.POST.get("doe")
        remove = RemoveOwner(request.POST if asks == "weg" else None, owners=owners, dead=dead)
        add = InviteOwner(request.POST if asks == "nodig-uit" else None)
        back = TakeBack(request.POST if asks == "trek-in" else None, invitations=invitations)
        if any(form.is_valid() for form in (remove, add, back)):
            self._change_owners(request, entry, remove, add, back)
            return redirect(request.path)
        if back.is_bound:
            text = _("Deze uitnodiging is al gebruikt of ingetrokken.")
            self.message_user(request, text, messages.ERROR)
        proposals = entry.proposals.select_related("by", "decided_by")
        keepers = {ownership.user_id for ownership in owners}
        context = self.admin_site.each_context(request) | {
            "dead": [dead[ownership.user.email] for ownership in owners if ownership.user.email in dead],
            "shows_contact": self.has_change_permission(request, entry),
            "opts": self.opts,
            "original": entry,
            "title": _("Eigenaren van %s") % entry,
            "owners": owners,
            "keepers": keepers,
            "remove": remove,
            "add": add,
            "invitations": invitations,
            "claims": say.open_claims(entry),
            "waiting": proposals.open(),
            "decided": proposals.filter(
                decided_at__isnull=False, waits_for=ChangeProposal.Waits.OWNERS
            ).order_by("-decided_at")[:DECIDED],
            "introductions": history.introductions(entry, reach=self.get_queryset(request)),
            "deliveries": history.deliveries(entry),
            "lines": history.lines(entry),
        }
        return render(request, "admin/owners.html", context)

    def _to_survivor(self, request, entry):
        """Who keeps what was merged stands on the page that it became, for who may see that."""
        survivor = self.get_queryset(request).filter(pk=entry.survivor.pk).first()
        text = _("‘%s’ is samengevoegd met een andere pagina. Er is niets veranderd.") % entry
        if survivor is None or request.method not in ("GET", "HEAD"):
            self.message_user(request, text, messages.WARNING)
        if survivor is None:
            return redirect("admin:registry_initiative_change", entry.pk)
        return redirect("admin:registry_initiative_owners", survivor.pk)

    def _change_owners(self, request, entry, remove, add, back):
        try:
            if add.is_valid():
                say.invite(entry, add.cleaned_data["email"], by=request.user)
                self.log_change(request, entry, _("Iemand uitgenodigd als eigenaar"))
                return self.message_user(request, _("De uitnodiging is verstuurd."))
            if back.is_valid():
                say.take_back(back.cleaned_data["invitation"], by=request.user, as_staff=True)
                self.log_change(request, entry, _("Een uitnodiging ingetrokken"))
                return self.message_user(request, _("De link in die e-mail werkt niet meer."))
            reason = remove.cleaned_data["reason"]
            owner = remove.cleaned_data["owner"].user
            say.leave(entry, owner, by=request.user, reason=reason, as_staff=True)
            self.log_change(request, entry, _("Eigenaar weggehaald: %s") % reason)
            return self.message_user(request, _("Deze persoon beheert de pagina niet meer."))
        except Refused as error:
            return self.message_user(request, str(error), messages.ERROR)
