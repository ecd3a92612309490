"""Admin of assessments, claims, and the work that waits for curators."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment, Claim, ClaimCitation, CuratorTask, Evidence
from priorities.admin import PriorityAdmin
from publishing.admin import LinkedInline, ReadOnlyWhenPublished, RecordAdmin, RecordInline
from sources.admin import CitationInline

SNOOZE = timedelta(days=30)
# Where the records of a kind of task are listed; drafts name the list themselves.
LISTS: dict[str, str] = {
    CuratorTask.Kind.OUTCOME_MISSING: "events_event",
    CuratorTask.Kind.SILENT_PRIORITY: "priorities_priority",
    CuratorTask.Kind.HANDOVER: "members_presidency",
    CuratorTask.Kind.STALE_SOURCES: "sources_source",
}
KEYED = set(LISTS) - {CuratorTask.Kind.STALE_SOURCES}


class EvidenceInline(RecordInline):
    model = Evidence
    autocomplete_fields = ["contribution"]


class AssessmentInline(LinkedInline):
    model = Assessment
    fields = ["as_of", "completion", "certainty", "is_provisional", "is_published"]
    list_select_related = ["priority"]


# Priorities know nothing of assessments, which stand above them; their form shows both.
PriorityAdmin.inlines.append(AssessmentInline)


@admin.register(Assessment)
class AssessmentAdmin(ReadOnlyWhenPublished, RecordAdmin):
    helps = {
        "completion": _("By the criteria of the priority, on the scale of the methodology."),
        "rationale": _("What the evidence shows and what is missing, in a few sentences."),
        "corrects": _("The published assessment that was wrong; it stays to be seen."),
    }
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
    """Assigned and snoozed here; found and ended by the search alone."""

    list_display = ["kind", "record", "since", "assigned_to", "snoozed_until"]
    list_editable = ["snoozed_until"]
    list_filter = ["kind", "assigned_to"]
    list_select_related = ["assigned_to"]
    search_fields = ["subject"]
    readonly_fields = ["kind", "subject", "since", "found_at"]
    actions = ["take", "give_back", "snooze", "wake"]

    @admin.display(description=_("Record"), ordering="subject")
    def record(self, task: CuratorTask) -> str:
        """The key, which leads to the record or the records in their list."""
        page = LISTS.get(task.kind, task.subject.replace(".", "_"))
        query = {}
        if task.kind in KEYED:
            query = {"q": task.subject.rpartition(":")[2]}
        elif task.kind == CuratorTask.Kind.DRAFTS:
            query = {"is_published__exact": "0"}
        address = f"{reverse(f'admin:{page}_changelist')}?{urlencode(query)}"
        return format_html('<a href="{}">{}</a>', address, task.subject)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Assign to me"), permissions=["change"])
    def take(self, request: HttpRequest, queryset: QuerySet) -> None:
        queryset.update(assigned_to=request.user)

    @admin.action(description=_("Assign to nobody"), permissions=["change"])
    def give_back(self, request: HttpRequest, queryset: QuerySet) -> None:
        queryset.update(assigned_to=None)

    @admin.action(description=_("Snooze for 30 days"), permissions=["change"])
    def snooze(self, request: HttpRequest, queryset: QuerySet) -> None:
        queryset.update(snoozed_until=timezone.now().date() + SNOOZE)

    @admin.action(description=_("Show again"), permissions=["change"])
    def wake(self, request: HttpRequest, queryset: QuerySet) -> None:
        queryset.update(snoozed_until=None)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **options)
        if db_field.name in self.list_editable:  # in the list it has no label
            field.widget.attrs["aria-label"] = capfirst(db_field.verbose_name)
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Work is given to those who can sign in here."""
        if db_field.name == "assigned_to":
            people = db_field.remote_field.model._default_manager
            options["queryset"] = people.filter(is_staff=True, is_active=True).order_by("username")
        return super().formfield_for_foreignkey(db_field, request, **options)
