"""What left through the queue of letters, to read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy
from post_office.models import Attachment, Email, Log

from registry.admin.scoped import ReadOnlyAdmin

for model in (Attachment, Email, Log):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(Email)
class EmailAdmin(ReadOnlyAdmin):
    """Without the text: until it is delivered it can hold a code or a link that lets somebody else in."""

    # The package's own asks for an address that this admin does not have.
    change_form_template = "admin/change_form.html"
    list_display = ["written_at", "to", "subject", "status", "retries", "changed_at"]
    list_filter = ["status"]
    search_fields = ["to", "subject"]
    date_hierarchy = "created"
    fields = readonly_fields = ["written_at", "to", "subject", "status", "retries", "scheduled_time"]

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
