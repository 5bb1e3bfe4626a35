"""Read-only lists: each letter of the queue with its state, and the mailboxes that refuse letters."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from post_office.models import Attachment, Email, Log

from registry.foundation.read_only import ReadOnlyAdmin
from registry.mail import troubles
from registry.mail.delivery import WAITING
from registry.models import Delivery, MailTrouble

for model in (Attachment, Email, Log):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class StateFilter(admin.SimpleListFilter):
    title = gettext_lazy("stand")
    parameter_name = "stand"

    def lookups(self, request, model_admin):
        return [
            ("mislukt", _("nooit weggegaan, nog niet bekeken")),
            ("vast", _("wacht te lang")),
            *Delivery.State.choices,
        ]

    def queryset(self, request, queryset):
        chosen = {"mislukt": Delivery.objects.unseen_failures, "vast": Delivery.objects.stuck}.get(
            self.value()
        )
        if chosen:
            return queryset.filter(delivery__in=chosen())
        return queryset.filter(delivery__state=self.value()) if self.value() in Delivery.State else queryset


@admin.register(Email)
class EmailAdmin(ReadOnlyAdmin):
    """Without the text: until it is delivered it can hold a code or a link that lets somebody else in."""

    # The package's own asks for an address that this admin does not have.
    change_form_template = "admin/change_form.html"
    list_display = ["written_at", "to", "state", "said", "subject", "tries", "tried_at"]
    list_filter = [StateFilter, "created"]
    list_select_related = ["delivery"]
    search_fields = ["to", "subject"]
    fields = readonly_fields = [
        "written_at", "to", "subject", "kind", "state", "said", "tries", "tried_at", "scheduled_time",
    ]  # fmt: skip
    actions = ["try_now", "take_off_list"]

    def has_send_permission(self, request):
        return request.user.has_perm("registry.change_delivery")

    # The package has no words for these columns that a catalogue could turn into Dutch.
    @admin.display(description=gettext_lazy("geschreven op"), ordering="created")
    def written_at(self, email):
        return email.created

    @admin.display(description=Delivery._meta.get_field("kind").verbose_name)
    def kind(self, email):
        return email.delivery.kind

    @admin.display(description=Delivery._meta.get_field("state").verbose_name)
    def state(self, email):
        return email.delivery.get_state_display()

    @admin.display(description=Delivery._meta.get_field("said").verbose_name)
    def said(self, email):
        return email.delivery.said

    @admin.display(description=Delivery._meta.get_field("tries").verbose_name)
    def tries(self, email):
        return email.delivery.tries

    @admin.display(description=Delivery._meta.get_field("tried_at").verbose_name)
    def tried_at(self, email):
        return email.delivery.tried_at

    @admin.action(description=gettext_lazy("Nu opnieuw proberen"), permissions=["send"])
    def try_now(self, request, queryset):
        waiting = Email.objects.filter(pk__in=queryset.values("pk"), status__in=WAITING)
        over = len(queryset) - waiting.count()
        if again := waiting.update(scheduled_time=None):
            self.message_user(request, _("Deze gaan nu opnieuw: %d.") % again)
        if over:
            text = _(
                "Deze kunnen niet opnieuw: %d. Van een e-mail die klaar is, bewaren wij de tekst niet: er kan een code "
                "in staan. Vraag de lezer om opnieuw een code te vragen, of doe de handeling nog eens."
            )
            self.message_user(request, text % over, messages.WARNING)

    @admin.action(description=gettext_lazy("Bekeken: haal van de lijst met werk"), permissions=["send"])
    def take_off_list(self, request, queryset):
        failed = Delivery.objects.unseen_failures().filter(email__in=queryset.values("pk"))
        self.message_user(request, _("Van de lijst: %d.") % failed.update(seen_at=timezone.now()))


@admin.register(MailTrouble)
class MailTroubleAdmin(ReadOnlyAdmin):
    """A mark is deleted by hand when the address works again, or by the site after a letter that did not bounce."""

    list_display = ["address", "whose", "since", "last_at", "times", "source", "why"]
    fields = readonly_fields = list_display
    list_filter = ["source"]
    search_fields = ["address"]

    def get_queryset(self, request):
        return super().get_queryset(request).filter(is_dead=True)

    def has_delete_permission(self, request, obj=None):
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def get_changelist_instance(self, request):
        """Looks up for all rows of the page at once whose address it is."""
        listed = super().get_changelist_instance(request)
        rows = list(listed.result_list)
        whose_address = troubles.whose([row.address for row in rows])
        for row in rows:
            row.whose = whose_address[row.address]
        listed.result_list = rows
        return listed

    @admin.display(description=gettext_lazy("van wie"))
    def whose(self, trouble):
        owners = getattr(trouble, "whose", None)
        return " · ".join(
            owners if owners is not None else troubles.whose([trouble.address])[trouble.address]
        )
