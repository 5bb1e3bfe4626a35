"""Who keeps the page of an initiative: staff within reach can take an owner off it and invite somebody."""

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.mail import troubles
from registry.moderation import NotAllowed
from registry.say import invite, leave


class RemoveOwner(forms.Form):
    owner = forms.ModelChoiceField(
        None, label=gettext_lazy("Eigenaar"), widget=forms.RadioSelect, empty_label=None
    )
    reason = forms.CharField(
        label=gettext_lazy("Reden"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Deze persoon leest de reden in een e-mail."),
    )

    def __init__(self, *args, owners, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners
        self.fields["owner"].label_from_instance = _described


def _described(ownership):
    if ownership.wants_yearly:
        return ownership.user.email
    return _("%s (wil de jaarlijkse vraag niet)") % ownership.user.email


class InviteOwner(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mailadres"))


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
        owners = entry.ownerships.select_related("user")
        asks = request.POST.get("doe")
        remove = RemoveOwner(request.POST if asks == "weg" else None, owners=owners)
        add = InviteOwner(request.POST if asks == "nodig-uit" else None)
        if remove.is_valid() or add.is_valid():
            self._change_owners(request, entry, remove, add)
            return redirect(request.path)
        dead = troubles.among([ownership.user.email for ownership in owners])
        context = self.admin_site.each_context(request) | {
            "dead": [dead[ownership.user.email] for ownership in owners if ownership.user.email in dead],
            "shows_contact": self.has_change_permission(request, entry),
            "opts": self.opts,
            "original": entry,
            "title": _("Eigenaren van %s") % entry,
            "owners": owners,
            "remove": remove,
            "add": add,
        }
        return render(request, "admin/owners.html", context)

    def _change_owners(self, request, entry, remove, add):
        try:
            if add.is_valid():
                invite(entry, add.cleaned_data["email"], by=request.user)
                self.log_change(request, entry, _("Iemand uitgenodigd als eigenaar"))
                return self.message_user(request, _("De uitnodiging is verstuurd."))
            leave(
                entry,
                remove.cleaned_data["owner"].user,
                by=request.user,
                reason=remove.cleaned_data["reason"],
            )
            reason = remove.cleaned_data["reason"]
            self.log_change(request, entry, _("Eigenaar weggehaald: %s") % reason)
            return self.message_user(request, _("Deze persoon beheert de pagina niet meer."))
        except NotAllowed as error:
            return self.message_user(request, str(error), messages.ERROR)
