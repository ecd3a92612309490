"""The filters of states, memberships, milestones, bodies and presidencies."""

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from members.models import Body, Membership, State
from publishing.filters import (
    CONFIDENCE,
    BegunFilter,
    DayFilter,
    RecordFilters,
    SearchFilter,
    ValuesFilter,
    YesNoFilter,
)
from sources.models import Source


class CurrentFilter(YesNoFilter):
    """Rows whose period holds today or the day asked about, or does not."""

    def apply(self, rows: QuerySet, value: bool) -> QuerySet:
        condition = {f"{self.path}__contains": self.today}
        return rows.filter(**condition) if value else rows.exclude(**condition)


class CurrentStatusFilter(ValuesFilter):
    """States whose status today or on the day asked about is one of those named."""

    def condition(self, model: type[Model], values: list[Any]) -> Q:
        current = Membership.objects.current(at=self.today)
        return Q(pk__in=current.filter(status__in=values).values("state"))


class StateFilters(RecordFilters):
    orderings = {
        **RecordFilters.orderings,
        "default": ("name", "pk"),
        "code": ("code",),
        "name_ru": ("name_ru", "pk"),
    }

    q = SearchFilter("search", label=_("Words in names and capitals"), example="Бишкек")
    status = CurrentStatusFilter(
        "memberships__status",
        choices=Membership.Status,
        label=_("Status today, or on the day asked about"),
        example="participation-frozen",
    )
    source = ValuesFilter(
        "sources",
        target=Source,
        label=_("Cites a source"),
        example="mledoze",
        other_example="tass-687141",
    )


class MembershipFilters(RecordFilters):
    orderings = {**RecordFilters.orderings, "default": ("state__code", "period", "pk")}

    state = ValuesFilter("state", target=State, label=_("State"), example="AM")
    status = ValuesFilter("status", choices=Membership.Status, label=_("Status"), example="member")
    on = DayFilter("period", lookup="contains", label=_("Holds on this day"), example="2024-03-01")
    current = CurrentFilter(
        "period", label=_("Holds today, or on the day asked about"), example="true"
    )
    source = ValuesFilter(
        "sources", target=Source, label=_("Cites a source"), example="tass-687141"
    )
    confidence = CONFIDENCE
    as_of = DayFilter(
        "period", lookup="contains", label=_("What held on this day"), example="2026-02-15"
    )


class MilestoneFilters(RecordFilters):
    orderings = {
        **RecordFilters.orderings,
        "default": ("date", "slug"),
        "-date": ("-date", "slug"),
    }

    state = ValuesFilter("state", target=State, label=_("State"), example="UZ")
    since = DayFilter(
        "period", lookup="endswith__gt", label=_("On this day or later"), example="2012-01-01"
    )
    until = DayFilter(
        "period", lookup="startswith__lte", label=_("On this day or before"), example="1999-12-31"
    )
    source = ValuesFilter(
        "sources", target=Source, label=_("Cites a source"), example="odkb-25years"
    )
    confidence = CONFIDENCE
    as_of = DayFilter(
        "period",
        lookup="startswith__lte",
        label=_("What had happened by this day"),
        example="2026-02-15",
    )


class BodyFilters(RecordFilters):
    orderings = {**RecordFilters.orderings, "default": ("number", "slug"), "key": ("slug",)}

    q = SearchFilter("search", label=_("Words in names and tasks"), example="parliamentary")
    kind = ValuesFilter("kind", choices=Body.Kind, label=_("Kind"), example="statutory")
    source = ValuesFilter(
        "sources", target=Source, label=_("Cites a source"), example="odkb-structure"
    )
    as_of = BegunFilter(
        "period",
        label=_("May be established by this day; a body without a date may always be"),
        example="2026-02-15",
    )


class PresidencyFilters(RecordFilters):
    orderings = {
        **RecordFilters.orderings,
        "default": ("-period", "pk"),
        "term": ("period", "pk"),
    }

    q = SearchFilter("search", label=_("Words in title and motto"), example="Victory")
    state = ValuesFilter("state", target=State, label=_("State"), example="KG")
    on = DayFilter(
        "period", lookup="contains", label=_("In office on this day"), example="2026-02-15"
    )
    current = CurrentFilter(
        "period", label=_("In office today, or on the day asked about"), example="true"
    )
    source = ValuesFilter(
        "sources", target=Source, label=_("Cites a source"), example="tass-ushakov"
    )
    as_of = DayFilter(
        "period", lookup="startswith__lte", label=_("Terms begun by this day"), example="2026-02-15"
    )
