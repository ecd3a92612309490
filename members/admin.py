"""Admin of states, their status and legal facts, bodies and presidencies."""

from django.contrib import admin

from members.models import (
    Body,
    BodyCitation,
    Membership,
    MembershipCitation,
    Milestone,
    MilestoneCitation,
    Presidency,
    PresidencyCitation,
    State,
    StateCitation,
)
from publishing.admin import LinkedInline, RecordAdmin
from sources.admin import CitationInline


class StateCitationInline(CitationInline):
    model = StateCitation
    required = False


class MembershipCitationInline(CitationInline):
    model = MembershipCitation


class MilestoneCitationInline(CitationInline):
    model = MilestoneCitation


class BodyCitationInline(CitationInline):
    model = BodyCitation
    required = False


class PresidencyCitationInline(CitationInline):
    model = PresidencyCitation


class MembershipInline(LinkedInline):
    model = Membership
    fields = ["status", "since", "until", "said_by"]
    list_select_related = ["state"]


class MilestoneInline(LinkedInline):
    model = Milestone
    fields = ["title", "date", "confidence", "is_published"]


class PresidencyInline(LinkedInline):
    model = Presidency
    fields = ["title", "period", "is_published"]


@admin.register(State)
class StateAdmin(RecordAdmin):
    list_display = ["name", "name_ru", "code", "capital", "is_published"]
    list_filter = ["is_published"]
    search_fields = ["name", "name_ru", "code", "official_name", "official_name_ru"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [StateCitationInline, MembershipInline, MilestoneInline, PresidencyInline]


@admin.register(Membership)
class MembershipAdmin(RecordAdmin):
    list_display = ["state", "status", "since", "until", "said_by"]
    list_filter = ["status", "state"]
    list_select_related = ["state"]
    search_fields = ["state__name", "state__name_ru", "said_by"]
    autocomplete_fields = ["state"]
    inlines = [MembershipCitationInline]


@admin.register(Milestone)
class MilestoneAdmin(RecordAdmin):
    list_display = ["title", "state", "date", "confidence", "is_published"]
    list_filter = ["is_published", "state", "confidence"]
    list_select_related = ["state"]
    search_fields = ["title", "title_ru", "slug"]
    autocomplete_fields = ["state"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [MilestoneCitationInline]


@admin.register(Body)
class BodyAdmin(RecordAdmin):
    list_display = ["name", "name_ru", "abbreviation", "kind", "number", "is_published"]
    list_filter = ["is_published", "kind"]
    search_fields = ["name", "name_ru", "abbreviation", "abbreviation_ru"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [BodyCitationInline]


@admin.register(Presidency)
class PresidencyAdmin(RecordAdmin):
    list_display = ["title", "state", "period", "start_basis", "end_basis", "is_published"]
    list_filter = ["is_published", "state", "start_basis", "end_basis"]
    list_select_related = ["state"]
    search_fields = ["title", "title_ru", "motto", "motto_ru", "slug"]
    autocomplete_fields = ["state", "statement"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [PresidencyCitationInline]
