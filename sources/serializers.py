"""The fields of sources and passages in the API and in every export."""

from publishing.shape import (
    FirstDayColumn,
    KeyColumn,
    LastDayColumn,
    RecordSerializer,
    ReferenceColumn,
    RowsColumn,
)
from sources.models import Check, Passage, Source


class SourceCheckSerializer(RecordSerializer):
    class Meta:
        model = Check
        fields = ["number", "quote", "verdict", "note", "note_ru"]


class SourcePassageSerializer(RecordSerializer):
    key = KeyColumn(Passage, help_text="Natural key: source:start:end.")

    class Meta:
        model = Passage
        fields = ["key", "start", "end", "quote", "kind", "title", "title_ru"]


class SourceSerializer(RecordSerializer):
    key = KeyColumn(Source, help_text="Natural key: the slug.")
    earliest = FirstDayColumn(source="period", help_text="First day on which it may be published.")
    latest = LastDayColumn(source="period", help_text="Last day on which it may be published.")
    carried_by = ReferenceColumn(Source, "carried_by", help_text="Source that carried this one.")
    passages = RowsColumn(
        SourcePassageSerializer,
        "source",
        ("start", "-end"),
        help_text="Passages of the stored text; offsets count code points from 0.",
    )
    checks = RowsColumn(
        SourceCheckSerializer,
        "source",
        ("number",),
        help_text="Sentences of this source held against other sources.",
    )

    class Meta:
        model = Source
        fields = [
            "key",
            "kind",
            "publisher",
            "title",
            "url",
            "language",
            "date",
            "earliest",
            "latest",
            "date_note",
            "date_note_ru",
            "extent",
            "text_sha256",
            "carried_by",
            "passages",
            "checks",
            "note",
            "note_ru",
            "changed_at",
        ]


class PassageSerializer(RecordSerializer):
    key = KeyColumn(Passage, help_text="Natural key: source:start:end.")
    source = ReferenceColumn(  # type: ignore[assignment]  # DRF keeps its own `source` elsewhere
        Source, "source", help_text="Key of the source."
    )

    class Meta:
        model = Passage
        fields = [
            "key",
            "source",
            "start",
            "end",
            "quote",
            "kind",
            "title",
            "title_ru",
            "note",
            "note_ru",
            "changed_at",
        ]
