"""What waits for a yes: changes that owners and visitors propose, and the words that visitors send."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.admin.base.reading import changes_since
from registry.foundation.errors import Refused
from registry.foundation.read_only import ReadOnlyAdmin
from registry.mail import letters
from registry.models import ChangeProposal, Notice
from registry.models.initiative import CONTACT
from registry.moderation.locks import lock, lock_row
from registry.moderation.versions import Changed, proposal_as_read, version_of_proposal
from registry.ownership import hand_over, refuse_claim
from registry.proposals.proposals import decide_proposal, differences


class OpenFilter(admin.SimpleListFilter):
    title = gettext_lazy("afgehandeld")
    parameter_name = "klaar"

    def lookups(self, request, model_admin):
        return [("nee", _("wacht")), ("ja", _("klaar"))]

    def queryset(self, request, queryset):
        field = f"{queryset.model.closed_field}__isnull"
        return queryset.filter(**{field: self.value() == "nee"}) if self.value() else queryset


class HandledAdmin(ReadOnlyAdmin):
    """A list to work through: each row leads to a page on which it is decided."""

    list_filter = [OpenFilter]
    permission = "registry.decide_initiative"

    def get_queryset(self, request):
        return super().get_queryset(request).visible_to(request.user)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        entry = self.get_object(request, unquote(object_id))
        if entry is None:
            raise Http404
        if not self.has_view_permission(request, entry):
            raise PermissionDenied
        may_decide, changed = request.user.has_perm(self.permission), None
        if request.method == "POST":
            if not may_decide:
                raise PermissionDenied
            try:
                with transaction.atomic():
                    lock(entry.initiative_id)
                    # As it is now: a colleague may have handled it since.
                    text = self.handle(request, lock_row(entry))
            except Refused as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
                changed, entry = refusal, self.get_object(request, unquote(object_id))
                if entry is None:  # gone, or out of sight
                    return redirect(f"admin:registry_{self.opts.model_name}_changelist")
            else:
                self.message_user(request, text, messages.SUCCESS)
                return redirect(f"admin:registry_{self.opts.model_name}_changelist")
        context = self.admin_site.each_context(request) | {
            "title": str(entry),
            "opts": self.opts,
            "entry": entry,
            "may_decide": may_decide,
            "typed": request.POST,
            "ticked": request.POST.getlist("veld"),
        }
        if isinstance(changed, Changed):
            context["changes"] = changes_since(changed.entry, changed.read, hidden=self.hidden(request))
        return render(request, self.change_form_template, context | self.context(entry))

    def context(self, entry):
        return {}

    def hidden(self, request):
        """What of an initiative this person may not read."""
        return () if request.user.has_perm("registry.change_initiative") else CONTACT


@admin.register(ChangeProposal)
class ChangeProposalAdmin(HandledAdmin):
    list_display = ["initiative", "proposed_at", "waits_for", "by", "decided_at", "decided_by"]
    list_filter = [OpenFilter, "waits_for"]
    list_select_related = ["initiative", "by", "decided_by"]
    search_fields = ["initiative__name"]
    change_form_template = "admin/proposal.html"

    def context(self, proposal):
        # The version first: what changes in between makes it too old, never too new.
        return {"read": version_of_proposal(proposal), "differences": differences(self._fresh(proposal))}

    def _fresh(self, proposal):
        return self.model.objects.select_related("initiative").get(pk=proposal.pk)

    def handle(self, request, proposal):
        accepted = request.POST.getlist("veld")
        reason = request.POST.get("reden", "")[:2000]
        seen = request.POST.getlist("gezien")
        check = proposal_as_read(request.POST.get("las", ""))
        decide_proposal(proposal, accepted, by=request.user, reason=reason, seen=seen, check=check)
        return _("Het besluit is vastgelegd.")


@admin.register(Notice)
class NoticeAdmin(HandledAdmin):
    list_display = ["kind", "page", "initiative", "sent_at", "handled_at", "handled_by"]
    list_filter = [OpenFilter, "kind"]
    list_select_related = ["initiative", "handled_by"]
    search_fields = ["text", "page", "initiative__name"]
    change_form_template = "admin/notice.html"

    def handle(self, request, notice):
        if notice.handled_at:
            raise Refused(_("Een collega was u voor. Er is niets veranderd."))
        outcome = request.POST.get("uitkomst", "").strip()[:2000]
        hands_over = notice.kind == Notice.Kind.CLAIM and request.POST.get("doe") == "overdragen"
        if hands_over:
            hand_over(notice.initiative, notice.email, by=request.user)
            outcome = outcome or _("Een link gestuurd om de pagina te beheren.")
        if not outcome:
            raise Refused(_("Schrijf kort op wat u hebt gedaan."))
        is_refused = notice.kind == Notice.Kind.CLAIM and not hands_over
        notice.handled_at, notice.handled_by, notice.outcome = timezone.now(), request.user, outcome
        notice.save()
        if is_refused:
            # Who asked for a page was promised an answer.
            refuse_claim(notice.initiative, notice.email, by=request.user, reason=outcome)
        elif notice.email and not hands_over and "mail" in request.POST:
            # To an address that nobody proved: in words of staff, and none of who wrote.
            letters.send("melding-behandeld", notice.email, about=notice.initiative, reden=outcome)
        else:
            return _("Afgehandeld.")
        return _("Afgehandeld. Wij mailen wat u schreef.")
