"""The filters of events, attendances and contributions."""

from collections.abc import Collection
from functools import reduce
from typing import Any

from django.db import models
from django.db.models import F, Func, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext_lazy as _

from events.models import PRIORITY_BIT, STATE_BIT, Attendance, Contribution, Event
from members.models import Body, Presidency, State
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


class TodayFilter(YesNoFilter):
    """Events that an adjective of their query sets, the path, leaves today or on the day asked
    about: the answer turns over at midnight."""

    def apply(self, rows: QuerySet, value: bool) -> QuerySet:
        these = getattr(rows.model.objects, self.path)(self.today)
        return rows.filter(pk__in=these) if value else rows.exclude(pk__in=these)


def signed(bit: str, values: list[Any]) -> Q:
    """Whether the signature of an event has the bit of one of the keys, if not only that one's."""
    template = bit.format(key="%(expressions)s")
    field = models.BigIntegerField()
    bits: Any = [
        Func(Cast(value, field), template=template, output_field=field) for value in values
    ]
    mask: Any = reduce(Combinable.bitor, bits)
    return Q(GreaterThan(F("signature").bitand(mask), 0))


class KeyFilter(ValuesFilter):
    """The records that are named themselves."""

    def condition(self, model: type[models.Model], values: list[Any]) -> Q:
        return Q(pk__in=values)


class PresidencyTermFilter(ValuesFilter):
    """Events that fall at least in part into the terms named."""

    def condition(self, model: type[models.Model], values: list[Any]) -> Q:
        found = Q()
        for term in Presidency.objects.filter(pk__in=values):
            found |= Q(period__overlap=term.period)
        return found


class AttendanceRoleFilter(ValuesFilter):
    """Events in which one of the states named has one of `roles`."""

    slotted = True

    def __init__(self, *, roles: Collection[str], **options: Any) -> None:
        self.roles = roles
        super().__init__("attendances__state", target=State, **options)

    def condition(self, model: type[models.Model], values: list[Any]) -> Q:
        rows = Attendance.objects.filter(state__pk__in=values, role__in=self.roles)
        return signed(STATE_BIT, values) & Q(pk__in=rows.values("event"))


class PriorityFilter(ValuesFilter):
    """Events that bear on one of the priorities named."""

    slotted = True

    def condition(self, model: type[models.Model], values: list[Any]) -> Q:
        return signed(PRIORITY_BIT, values) & super().condition(model, values)


class AttendanceUnknownFilter(AttendanceRoleFilter):
    """Events of which no source says whether one of the states named took part."""

    def condition(self, model: type[models.Model], values: list[Any]) -> Q:
        found = Q()
        for value in values:
            found |= ~super().condition(model, [value])
        return found


class EventFilters(RecordFilters):
    orderings = {
        "default": ("-period", "-pk"),
        "date": ("period", "pk"),
        "-date": ("-period", "-pk"),
        "changed": ("changed_at", "pk"),
        "-changed": ("-changed_at", "-pk"),
    }

    q = SearchFilter("search", label=_("Words in titles, summaries and places"), example="Рубеж")
    event = KeyFilter("pk", target=Event, label=_("Event"), example="csc-session-moscow-2026")
    kind = ValuesFilter("kind", choices=Event.Kind, label=_("Kind"), example="summit")
    status = ValuesFilter("status", choices=Event.Status, label=_("Status"), example="announced")
    upcoming = TodayFilter("upcoming", label=_("Planned, and not past yet"), example="false")
    awaiting_outcome = TodayFilter(
        "awaiting_outcome",
        label=_("Its time has passed and the outcome is not recorded"),
        example="true",
    )
    since = DayFilter(
        "period",
        lookup="endswith__gt",
        label=_("May fall on this day or later"),
        example="2026-01-01",
    )
    until = DayFilter(
        "period",
        lookup="startswith__lte",
        label=_("May fall on this day or before"),
        example="2026-02-15",
    )
    on = DayFilter(
        "period", lookup="contains", label=_("May fall on this day"), example="2026-06-15"
    )
    presidency = PresidencyTermFilter(
        "pk",
        target=Presidency,
        label=_("Falls into the term of this presidency"),
        example="russia-2026",
    )
    state = AttendanceRoleFilter(
        roles=Attendance.TOOK_PART,
        label=_("A state took part, as host or observer too"),
        example="KG",
    )
    absent = AttendanceRoleFilter(
        roles=[Attendance.Role.ABSENT],
        label=_("A state was absent, as a source says"),
        example="AM",
    )
    attendance_unknown = AttendanceUnknownFilter(
        roles=[*Attendance.TOOK_PART, Attendance.Role.ABSENT],
        label=_("No source says whether a state took part"),
        example="AM",
    )
    country = ValuesFilter(
        "country",
        pattern="[A-Z]{2}",
        example="KG",
        label=_("Country in which it takes place (ISO 3166-1)"),
    )
    body = ValuesFilter(
        "bodies",
        target=Body,
        label=_("Body of the organisation"),
        example="collective-security-council",
    )
    priority = PriorityFilter(
        "contributions__priority",
        target=Priority,
        label=_("Bears on a priority"),
        example="russia-2026:information-security",
    )
    theme = ValuesFilter(
        "contributions__priority__theme",
        target=Theme,
        label=_("Theme"),
        example="military-component",
    )
    relation = ValuesFilter(
        "contributions__relation",
        choices=Contribution.Relation,
        label=_("Relation to a priority"),
        example="implements",
    )
    source = ValuesFilter(
        "sources", target=Source, label=_("Cites a source"), example="tass-25744145"
    )
    confidence = CONFIDENCE
    as_of = DayFilter(
        "period",
        lookup="startswith__lte",
        label=_("What may have begun by this day"),
        example="2026-02-15",
    )


class AttendanceFilters(RecordFilters):
    event = ValuesFilter("event", target=Event, label=_("Event"), example="interaction-2022")
    state = ValuesFilter("state", target=State, label=_("State"), example="AM")
    role = ValuesFilter("role", choices=Attendance.Role, label=_("Role"), example="absent")
    confidence = CONFIDENCE
    as_of = DayFilter(
        "event__period",
        lookup="startswith__lte",
        label=_("Of events begun by this day"),
        example="2026-02-15",
    )


class ContributionFilters(RecordFilters):
    event = ValuesFilter("event", target=Event, label=_("Event"), example="csc-session-moscow-2026")
    priority = ValuesFilter(
        "priority", target=Priority, label=_("Priority"), example="russia-2026:information-security"
    )
    presidency = ValuesFilter(
        "priority__presidency", target=Presidency, label=_("Presidency"), example="kyrgyzstan-2025"
    )
    relation = ValuesFilter(
        "relation", choices=Contribution.Relation, label=_("Relation"), example="counts-against"
    )
    basis = ValuesFilter("basis", choices=Contribution.Basis, label=_("Basis"), example="stated")
    as_of = DayFilter(
        "event__period",
        lookup="startswith__lte",
        label=_("Of events begun by this day"),
        example="2026-02-15",
    )
