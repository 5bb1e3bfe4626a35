"""Who has no password shows in another way that it is still them: with a code in the mailbox."""

from allauth.account.internal.flows.reauthentication import resume_request
from allauth.core.ratelimit import consume_or_429
from allauth.utils import get_request_param
from django.contrib.auth.mixins import LoginRequiredMixin
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views import View

from registry.accounts.adapter import check_code_again, mail_code_again
from registry.forms.owner import CodeAgainForm


class CodeAgain(LoginRequiredMixin, View):
    login_url = reverse_lazy("account_request_login_code")

    def get(self, request):
        if request.user.has_usable_password():
            return redirect("account_reauthenticate")
        mail_code_again(request)
        return self.show(request, CodeAgainForm())

    def post(self, request):
        if too_often := consume_or_429(request, action="reauthenticate", user=request.user):
            return too_often
        form = CodeAgainForm(request.POST)
        if form.is_valid():
            if check_code_again(request, form.cleaned_data["code"]):
                return resume_request(request) or redirect("registry:mine")
            mail_code_again(request)
            form.add_error(
                "code", _("Deze code klopt niet of werkt niet meer. Kijk in de nieuwste e-mail van ons.")
            )
        return self.show(request, form)

    def show(self, request, form):
        following = get_request_param(request, "next") or ""
        return render(request, "account/code_again.html", {"form": form, "next": following})
