"""Admin of events, attendances and contributions."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from events.models import Attendance, Contribution, Event, EventBody, EventCitation
from priorities.admin import PriorityAdmin
from publishing.admin import LinkedInline, RecordAdmin, RecordInline
from sources.admin import CitationInline

ATTENDANCE = {
    "role": _("Absent only when a source says so: whom no source names is unknown, not absent."),
}
CONTRIBUTION = {
    "relation": _("Activity, never achievement: that is what assessments are for."),
    "basis": _("Inferred, unless the source itself names the priority."),
}


class OutcomeFilter(admin.SimpleListFilter):
    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("missing", _("Not recorded, though its time has passed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() == "missing":
            return queryset.filter(pk__in=Event.objects.awaiting_outcome())
        return queryset


class EventCitationInline(CitationInline):
    model = EventCitation


class EventBodyInline(RecordInline):
    model = EventBody
    autocomplete_fields = ["body"]


class AttendanceInline(RecordInline):
    model = Attendance
    helps = ATTENDANCE
    autocomplete_fields = ["state"]
    fields = ["state", "role", "level", "position", "confidence", "note", "note_ru"]


class ContributionInline(RecordInline):
    model = Contribution
    helps = CONTRIBUTION
    autocomplete_fields = ["priority"]
    fields = ["priority", "relation", "basis", "reason", "reason_ru", "confidence"]


@admin.register(Event)
class EventAdmin(RecordAdmin):
    helps = {
        "slug": _("Part of the address, short and lasting: links and citations use it."),
        "status": _("Held only when a source says that it took place."),
        "summary": _("What happened or is to happen, as sources say; no judgement."),
    }
    list_display = ["title", "date", "status", "kind", "place", "is_published"]
    list_filter = ["is_published", OutcomeFilter, "status", "kind", "confidence"]
    search_fields = ["title", "title_ru", "slug", "place", "summary"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [EventCitationInline, EventBodyInline, AttendanceInline, ContributionInline]
    fieldsets = [
        (None, {"fields": ["slug", "kind", "status", "title", "title_ru", "is_published"]}),
        (_("What"), {"fields": ["summary", "summary_ru", "url"]}),
        (
            _("When"),
            {
                "fields": [
                    "date",
                    "date_note",
                    "date_note_ru",
                    ("start_time", "end_time", "time_zone"),
                ]
            },
        ),
        (_("Where"), {"fields": ["place", "place_ru", "country"]}),
        (_("Caveats"), {"fields": ["confidence", "note", "note_ru"]}),
    ]


@admin.register(Attendance)
class AttendanceAdmin(RecordAdmin):
    helps = ATTENDANCE
    list_display = ["event", "state", "role", "level", "confidence"]
    list_filter = ["role", "state", "confidence"]
    list_select_related = ["event", "state"]
    search_fields = ["event__title", "event__slug", "state__name"]
    autocomplete_fields = ["event", "state"]


@admin.register(Contribution)
class ContributionAdmin(RecordAdmin):
    helps = CONTRIBUTION
    list_display = ["event", "priority", "relation", "basis", "confidence"]
    list_filter = ["relation", "basis", "priority__presidency"]
    list_select_related = ["event", "priority__presidency"]
    search_fields = ["event__title", "event__slug", "priority__title", "priority__slug"]
    autocomplete_fields = ["event", "priority"]


class LinkedContributionInline(LinkedInline):
    model = Contribution
    fields = ["event", "relation", "basis", "confidence"]
    list_select_related = ["event", "priority"]


# Priorities know nothing of events, which stand above them; their form shows both.
PriorityAdmin.inlines.append(LinkedContributionInline)
