"""The fields of themes, priorities and lineage in the API and in every export."""

from rest_framework import serializers

from members.models import Presidency
from priorities.models import Lineage, Priority, PriorityCitation, PriorityPassage, Theme
from publishing.shape import (
    KeyColumn,
    RecordSerializer,
    ReferenceColumn,
    ReferencesColumn,
    RowsColumn,
)
from sources.models import Passage, Source


class ThemeSerializer(RecordSerializer):
    key = KeyColumn(Theme, help_text="Natural key: the slug.")

    class Meta:
        model = Theme
        fields = ["key", "number", "title", "title_ru", "changed_at"]


class PriorityPassageSerializer(RecordSerializer):
    passage = ReferenceColumn(Passage, "passage", help_text="Key: source:start:end.")
    start = serializers.IntegerField(
        source="passage.start", help_text="Offset in code points, from 0."
    )
    end = serializers.IntegerField(
        source="passage.end", help_text="Offset of the first code point after it."
    )
    quote = serializers.CharField(source="passage.quote")

    class Meta:
        model = PriorityPassage
        fields = ["passage", "role", "start", "end", "quote"]


class EarlierSerializer(RecordSerializer):
    priority = ReferenceColumn(Priority, "earlier", help_text="Key of the earlier priority.")

    class Meta:
        model = Lineage
        fields = ["priority", "relation", "basis", "basis_ru"]


class LaterSerializer(RecordSerializer):
    priority = ReferenceColumn(Priority, "later", help_text="Key of the later priority.")

    class Meta:
        model = Lineage
        fields = ["priority", "relation", "basis", "basis_ru"]


class PrioritySerializer(RecordSerializer):
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
    takes_up = RowsColumn(
        EarlierSerializer,
        "later",
        ("earlier__presidency__period", "earlier__number", "pk"),
        help_text="Earlier priorities that it takes up, and the basis in their wording.",
    )
    taken_up_by = RowsColumn(
        LaterSerializer,
        "earlier",
        ("later__presidency__period", "later__number", "pk"),
        begun="later__presidency__period__startswith__lte",
        help_text="Later priorities that take it up, and the basis in their wording.",
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
            "takes_up",
            "taken_up_by",
            "sources",
            "confidence",
            "note",
            "note_ru",
            "changed_at",
        ]


class LineageSerializer(RecordSerializer):
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
