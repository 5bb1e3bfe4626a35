"""Partners that use the API: their keys, their webhooks, and what was sent to those."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from registry.admin.base.scoped import ScopedAdmin
from registry.forms.partner import IssueForm, KeyForm, RenewForm, SubscriptionForm
from registry.foundation.read_only import ReadOnlyAdmin
from registry.models import PartnerKey, WebhookDelivery, WebhookSubscription
from registry.partners import api_keys, webhooks


class KeyState(admin.SimpleListFilter):
    title = gettext_lazy("stand")
    parameter_name = "stand"

    def lookups(self, request, model_admin):
        return [
            ("geldig", _("geldig")),
            ("bijna", _("verloopt binnen 30 dagen")),
            ("verlopen", _("verlopen")),
            ("ingetrokken", _("ingetrokken")),
        ]

    def queryset(self, request, queryset):
        today = timezone.localdate()
        chosen = {
            "geldig": queryset.usable,
            "bijna": lambda: queryset.usable().filter(expires_on__lte=today + PartnerKey.SOON),
            "verlopen": lambda: queryset.filter(revoked_at=None, expires_on__lt=today),
            "ingetrokken": lambda: queryset.exclude(revoked_at=None),
        }.get(self.value())
        return chosen() if chosen else queryset


@admin.register(PartnerKey)
class PartnerKeyAdmin(ScopedAdmin):
    form, add_form = KeyForm, IssueForm
    change_form_template = "admin/key_change_form.html"
    add_form_template = "admin/change_form.html"
    list_display = ["name", "starts_with", "state", "expires_on", "last_used_on", "may_read_details"]
    list_filter = [KeyState, "may_read_details"]
    search_fields = ["name", "email", "prefix"]
    readonly_fields = [
        "starts_with",
        "state",
        "expires_on",
        "last_used_on",
        "issued_at",
        "issued_by",
        "revoked_at",
    ]

    def has_delete_permission(self, request, obj=None):
        # One that was given out is revoked, and stays to be seen.
        return False

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<path:object_id>/vernieuwen/", view(self.renew_view), name="registry_partnerkey_renew"),
            path("<path:object_id>/intrekken/", view(self.revoke_view), name="registry_partnerkey_revoke"),
            *super().get_urls(),
        ]

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change, **({} if change else {"form": self.add_form}) | kwargs)

    def get_fieldsets(self, request, obj=None):
        chosen = (self.form if obj else self.add_form)._meta.fields
        return [(None, {"fields": [*chosen, *(self.readonly_fields if obj else [])]})]

    def get_readonly_fields(self, request, obj=None):
        return self.readonly_fields if obj else []

    @admin.display(description=gettext_lazy("begint met"), ordering="prefix")
    def starts_with(self, key):
        return f"sb_{key.prefix}_…"

    @admin.display(description=gettext_lazy("stand"))
    def state(self, key):
        if key.revoked_at:
            return _("ingetrokken")
        return _("geldig") if key.is_usable else _("verlopen")

    def save_model(self, request, obj, form, change):
        if change:
            super().save_model(request, obj, form, change)
            return
        values = {name: form.cleaned_data[name] for name in form.Meta.fields}
        issued, request.token = api_keys.issue(by=request.user, **values)
        obj.pk = issued.pk
        obj.refresh_from_db()

    def response_add(self, request, obj, post_url_continue=None):
        return self._show(request, obj)

    def renew_view(self, request, object_id):
        key = self._key(request, object_id)
        form = RenewForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            request.token = api_keys.renew(key, expires_on=form.cleaned_data["expires_on"], by=request.user)
            self.log_change(request, key, [])
            return self._show(request, key)
        return self._page(request, key, "admin/key_renew.html", title=_("Sleutel vernieuwen"), form=form)

    def revoke_view(self, request, object_id):
        key = self._key(request, object_id)
        if request.method == "POST":
            api_keys.revoke(key, by=request.user)
            self.log_change(request, key, [])
            self.message_user(request, _("De sleutel is ingetrokken."), messages.SUCCESS)
            return redirect("admin:registry_partnerkey_change", key.pk)
        return self._page(request, key, "admin/key_revoke.html", title=_("Sleutel intrekken"))

    def _key(self, request, object_id):
        key = self.get_object(request, unquote(object_id))
        if key is None:
            raise Http404
        if not self.has_change_permission(request, key):
            raise PermissionDenied
        return key

    def _show(self, request, key):
        """In this answer and nowhere else: not in a session, a message or a log."""
        return self._page(
            request, key, "admin/key_token.html", title=_("De nieuwe sleutel"), token=request.token
        )

    def _page(self, request, key, template, **more):
        context = self.admin_site.each_context(request) | {"opts": self.opts, "original": key}
        return render(request, template, context | more)


@admin.register(WebhookSubscription)
class WebhookSubscriptionAdmin(ScopedAdmin):
    form = SubscriptionForm
    change_form_template = "admin/webhook_change_form.html"
    list_display = ["url", "key", "is_active", "stopped_because", "failing_since"]
    list_filter = ["is_active"]
    list_select_related = ["key"]
    search_fields = ["url", "key__name"]
    readonly_fields = ["secret", "rotated_at", "stopped_because", "failing_since", "created_at"]

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<path:object_id>/proef/", view(self.test_view), name="registry_webhooksubscription_test"),
            path(
                "<path:object_id>/geheim/", view(self.rotate_view), name="registry_webhooksubscription_rotate"
            ),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request, obj=None):
        more = self.readonly_fields if obj else []
        if not self.has_change_permission(request, obj):
            more = [name for name in more if name != "secret"]
        return [(None, {"fields": [*self.form._meta.fields, *more]})]

    @admin.display(description=gettext_lazy("geheim"))
    def secret(self, subscription):
        return webhooks.secret_of(subscription)

    def save_model(self, request, obj, form, change):
        if not change or (obj.is_active and "is_active" in form.changed_data):
            webhooks.start(obj)
        super().save_model(request, obj, form, change)
        if change and not obj.is_active and "is_active" in form.changed_data:
            webhooks.stop(obj, _("Een medewerker heeft de webhook uitgezet."))

    @method_decorator(require_POST)
    def test_view(self, request, object_id):
        subscription = self._subscription(request, object_id)
        answer = webhooks.send_test(subscription)
        if answer.is_taken:
            text = _("De proef is aangekomen: antwoord %(status)d na %(time)d milliseconden.")
        else:
            text = _("De proef is niet aangekomen. %(error)s")
        outcome = {"status": answer.status, "time": answer.milliseconds, "error": answer.error}
        said = _(" De ontvanger schreef: ‘%s’") % answer.text[:300] if answer.text else ""
        level = messages.SUCCESS if answer.is_taken else messages.ERROR
        self.message_user(request, text % outcome + said, level)
        return redirect("admin:registry_webhooksubscription_change", subscription.pk)

    @method_decorator(require_POST)
    def rotate_view(self, request, object_id):
        subscription = self._subscription(request, object_id)
        webhooks.rotate(subscription, by=request.user)
        self.log_change(request, subscription, [])
        self.message_user(
            request, _("Het geheim is vernieuwd. Een dag lang ondertekenen wij ook nog met het oude.")
        )
        return redirect("admin:registry_webhooksubscription_change", subscription.pk)

    def _subscription(self, request, object_id):
        subscription = self.get_object(request, unquote(object_id))
        if subscription is None:
            raise Http404
        if not self.has_change_permission(request, subscription):
            raise PermissionDenied
        return subscription


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "event", "state", "attempts", "last_status", "last_error", "subscription"]
    list_filter = ["state", "event", "subscription"]
    list_select_related = ["subscription"]
    fields = readonly_fields = [
        "subscription", "message", "event", "payload", "state", "created_at", "attempts", "next_try_at",
        "delivered_at", "last_status", "last_error", "milliseconds",
    ]  # fmt: skip
    actions = ["try_again"]
    list_per_page = 50

    def has_retry_permission(self, request):
        return request.user.has_perm("registry.change_webhooksubscription")

    @admin.action(description=gettext_lazy("Opnieuw proberen"), permissions=["retry"])
    def try_again(self, request, queryset):
        number = webhooks.retry(queryset)
        self.message_user(
            request, _("%d in de rij gezet. Wat al is afgeleverd, gaat niet nog eens.") % number
        )
