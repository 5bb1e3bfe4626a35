"""The admin of what the site writes down itself."""

from django.contrib import admin


class ReadOnlyAdmin(admin.ModelAdmin):
    """What the site writes down itself: to read, for a superuser too."""

    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
