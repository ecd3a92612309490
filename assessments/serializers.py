"""The fields of assessments and claims in the API and in every export."""

from drf_spectacular.utils import extend_schema_serializer

from assessments.models import Assessment, Claim, ClaimCitation, Evidence
from events.models import Contribution
from members.models import Presidency
from priorities.models import Priority
from priorities.serializers import PrioritySerializer
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


class AssessmentSerializer(RecordSerializer):
    key = KeyColumn(Assessment, help_text="Natural key: presidency:priority:number.")
    priority = ReferenceColumn(Priority, "priority", help_text="Key of the priority.")
    corrects = ReferenceColumn(
        Assessment, "corrects", help_text="Key of the assessment that this one corrects."
    )
    evidence = ReferencesColumn(
        Contribution,
        Evidence,
        "assessment",
        "contribution",
        help_text="Keys of the contributions it rests on.",
    )

    class Meta:
        model = Assessment
        fields = [
            "key",
            "priority",
            "number",
            "as_of",
            "completion",
            "certainty",
            "is_provisional",
            "rationale",
            "rationale_ru",
            "assessed_by",
            "corrects",
            "evidence",
            "changed_at",
        ]


class PriorityAssessmentSerializer(RecordSerializer):
    key = KeyColumn(Assessment, help_text="Natural key: presidency:priority:number.")

    class Meta:
        model = Assessment
        fields = ["key", "as_of", "completion", "certainty", "is_provisional"]


@extend_schema_serializer(component_name="Priority")
class AssessedPrioritySerializer(PrioritySerializer):
    """What a presidency said it would do, where it says so, and what has become of it."""

    assessments = RowsColumn(
        PriorityAssessmentSerializer,
        "priority",
        ("-as_of", "-number"),
        begun="as_of__lte",
        help_text="Assessments of it, the newest first.",
    )

    class Meta(PrioritySerializer.Meta):
        fields = [*PrioritySerializer.Meta.fields[:-1], "assessments", "changed_at"]


class ClaimSerializer(RecordSerializer):
    key = KeyColumn(Claim, help_text="Natural key: the slug.")
    earliest = FirstDayColumn(source="period", help_text="First day on which it may be made.")
    latest = LastDayColumn(source="period", help_text="Last day on which it may be made.")
    presidency = ReferenceColumn(Presidency, "presidency", help_text="Key of the presidency.")
    priority = ReferenceColumn(
        Priority, "priority", help_text="Key; null when about the presidency as a whole."
    )
    sources = ReferencesColumn(
        Source, ClaimCitation, "claim", "source", help_text="Keys of the sources cited."
    )

    class Meta:
        model = Claim
        fields = [
            "key",
            "claimant",
            "claimant_ru",
            "office",
            "office_ru",
            "date",
            "earliest",
            "latest",
            "presidency",
            "priority",
            "text",
            "text_ru",
            "sources",
            "confidence",
            "note",
            "note_ru",
            "changed_at",
        ]
