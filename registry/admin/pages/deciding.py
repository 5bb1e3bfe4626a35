"""The decision page and the list actions: the only way from the admin to a status."""

from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from registry.admin.base.reading import changes_since, read_now
from registry.admin.base.reasons import DeletesWithReason
from registry.admin.base.scoped import ScopedAdmin
from registry.forms.staff import DecisionForm, LetterForm, ManyDecisionsForm
from registry.foundation.errors import Refused
from registry.lifecycle import merge, withdrawal
from registry.mail import letters
from registry.mail.letters import address
from registry.mail.wording.frame import contact
from registry.mail.wording.kinds import KINDS
from registry.models import Decision, Initiative, Status
from registry.moderation import decisions
from registry.moderation.versions import Changed, as_read, is_as_stored
from registry.ownership import active_owners


class Decisions(admin.TabularInline):
    """What was decided before, to read."""

    model = Decision
    fields = readonly_fields = ["decided_at", "from_status", "to_status", "by", "reason"]
    extra = max_num = 0
    can_delete = False
    verbose_name_plural = gettext_lazy("besluiten tot nu toe")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("by", "initiative", "case")


class DecidableAdmin(DeletesWithReason, ScopedAdmin):
    change_form_template = "admin/decidable_change_form.html"
    actions = ["publish", "withdraw"]

    def get_urls(self):
        decide = self.admin_site.admin_view(self.decide_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_decide"
        return [path("<path:object_id>/besluit/", decide, name=name), *super().get_urls()]

    def get_inlines(self, request, obj):
        inlines = super().get_inlines(request, obj)
        return [*inlines, Decisions] if obj else inlines

    def has_decide_permission(self, request):
        return request.user.has_perm(f"registry.decide_{self.opts.model_name}")

    def view_on_site(self, entry):
        return entry.get_absolute_url() if entry.status == Status.PUBLISHED else None

    def save_model(self, request, obj, form, change):
        """What no form writes is kept as it is now: a colleague may have decided since the page was read."""
        if change:
            decided = [field.attname for field in self.opts.concrete_fields if not field.editable]
            current = self.model.objects.select_for_update(no_key=True)
            obj.refresh_from_db(fields=decided, from_queryset=current)
        # What is saved as it was is no other version: nobody has to read it anew.
        if not change or not is_as_stored(obj):
            super().save_model(request, obj, form, change)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        may = {"may_decide": self.has_decide_permission(request)}
        return super().change_view(request, object_id, form_url, may | (extra_context or {}))

    def decide_view(self, request, object_id):
        entry = self.get_object(request, unquote(object_id))
        if not self.has_decide_permission(request):
            raise PermissionDenied
        if entry is None:
            raise Http404
        hidden = self._hidden(request)
        [(entry, version, content)] = read_now([entry], hidden=hidden) or [(None, "", [])]
        if entry is None:
            raise Http404
        form = DecisionForm(
            request.POST or None, entry=entry, others=self._others(request, entry), read=version
        )
        letter, changes, other = None, [], None
        if request.method == "POST" and form.is_valid():
            choices = form.cleaned_data
            letter = self._letter(request, entry, choices)
            other = self._other(form, hidden)
            is_changed = choices["seen"] == entry.status and choices["read"] != version
            if is_changed or ((letter is None or (letter.is_bound and letter.is_valid())) and other is None):
                try:
                    if is_changed:
                        # Said before there is a letter to read.
                        raise Changed(entry, choices["read"])
                    self._decide(request, entry, choices, letter)
                except Changed as changed:
                    changes = changes_since(changed.entry, changed.read, hidden=hidden)
                    [(_now, version, content)] = read_now([entry], hidden=hidden)
                    form.add_error(None, str(changed))
                    other = self._other(form, hidden, again=True)
                    form.say_read("read", version)
                except Refused as refusal:
                    form.add_error(None, str(refusal))
                else:
                    return redirect(f"admin:registry_{self.opts.model_name}_change", entry.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("Besluit over ‘%s’") % entry,
            "opts": self.opts,
            "entry": entry,
            "form": form,
            "letter": letter,
            "content": content,
            "changes": changes,
            "other": other,
        }
        return render(request, "admin/decide.html", context)

    def _other(self, form, hidden, again=False):
        """(entry, content) of what a merge keeps, to read before it is done; None when it was read."""
        into = form.cleaned_data["merged_into"]
        if into is None or (form.was_read(into) and not again):
            return None
        [(into, version, content)] = read_now([into], hidden=hidden)
        form.say_read("read_into", f"{into.pk}:{version}")
        return into, content

    def _letter(self, request, entry, choices):
        """The letter that goes with a decision, as a form; None when there is nobody to write to."""
        about = f"{choices['to']} {choices['reason']}".strip()
        draft = _draft(entry, choices["to"], choices["reason"])
        if draft is None:
            return None
        # A letter about another decision than this one is written anew.
        if request.POST.get("letter-about", "").strip() == about:
            return LetterForm(request.POST, prefix="letter")
        return LetterForm(
            prefix="letter", initial={"subject": draft.subject, "text": draft.text, "about": about}
        )

    @transaction.atomic
    def _decide(self, request, entry, choices, letter):
        act = partial(decisions.decide, entry, choices["to"])
        read = {entry.pk: choices["read"]}
        if choices["to"] == Status.MERGED:
            act = partial(merge.merge, entry, choices["merged_into"])
            read[choices["merged_into"].pk] = choices["read_into"].partition(":")[2]
        elif choices["to"] == Status.WITHDRAWN:
            act = partial(withdrawal.withdraw, entry)
        act(by=request.user, reason=choices["reason"], seen=choices["seen"], check=as_read(read))
        if letter and letter.cleaned_data["is_mailed"]:
            kind = f"besluit-{choices['to']}"
            written = letters.Letter(letter.cleaned_data["subject"], letter.cleaned_data["text"], kind)
            letters.post_all(written, entry.mailboxes, about=_page_of(entry))
        entry.refresh_from_db()
        text = _("‘%(name)s’ is nu: %(status)s.")
        self.message_user(
            request, text % {"name": entry, "status": entry.get_status_display().lower()}, messages.SUCCESS
        )

    def _others(self, request, entry):
        """What ``entry`` can be merged with; a case cannot."""
        if self.model is not Initiative:
            return None
        return self.get_queryset(request).filter(status=Status.PUBLISHED).exclude(pk=entry.pk)

    @admin.action(description=gettext_lazy("Publiceren"), permissions=["decide"])
    def publish(self, request, queryset):
        return self._decide_many(request, queryset, Status.PUBLISHED)

    @admin.action(description=gettext_lazy("Intrekken"), permissions=["decide"])
    def withdraw(self, request, queryset):
        return self._decide_many(request, queryset, Status.WITHDRAWN)

    def _decide_many(self, request, queryset, to):
        entries = list(queryset.order_by("pk"))
        form = ManyDecisionsForm(request.POST if "reason" in request.POST else None)
        changed = {}
        if form.is_valid() and (form.cleaned_data["reason"].strip() or to not in decisions.NEEDS_REASON):
            changed = self._carry_out(request, entries, to, **form.cleaned_data)
            if not changed:
                return None
            entries = [entry for entry in entries if entry.pk in changed]
        elif form.is_bound:
            form.add_error("reason", _("Schrijf een reden op bij ‘%s’.") % to.label)
        hidden = self._hidden(request)
        context = self.admin_site.each_context(request) | {
            "title": _("%(step)s: %(count)d gekozen") % {"step": to.label, "count": len(entries)},
            "opts": self.opts,
            "entries": [
                (
                    entry,
                    # What is asked once more about the reason was not read anew.
                    version if entry.pk in changed else request.POST.get(f"read-{entry.pk}", version),
                    content,
                    changes_since(entry, changed[entry.pk], hidden=hidden) if entry.pk in changed else [],
                )
                for entry, version, content in read_now(entries, hidden=hidden)
            ],
            "form": form,
            "to": to,
            "action": request.POST["action"],
            "checkbox": ACTION_CHECKBOX_NAME,
        }
        return render(request, "admin/decide_many.html", context)

    def _carry_out(self, request, entries, to, *, reason, is_mailed):
        """Each entry by itself: what cannot be is named, the rest goes on. Gives what was read of those that are no
        longer that, by key."""
        done, changed = 0, {}
        act = withdrawal.withdraw if to == Status.WITHDRAWN else partial(decisions.decide, to=to)
        for entry in entries:
            seen = request.POST.get(f"seen-{entry.pk}", entry.status)
            read = request.POST.get(f"read-{entry.pk}", "")
            try:
                with transaction.atomic():
                    check = as_read({entry.pk: read})
                    act(entry, by=request.user, reason=reason, seen=seen, check=check)
                    if is_mailed and (letter := _draft(entry, to, reason)):
                        letters.post_all(letter, entry.mailboxes, about=_page_of(entry))
                done += 1
            except Refused as refusal:
                self.message_user(request, f"‘{entry}’: {refusal}", messages.ERROR)
                if isinstance(refusal, Changed):
                    changed[entry.pk] = read
        if done:
            text = ngettext("%(count)d keer: %(to)s.", "%(count)d keer: %(to)s.", done)
            self.message_user(request, text % {"count": done, "to": to.label.lower()}, messages.SUCCESS)
        return changed


def _draft(entry, to, reason):
    """The letter about this decision in the usual words; None when there is none, or nobody to write to."""
    name = f"besluit-{to}"
    if not getattr(entry, "mailboxes", None) or name not in KINDS:
        return None
    is_public = to == Status.PUBLISHED
    return letters.write(
        name,
        initiatief=entry.name,
        reden=reason,
        adres=address("initiative-detail", entry.slug) if is_public else "",
        verder=_next(entry, to),
    )


def _page_of(entry):
    return entry if isinstance(entry, Initiative) else None


# What who keeps the page can do there after a decision.
_ON_OWN_PAGE = {
    Status.NEEDS_MORE: gettext_lazy("Vul uw eigen pagina aan en kies daar ‘Verstuur opnieuw’:"),
    Status.REJECTED: gettext_lazy(
        "Wilt u het opnieuw vragen? Pas dan uw eigen pagina aan en kies daar ‘Verstuur opnieuw’:"
    ),
}


def _next(entry, to):
    """What the readers can do, in a sentence and an address: who has no account has no page of their own."""
    if active_owners(entry):
        sentence = _ON_OWN_PAGE.get(to) or _("Bekijk uw eigen pagina en pas die aan:")
        return f"{sentence}\n{address('my-initiative', entry.slug)}"
    if to == Status.PUBLISHED:
        return _("Is dit uw initiatief? Vraag dan hier of u de pagina mag beheren:") + (
            f"\n{address('claim', entry.slug)}"
        )
    return _("Wilt u iets vragen of vertellen? Dat kan hier:") + f"\n{contact()}"
