"""The filters of assessments and claims."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment
from members.models import Presidency
from priorities.models import Priority, Theme
from publishing.filters import (
    CONFIDENCE,
    DayFilter,
    RecordFilters,
    SearchFilter,
    ValuesFilter,
    YesNoFilter,
)
from sources.models import Source


class NewestFilter(YesNoFilter):
    """Only the newest assessment of each priority, as of the day asked about if there is one."""

    def apply(self, rows: QuerySet, value: bool) -> QuerySet:
        newest = Assessment.objects.public().newest(self.day).values("pk")
        return rows.filter(pk__in=newest) if value else rows.exclude(pk__in=newest)


class NewestAtFilter(DayFilter):
    """The newest assessment of each priority, as of a day."""

    def leave(self, rows: QuerySet, given: list[Any]) -> QuerySet:
        newest = Assessment.objects.public().newest(at=given[0])
        return rows.filter(pk__in=newest.values("pk"))


class AssessmentFilters(RecordFilters):
    orderings = {
        **RecordFilters.orderings,
        "default": ("-as_of", "priority", "-number"),
        "as_of": ("as_of", "pk"),
        "-as_of": ("-as_of", "-pk"),
    }

    priority = ValuesFilter(
        "priority",
        target=Priority,
        label=_("Priority"),
        example="russia-2026:information-security",
    )
    presidency = ValuesFilter(
        "priority__presidency", target=Presidency, label=_("Presidency"), example="russia-2026"
    )
    theme = ValuesFilter(
        "priority__theme", target=Theme, label=_("Theme"), example="military-component"
    )
    completion = ValuesFilter(
        "completion", choices=Assessment.Completion, label=_("Completion"), example="limited"
    )
    certainty = ValuesFilter(
        "certainty", choices=Assessment.Certainty, label=_("Confidence"), example="low"
    )
    since = DayFilter(
        "as_of", lookup="gte", label=_("As of this day or later"), example="2026-01-01"
    )
    until = DayFilter(
        "as_of", lookup="lte", label=_("As of this day or before"), example="2026-02-15"
    )
    as_of = NewestAtFilter(
        "as_of",
        lookup="lte",
        label=_("The newest of each priority, as of this day"),
        example="2026-02-15",
    )
    newest = NewestFilter("pk", label=_("Only the newest of each priority"), example="true")


class ClaimFilters(RecordFilters):
    orderings = {
        **RecordFilters.orderings,
        "default": ("-period", "pk"),
        "date": ("period", "pk"),
    }

    q = SearchFilter("search", label=_("Words in claim and claimant"), example="Tokayev")
    presidency = ValuesFilter(
        "presidency", target=Presidency, label=_("Presidency"), example="kazakhstan-2024"
    )
    priority = ValuesFilter("priority", target=Priority, label=_("Priority"))
    source = ValuesFilter(
        "sources", target=Source, label=_("Cites a source"), example="24kg-352506"
    )
    confidence = CONFIDENCE
    as_of = DayFilter(
        "period", lookup="startswith__lte", label=_("Made by this day"), example="2026-02-15"
    )
