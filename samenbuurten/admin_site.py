"""The admin site of the staff: allauth's login, a home page that says what waits.

Not in the package ``registry.admin``: Django makes the site while the first admin module of any app is
loaded, and importing that package here would register everything with a site that is then replaced.
"""

from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import worklist
from registry.foundation.admin_lookups import DeclaredLookups

# The order of the work, not of the alphabet; what is not named follows.
ORDER = (
    "initiative link case organisation bottleneck finding interaction level source term place municipality "
    "searchmiss decision import export user"
).split()


class DeclaredChoices(AutocompleteJsonView):
    """Looks up for the fields of forms that say so, and for no others."""

    def process_request(self, request):
        parameters = [request.GET.get(name, "") for name in ("app_label", "model_name", "field_name")]
        if tuple(parameters) not in self.admin_site.autocompleted():
            raise PermissionDenied
        return super().process_request(request)


class StaffSite(admin.AdminSite):
    site_title = site_header = _("Samen Buurten beheer")
    index_title = _("Wat wacht er")
    site_url = "/"
    index_template = "admin/home.html"

    def register(self, model_or_iterable, admin_class=None, **options):
        """Whatever class is registered, and by whom: its list takes only the parameters that it declares."""
        admin_class = admin_class or admin.ModelAdmin
        if not issubclass(admin_class, DeclaredLookups):
            name, attributes = admin_class.__name__, {"__module__": admin_class.__module__}
            admin_class = type(name, (DeclaredLookups, admin_class), attributes)
        super().register(model_or_iterable, admin_class, **options)

    def autocompleted(self):
        """(app, model, field) of each field that is looked up while one types."""
        return {
            (form.opts.app_label, form.opts.model_name, name)
            for model_admin in self._registry.values()
            for form in [model_admin, *(inline(model_admin.model, self) for inline in model_admin.inlines)]
            for name in form.autocomplete_fields
        }

    def autocomplete_view(self, request):
        return DeclaredChoices.as_view(admin_site=self)(request)

    def password_change(self, request, extra_context=None):
        """allauth counts wrong passwords and writes to the person; Django's own form does neither."""
        return redirect("account_change_password")

    def get_urls(self):
        """Without Django's redirect by type and number: it tells the address of what you may not see."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def login(self, request, extra_context=None):
        """allauth counts wrong passwords and asks for the second step; Django's own form does neither."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied(_("Dit account mag niet in het beheer."))
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def logout(self, request, extra_context=None):
        return redirect("account_logout")

    def index(self, request, extra_context=None):
        work = worklist.for_user(request.user)
        waiting = [(item, self._address(item)) for item in work.items]
        return super().index(request, {"found": work, "waiting": waiting} | (extra_context or {}))

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(
                key=lambda entry: (
                    ORDER.index(name) if (name := entry["model"]._meta.model_name) in ORDER else len(ORDER)
                )
            )
        return apps

    def _address(self, item):
        return f"{reverse(f'admin:{item.app}_{item.model}_changelist')}?{urlencode(item.query)}"
