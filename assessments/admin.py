"""Admin of assessments, claims, and the work that the daily search found."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from assessments.models import Assessment, Claim, ClaimCitation, CuratorTask, Evidence
from publishing.admin import ReadOnlyWhenPublished, RecordAdmin
from sources.admin import CitationInline


class EvidenceInline(admin.TabularInline):
    model = Evidence
    extra = 0
    autocomplete_fields = ["contribution"]


@admin.register(Assessment)
class AssessmentAdmin(ReadOnlyWhenPublished, RecordAdmin):
    list_display = [
        "priority",
        "as_of",
        "completion",
        "certainty",
        "is_provisional",
        "assessed_by",
        "is_published",
    ]
    list_filter = ["is_published", "completion", "certainty", "priority__presidency", "as_of"]
    list_select_related = ["priority__presidency"]
    search_fields = ["priority__title", "priority__slug", "rationale"]
    autocomplete_fields = ["priority", "corrects"]
    inlines = [EvidenceInline]
    actions = ["publish"]


class ClaimCitationInline(CitationInline):
    model = ClaimCitation


@admin.register(Claim)
class ClaimAdmin(RecordAdmin):
    list_display = ["claimant", "date", "presidency", "priority", "is_published"]
    list_filter = ["is_published", "presidency"]
    list_select_related = ["presidency", "priority"]
    search_fields = ["claimant", "claimant_ru", "text", "text_ru"]
    autocomplete_fields = ["presidency", "priority"]
    inlines = [ClaimCitationInline]


@admin.register(CuratorTask)
class CuratorTaskAdmin(admin.ModelAdmin):
    """Assigned and snoozed here; found and ended by the daily search alone."""

    list_display = ["kind", "subject", "since", "assigned_to", "snoozed_until"]
    list_editable = ["assigned_to", "snoozed_until"]
    list_filter = ["kind", "assigned_to"]
    list_select_related = ["assigned_to"]
    search_fields = ["subject"]
    readonly_fields = ["kind", "subject", "since", "found_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
