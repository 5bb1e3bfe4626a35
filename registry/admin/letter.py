"""The texts of the letters, to edit with a preview, and what left through the queue, to read."""

from django import forms
from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from post_office.models import Attachment, Email, EmailTemplate, Log

from registry import letters

for model in (Attachment, Email, EmailTemplate, Log):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class LetterForm(forms.ModelForm):
    class Meta:
        model = EmailTemplate
        fields = ["description", "subject", "content"]
        labels = {
            "description": gettext_lazy("wanneer"),
            "subject": gettext_lazy("onderwerp"),
            "content": gettext_lazy("tekst"),
        }
        help_texts = {
            "content": gettext_lazy(
                "Wat tussen {{ en }} staat, vult de site in. Laat dat zo staan; eromheen mag u alles wijzigen."
            )
        }
        widgets = {"content": forms.Textarea(attrs={"rows": 20, "cols": 80})}

    def clean(self):
        cleaned = super().clean()
        mistake = letters.mistake_in(cleaned.get("subject", ""), cleaned.get("content", ""))
        if mistake:
            self.add_error("content", _("Deze tekst kan de site niet invullen: %s") % mistake)
        return cleaned


@admin.register(EmailTemplate)
class LetterAdmin(admin.ModelAdmin):
    form = LetterForm
    list_display = ["subject", "name", "description"]
    list_display_links = ["subject"]
    ordering = ["name"]
    search_fields = ["name", "subject", "content"]
    readonly_fields = ["name", "preview"]
    fields = ["name", "description", "subject", "content", "preview"]
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=gettext_lazy("zo ziet het eruit"))
    def preview(self, template):
        letter = letters.sample(template.subject, template.content)
        return format_html(
            "<strong>{}</strong><div class='brief'>{}</div>", letter.subject, letter.paragraphs
        )


@admin.register(Email)
class EmailAdmin(admin.ModelAdmin):
    """Without the text: it can hold a code or a link with which somebody else would be let in."""

    # The package's own asks for an address that this admin does not have.
    change_form_template = "admin/change_form.html"
    list_display = ["written_at", "to", "subject", "status", "retries", "changed_at"]
    list_filter = ["status"]
    search_fields = ["to", "subject"]
    date_hierarchy = "created"
    fields = readonly_fields = ["written_at", "to", "subject", "status", "retries", "scheduled_time"]
    show_full_result_count = False

    # The package has no words for these columns that a catalogue could turn into Dutch.
    @admin.display(description=gettext_lazy("geschreven op"), ordering="created")
    def written_at(self, email):
        return email.created

    @admin.display(description=gettext_lazy("keer opnieuw geprobeerd"), ordering="number_of_retries")
    def retries(self, email):
        return email.number_of_retries or 0

    @admin.display(description=gettext_lazy("laatst gewijzigd"), ordering="last_updated")
    def changed_at(self, email):
        return email.last_updated

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
