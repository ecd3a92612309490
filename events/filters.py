"""The filters of events, attendances and contributions."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from events.models import Attendance, Contribution, Event
from members.models import Body, Presidency, State
from priorities.models import Priority, Theme
from publishing.filters import (
    DayFilter,
    RecordFilters,
    SearchFilter,
    ValuesFilter,
    YesNoFilter,
)
from publishing.models import Confidence
from sources.models import Source


class OutcomeFilter(YesNoFilter):
    def apply(self, rows: QuerySet, value: bool) -> QuerySet:
        waiting = rows.model.objects.awaiting_outcome()
        return rows.filter(pk__in=waiting) if value else rows.exclude(pk__in=waiting)


class PresidencyTermFilter(ValuesFilter):
    """Events that fall at least in part into the terms named."""

    def narrow(self, rows: QuerySet, values: list[str]) -> QuerySet:
        condition = Q()
        for term in Presidency.objects.filter(pk__in=self.resolve(values)):
            condition |= Q(period__overlap=term.period)
        return rows.exclude(condition) if self.exclude else rows.filter(condition)


class EventFilters(RecordFilters):
    orderings = {
        "default": ("-period", "-pk"),
        "date": ("period", "pk"),
        "-date": ("-period", "-pk"),
        "changed": ("changed_at", "pk"),
        "-changed": ("-changed_at", "-pk"),
    }

    q = SearchFilter("search", label=_("Words in titles, summaries and places"))
    kind = ValuesFilter("kind", choices=Event.Kind, label=_("Kind"))
    status = ValuesFilter("status", choices=Event.Status, label=_("Status"))
    awaiting_outcome = OutcomeFilter(
        "status", label=_("Its time has passed and the outcome is not recorded")
    )
    since = DayFilter("period", lookup="endswith__gt", label=_("May fall on this day or later"))
    until = DayFilter("period", lookup="startswith__lte", label=_("May fall on this day or before"))
    on = DayFilter("period", lookup="contains", label=_("May fall on this day"))
    presidency = PresidencyTermFilter(
        "pk", target=Presidency, label=_("Falls into the term of this presidency")
    )
    state = ValuesFilter("attendances__state", target=State, label=_("A state took part"))
    country = ValuesFilter(
        "country",
        pattern="[A-Z]{2}",
        example="KG",
        label=_("Country in which it takes place (ISO 3166-1)"),
    )
    body = ValuesFilter("bodies", target=Body, label=_("Body of the organisation"))
    priority = ValuesFilter(
        "contributions__priority", target=Priority, label=_("Bears on a priority")
    )
    theme = ValuesFilter("contributions__priority__theme", target=Theme, label=_("Theme"))
    relation = ValuesFilter(
        "contributions__relation", choices=Contribution.Relation, label=_("Relation to a priority")
    )
    source = ValuesFilter("sources", target=Source, label=_("Cites a source"))
    confidence = ValuesFilter("confidence", choices=Confidence, label=_("Confidence"))


class AttendanceFilters(RecordFilters):
    event = ValuesFilter("event", target=Event, label=_("Event"))
    state = ValuesFilter("state", target=State, label=_("State"))
    role = ValuesFilter("role", choices=Attendance.Role, label=_("Role"))
    confidence = ValuesFilter("confidence", choices=Confidence, label=_("Confidence"))


class ContributionFilters(RecordFilters):
    event = ValuesFilter("event", target=Event, label=_("Event"))
    priority = ValuesFilter("priority", target=Priority, label=_("Priority"))
    presidency = ValuesFilter("priority__presidency", target=Presidency, label=_("Presidency"))
    relation = ValuesFilter("relation", choices=Contribution.Relation, label=_("Relation"))
    basis = ValuesFilter("basis", choices=Contribution.Basis, label=_("Basis"))
