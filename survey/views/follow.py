"""Leave an address to hear of the results of a round."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from registry.mail.budget import prepay
from registry.mail.public_forms import VisitorForm, look_in_your_mail
from survey import following
from survey.forms.follow import FollowForm
from survey.models import Round


def _followed(slug):
    round = get_object_or_404(Round, slug=slug)
    if not following.can_be_followed(round):
        raise Http404
    return round


class FollowRound(VisitorForm):
    form_class = FollowForm
    template_name = "survey/follow.html"

    def setup(self, request, slug, **kwargs):
        super().setup(request, slug=slug, **kwargs)
        self.round = _followed(slug)

    def context(self):
        return {"round": self.round}

    def done(self, form):
        # Also for who follows this already and gets no letter: refused or not tells nothing about the address.
        prepay(form.cleaned_data["email"])
        following.follow(self.round, form.cleaned_data["email"])
        messages.success(self.request, look_in_your_mail(form.cleaned_data["email"]))
        return redirect("survey:results-list")


class ConfirmFollow(View):
    """The page behind the mailed link. Opening it does nothing: mail scanners open links too."""

    def setup(self, request, slug, token):
        super().setup(request, slug=slug, token=token)
        self.round = _followed(slug)
        self.row = following.find(self.round, token)

    def get(self, request, **kwargs):
        return self.show()

    def post(self, request, **kwargs):
        if self.row is None:
            return self.show()
        following.confirm(self.row)
        return self.show(is_done=True)

    def show(self, **more):
        context = {"round": self.round, "row": self.row} | more
        status = 200 if self.row else 410
        return render(self.request, "survey/follow_confirm.html", context, status=status)
