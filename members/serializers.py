"""The fields of states, memberships, milestones, bodies and presidencies."""

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

SOURCES = "Keys of the sources cited."


class StateMembershipSerializer(RecordSerializer):
    class Meta:
        model = Membership
        fields = ["status", "since", "until", "said_by", "said_by_ru", "disputed", "disputed_ru"]


class StateSerializer(RecordSerializer):
    key = KeyColumn(State, help_text="Natural key: the ISO 3166-1 alpha-2 code.")
    memberships = RowsColumn(
        StateMembershipSerializer,
        "state",
        ("period",),
        begun="period__startswith__lte",
        help_text="Status over time, and who says so; `until` is the first day after.",
    )
    sources = ReferencesColumn(Source, StateCitation, "state", "source", help_text=SOURCES)

    class Meta:
        model = State
        fields = [
            "key",
            "code",
            "alpha3",
            "numeric",
            "slug",
            "name",
            "name_ru",
            "official_name",
            "official_name_ru",
            "other_name_ru",
            "capital",
            "capital_ru",
            "latitude",
            "longitude",
            "memberships",
            "sources",
            "note",
            "note_ru",
            "changed_at",
        ]


class MembershipSerializer(RecordSerializer):
    key = KeyColumn(Membership, help_text="Natural key: state:since.")
    state = ReferenceColumn(State, "state", help_text="ISO 3166-1 alpha-2 code.")
    first_day = FirstDayColumn(source="period", help_text="First day on which it may hold.")
    last_day = LastDayColumn(source="period", help_text="Last day; null while it holds.")
    sources = ReferencesColumn(
        Source, MembershipCitation, "membership", "source", help_text=SOURCES
    )

    class Meta:
        model = Membership
        fields = [
            "key",
            "state",
            "status",
            "since",
            "until",
            "first_day",
            "last_day",
            "said_by",
            "said_by_ru",
            "disputed",
            "disputed_ru",
            "sources",
            "confidence",
            "note",
            "note_ru",
            "changed_at",
        ]


class MilestoneSerializer(RecordSerializer):
    key = KeyColumn(Milestone, help_text="Natural key: the slug.")
    state = ReferenceColumn(
        State, "state", help_text="ISO code; null for a fact of the organisation itself."
    )
    earliest = FirstDayColumn(source="period", help_text="First day on which it may fall.")
    latest = LastDayColumn(source="period", help_text="Last day on which it may fall.")
    sources = ReferencesColumn(Source, MilestoneCitation, "milestone", "source", help_text=SOURCES)

    class Meta:
        model = Milestone
        fields = [
            "key",
            "state",
            "title",
            "title_ru",
            "date",
            "earliest",
            "latest",
            "sources",
            "confidence",
            "note",
            "note_ru",
            "changed_at",
        ]


class BodySerializer(RecordSerializer):
    key = KeyColumn(Body, help_text="Natural key: the slug.")
    sources = ReferencesColumn(Source, BodyCitation, "body", "source", help_text=SOURCES)

    class Meta:
        model = Body
        fields = [
            "key",
            "kind",
            "name",
            "name_ru",
            "abbreviation",
            "abbreviation_ru",
            "description",
            "description_ru",
            "established",
            "established_note",
            "established_note_ru",
            "sources",
            "confidence",
            "note",
            "note_ru",
            "changed_at",
        ]


class PresidencySerializer(RecordSerializer):
    key = KeyColumn(Presidency, help_text="Natural key: the slug.")
    state = ReferenceColumn(State, "state", help_text="ISO 3166-1 alpha-2 code.")
    first_day = FirstDayColumn(source="period", help_text="First day of the term.")
    last_day = LastDayColumn(source="period", help_text="Last day of the term.")
    statement = ReferenceColumn(
        Source, "statement", help_text="Key of the source whose stored text states the priorities."
    )
    sources = ReferencesColumn(
        Source, PresidencyCitation, "presidency", "source", help_text=SOURCES
    )

    class Meta:
        model = Presidency
        fields = [
            "key",
            "state",
            "title",
            "title_ru",
            "first_day",
            "last_day",
            "start_basis",
            "start_note",
            "start_note_ru",
            "end_basis",
            "end_note",
            "end_note_ru",
            "motto",
            "motto_ru",
            "motto_note",
            "motto_note_ru",
            "statement",
            "sources",
            "confidence",
            "note",
            "note_ru",
            "changed_at",
        ]
