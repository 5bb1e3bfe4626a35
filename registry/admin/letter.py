"""The texts of the letters, to edit with a preview."""

from django import forms
from django.contrib import admin
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from post_office.models import EmailTemplate

from registry.edits import GuardsEdits
from registry.mail import letters
from registry.mail.blanks import KINDS, LONGEST_SUBJECT, LONGEST_TEXT, written

if admin.site.is_registered(EmailTemplate):
    admin.site.unregister(EmailTemplate)


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
                "Wat tussen {{ en }} staat, vult de site in. Hieronder staat wat u in deze brief kunt gebruiken."
            )
        }
        widgets = {
            "subject": forms.TextInput(attrs={"maxlength": LONGEST_SUBJECT, "size": 80}),
            "content": forms.Textarea(attrs={"rows": 20, "cols": 80, "maxlength": LONGEST_TEXT}),
        }

    def clean_subject(self):
        return self._filled_in("subject", letters.subject_mistakes)

    def clean_content(self):
        return self._filled_in("content", letters.text_mistakes)

    def _filled_in(self, name, mistakes_in):
        if mistakes := mistakes_in(self.instance.name, self.cleaned_data[name]):
            raise forms.ValidationError(mistakes)
        return self.cleaned_data[name]


@admin.register(EmailTemplate)
class LetterAdmin(GuardsEdits, admin.ModelAdmin):
    form = LetterForm
    # The package's own gets scripts from another site.
    change_form_template = "admin/change_form.html"
    list_display = ["subject", "name", "description"]
    list_display_links = ["subject"]
    ordering = ["name"]
    search_fields = ["name", "subject", "content"]
    readonly_fields = ["name", "blanks", "preview", "earlier"]
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).filter(name__in=KINDS, language="", default_template=None)

    def get_fields(self, request, obj=None):
        fields = ["name", "description", "subject", "content", "blanks", "preview"]
        return [*fields, "earlier"] if obj and obj.html_content else fields

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=gettext_lazy("dit vult de site in"))
    def blanks(self, template):
        rows = ((blank.written, blank.what) for blank in KINDS[template.name].all_blanks)
        needed = ", ".join(map(written, KINDS[template.name].needed))
        return format_html(
            "<dl>{}</dl><p>{}</p>",
            format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows),
            _("Dit moet in de tekst staan: %s.") % needed,
        )

    @admin.display(description=gettext_lazy("zo ziet het eruit"))
    def preview(self, template):
        name, subject, text = template.name, template.subject, template.content
        if letters.subject_mistakes(name, subject) or letters.text_mistakes(name, text):
            return _("Deze tekst kan de site niet invullen. Tot u hem verandert, gaat de eerste tekst uit.")
        letter = letters.sample(name, subject, text)
        return format_html(
            "<strong>{}</strong><div class='brief'>{}</div>", letter.subject, letter.paragraphs
        )

    @admin.display(description=gettext_lazy("tekst van vroeger, die de site niet meer kan invullen"))
    def earlier(self, template):
        """Kept by the migration to blanks; nothing is sent from it."""
        return format_html("<div class='brief'>{}</div>", linebreaksbr(template.html_content))
