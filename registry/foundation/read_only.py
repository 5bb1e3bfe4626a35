"""The admin of what the site writes down itself."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest


# Django's class takes a parameter for the type checker only.
class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What the site writes down itself: to read, for a superuser too."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
