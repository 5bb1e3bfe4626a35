from django.contrib import admin

from registry.foundation.read_only import ReadOnlyAdmin
from survey.models import RetentionRun


@admin.register(RetentionRun)
class RetentionRunAdmin(ReadOnlyAdmin):
    list_display = ["ran_on", "round", "what", "number"]
    list_filter = ["what"]
    list_select_related = ["round"]
