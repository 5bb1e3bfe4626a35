from django.contrib import admin
from django.utils.translation import gettext_lazy as _


class StaffSite(admin.AdminSite):
    site_title = site_header = _("Samen Buurten beheer")
    index_title = _("Overzicht")
    site_url = "/"
