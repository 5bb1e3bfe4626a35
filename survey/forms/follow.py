from django import forms

from registry.mail.public_forms import GuardedForm
from survey.models import FollowedRound


class FollowForm(GuardedForm, forms.ModelForm):
    class Meta:
        model = FollowedRound
        fields = ["email"]
        widgets = {"email": forms.EmailInput(attrs={"autocomplete": "email"})}
