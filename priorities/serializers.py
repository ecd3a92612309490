"""The fields of themes, priorities and lineage in the API and in every export."""

from rest_framework import serializers

from members.models import Presidency
from priorities.models import Lineage, Priority, PriorityCitation, PriorityPassage, Theme
from publishing.shape import KeyColumn, ReferenceColumn, ReferencesColumn, RowsColumn
from sources.models import Passage, Source


class ThemeSerializer(serializers.ModelSerializer):
    key = KeyColumn(Theme, help_text="Natural key: the slug.")

    class Meta:
        model = Theme
        fields = ["key", "number", "title", "title_ru", "changed_at"]


class PriorityPassageSerializer(serializers.ModelSerializer):
    passage = ReferenceColumn(Passage, "passage", help_text="Key: source:start:end.")
    quote = serializers.CharField(source="passage.quote")

    class Meta:
        model = PriorityPassage
        fields = ["passage", "role", "quote"]


class PrioritySerializer(serializers.ModelSerializer):
    key = KeyColumn(Priority, help_text="Natural key: presidency:slug.")
    presidency = ReferenceColumn(Presidency, "presidency", help_text="Key of the presidency.")
    theme = ReferenceColumn(Theme, "theme", help_text="Key of the theme.")
    title_ru_source = ReferenceColumn(
        Source, "title_ru_source", help_text="Source of the Russian wording, if there is one."
    )
    passages = RowsColumn(
        PriorityPassageSerializer,
        "priority",
        ("role", "passage__start"),
        help_text="The passages that state it (main), hold it (sentence) or support it.",
    )
    sources = ReferencesColumn(
        Source, PriorityCitation, "priority", "source", help_text="Keys of the sources cited."
    )

    class Meta:
        model = Priority
        fields = [
            "key",
            "presidency",
            "number",
            "slug",
            "title",
            "title_ru",
            "title_ru_origin",
            "title_ru_source",
            "theme",
            "kind",
            "temporal",
            "temporal_words",
            "strength",
            "strength_words",
            "is_tracked",
            "rubric",
            "rubric_ru",
            "passages",
            "sources",
            "confidence",
            "note",
            "note_ru",
            "changed_at",
        ]


class LineageSerializer(serializers.ModelSerializer):
    key = KeyColumn(Lineage, help_text="Natural key: both priorities' keys.")
    earlier = ReferenceColumn(Priority, "earlier", help_text="Key of the earlier priority.")
    later = ReferenceColumn(Priority, "later", help_text="Key of the later priority.")
    source = ReferenceColumn(  # type: ignore[assignment]  # DRF keeps its own `source` elsewhere
        Source, "source", help_text="Source that makes the link, if any."
    )

    class Meta:
        model = Lineage
        fields = [
            "key",
            "earlier",
            "later",
            "relation",
            "basis",
            "basis_ru",
            "source",
            "confidence",
            "note",
            "note_ru",
            "changed_at",
        ]
