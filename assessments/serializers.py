"""The fields of assessments and claims in the API and in every export."""

from rest_framework import serializers

from assessments.models import Assessment, Claim, ClaimCitation, Evidence
from events.models import Contribution
from members.models import Presidency
from priorities.models import Priority
from publishing.shape import (
    FirstDayColumn,
    KeyColumn,
    LastDayColumn,
    ReferenceColumn,
    ReferencesColumn,
)
from sources.models import Source


class AssessmentSerializer(serializers.ModelSerializer):
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


class ClaimSerializer(serializers.ModelSerializer):
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
