"""The fields of events, attendances and contributions in the API and in every export."""

from events.models import Attendance, Contribution, Event, EventBody, EventCitation
from members.models import Body, State
from priorities.models import Priority
from publishing.shape import (
    FirstDayColumn,
    KeyColumn,
    LastDayColumn,
    RecordSerializer,
    ReferenceColumn,
    ReferencesColumn,
    RowsColumn,
)
from sources.models import Source


class EventAttendanceSerializer(RecordSerializer):
    state = ReferenceColumn(State, "state", help_text="ISO 3166-1 alpha-2 code.")

    class Meta:
        model = Attendance
        fields = ["state", "role", "level", "position", "confidence", "note"]


class EventContributionSerializer(RecordSerializer):
    priority = ReferenceColumn(Priority, "priority", help_text="Key of the priority.")

    class Meta:
        model = Contribution
        fields = ["priority", "relation", "basis", "reason", "reason_ru"]


class EventSerializer(RecordSerializer):
    key = KeyColumn(Event, help_text="Natural key: the slug.")
    earliest = FirstDayColumn(source="period", help_text="First day on which it may fall.")
    latest = LastDayColumn(source="period", help_text="Last day on which it may fall.")
    bodies = ReferencesColumn(Body, EventBody, "event", "body", help_text="Keys of bodies.")
    sources = ReferencesColumn(
        Source, EventCitation, "event", "source", help_text="Keys of the sources cited."
    )
    attendances = RowsColumn(
        EventAttendanceSerializer,
        "event",
        ("state__code",),
        help_text="Who took part, as sources say. A state not listed is unknown, not absent.",
    )
    contributions = RowsColumn(
        EventContributionSerializer, "event", help_text="Priorities that the event bears on."
    )

    class Meta:
        model = Event
        fields = [
            "key",
            "kind",
            "status",
            "title",
            "title_ru",
            "summary",
            "summary_ru",
            "date",
            "earliest",
            "latest",
            "date_note",
            "date_note_ru",
            "start_time",
            "end_time",
            "time_zone",
            "place",
            "place_ru",
            "country",
            "url",
            "bodies",
            "attendances",
            "contributions",
            "sources",
            "confidence",
            "note",
            "note_ru",
            "sequence",
            "changed_at",
        ]


class AttendanceSerializer(RecordSerializer):
    key = KeyColumn(Attendance, help_text="Natural key: event:state.")
    event = ReferenceColumn(Event, "event", help_text="Key of the event.")
    state = ReferenceColumn(State, "state", help_text="ISO 3166-1 alpha-2 code.")

    class Meta:
        model = Attendance
        fields = [
            "key",
            "event",
            "state",
            "role",
            "level",
            "level_ru",
            "position",
            "position_ru",
            "confidence",
            "note",
            "note_ru",
            "changed_at",
        ]


class ContributionSerializer(RecordSerializer):
    key = KeyColumn(Contribution, help_text="Natural key: event:presidency:priority.")
    event = ReferenceColumn(Event, "event", help_text="Key of the event.")
    priority = ReferenceColumn(Priority, "priority", help_text="Key of the priority.")

    class Meta:
        model = Contribution
        fields = [
            "key",
            "event",
            "priority",
            "relation",
            "basis",
            "reason",
            "reason_ru",
            "confidence",
            "note",
            "note_ru",
            "changed_at",
        ]
