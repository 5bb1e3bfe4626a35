from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from registry import ownership
from registry.accounts import staff_access
from registry.admin.base.scoped import ScopedAdmin
from registry.forms.staff import AddPerson, ChangePerson
from registry.mail import troubles, verification
from registry.models import Delivery, Initiative, User
from registry.personal_data import address_change

# Roles are set by registry/accounts/roles.py; addresses and second steps belong to the person who has them.
admin.site.unregister([Group, EmailAddress, Authenticator])


@admin.register(User)
class PersonAdmin(ScopedAdmin, UserAdmin):
    form, add_form = ChangePerson, AddPerson
    change_form_template = "admin/person_change_form.html"
    add_form_template = "admin/change_form.html"
    list_display = ["email", "name", "municipality", "is_staff", "is_active", "has_second_step"]
    list_filter = ["is_staff", "is_active", "groups", "municipality"]
    list_select_related = ["municipality"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    filter_horizontal = []
    actions = ["remove_second_step"]
    readonly_fields = ["last_login", "date_joined", "mail", "pages"]
    fieldsets = [
        (None, {"fields": ["email", "name", "municipality", "wants_digest"]}),
        (_("Toegang"), {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        (_("Wanneer"), {"fields": ["last_login", "date_joined"]}),
        (_("E-mail aan deze persoon"), {"fields": ["mail"]}),
        (_("Pagina’s die deze persoon beheert"), {"fields": ["pages"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "password1", "password2"]})]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("authenticator_set")

    def get_fieldsets(self, request, obj=None):
        """Only a superuser can make another one."""
        fieldsets = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return fieldsets
        return [
            (title, options | {"fields": [name for name in options["fields"] if name != "is_superuser"]})
            for title, options in fieldsets
        ]

    @admin.display(description=_("komt aan"))
    def mail(self, person):
        """Since when and why letters do not arrive at this address; else the state of the last letter."""
        if trouble := troubles.among([person.email]).get(person.email):
            return _("Nee, sinds %(day)s. De mailserver zei: %(why)s") % {
                "day": date_format(timezone.localtime(trouble.since), "j F Y"),
                "why": trouble.why,
            }
        last = Delivery.objects.filter(email__to=person.email).order_by("-pk").first()
        return _("Laatste e-mail: %s") % last.get_state_display() if last else _("Wij stuurden nog niets.")

    @admin.display(description=_("pagina’s"))
    def pages(self, person):
        """The pages of this person, each with a link to its list of owners."""
        links = [
            (reverse("admin:registry_initiative_owners", args=[entry.pk]), entry.name)
            for entry in Initiative.objects.filter(ownerships__user=person)
        ]
        return format_html_join(", ", '<a href="{}">{}</a>', links) or _("geen")

    def has_change_permission(self, request, obj=None):
        """Nobody changes, or sets the password of, someone who may do more than they may themselves."""
        may = super().has_change_permission(request, obj)
        if obj is None or request.user.is_superuser:
            return may
        return (
            may and not obj.is_superuser and obj.get_all_permissions() <= request.user.get_all_permissions()
        )

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        """Nobody gives a role that can do more than they can themselves."""
        if db_field.name == "groups" and not request.user.is_superuser:
            held = request.user.get_all_permissions()
            above = [
                permission.pk
                for permission in Permission.objects.select_related("content_type")
                if f"{permission.content_type.app_label}.{permission.codename}" not in held
            ]
            kwargs["queryset"] = Group.objects.exclude(permissions__in=above)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        """allauth remembers each address that a person had: a letter to the old one must open nothing."""
        form.was = staff_access.way_in(obj) if change else None
        if change:
            ownership.lock_pages_of(obj)
        obj.is_password_given = obj.is_password_given or not change
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            if change:
                address_change.move(obj, form.was.email, obj.email)
            verification.revoke(
                {form.initial.get("email") or obj.email, *verification.addresses_of(obj)} - {obj.email}
            )
            EmailAddress.objects.filter(user=obj).exclude(email=obj.email).delete()
        if not obj.is_active:
            verification.revoke(verification.addresses_of(obj))
            verification.revoke_invitations_by(obj)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if form.was is not None:
            self._changed(request, form.instance, form.was)

    @transaction.atomic
    def user_change_password(self, request, id, form_url=""):
        person = self.get_object(request, unquote(id))
        was = person and staff_access.way_in(person)
        response = super().user_change_password(request, id, form_url)
        if person and staff_access.way_in(person).password != was.password:
            User.objects.filter(pk=person.pk).update(is_password_given=True)
            self._changed(request, person, was)
        return response

    def _changed(self, request, person, was):
        had_password = person.has_usable_password()
        if staff_access.changed(person, was, by=request.user) and person.is_staff:
            person.refresh_from_db()
            if had_password and not person.has_usable_password():
                text = _("Geef deze persoon nu een wachtwoord: het oude werkt niet meer.")
                self.message_user(request, text, messages.WARNING)

    def has_delete_permission(self, request, obj=None):
        """As for changing; and nobody closes their own account here, or that of the last manager."""
        may = super().has_delete_permission(request, obj)
        if obj is None or not may:
            return may
        return self.has_change_permission(request, obj) and staff_access.may_close(obj, by=request.user)

    def get_actions(self, request):
        """Without deleting many: an account is deleted alone, on a page that lists what goes with it."""
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    @method_decorator(reauthentication_required(app="allauth.account"))
    def delete_view(self, request, object_id, extra_context=None):
        return super().delete_view(request, object_id, extra_context)

    def delete_model(self, request, obj):
        staff_access.delete(obj, by=request.user)

    @admin.display(description=_("tweede stap"), boolean=True)
    def has_second_step(self, person):
        return bool(person.authenticator_set.all())

    @admin.action(description=_("Tweede stap wissen (telefoon kwijt)"), permissions=["change"])
    def remove_second_step(self, request, queryset):
        people = [person for person in queryset if self.has_change_permission(request, person)]
        for person in people:
            with transaction.atomic():
                was = staff_access.way_in(person)
                Authenticator.objects.filter(user=person).delete()
                staff_access.changed(person, was, by=request.user)
        names = ", ".join(map(str, people))
        self.message_user(request, _("De tweede stap is gewist voor: %s.") % (names or _("niemand")))
