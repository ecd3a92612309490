"""The API resource of the log of changes."""

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from publishing.api import RecordViewSet, public_resource
from publishing.filters import DayFilter, RecordFilters, ValuesFilter
from publishing.models import PublicChange
from publishing.shape import KeyColumn, RecordSerializer


class ChangeSerializer(RecordSerializer):
    key = KeyColumn(PublicChange, help_text="Natural key of the change.")
    into = serializers.CharField(help_text="Key of the record that it was merged into; else empty.")

    class Meta:
        model = PublicChange
        fields = ["key", "changed_at", "list", "record", "change", "title", "title_ru", "reason",
                  "into"]  # fmt: skip


class ChangeFilters(RecordFilters):
    orderings = {
        "default": ("-changed_at", "-pk"),
        "changed": ("changed_at", "pk"),
        "-changed": ("-changed_at", "-pk"),
    }

    list = ValuesFilter("list", pattern="[a-z]+", label=_("List of the record"), example="events")
    record = ValuesFilter("record", label=_("Key of the record"), example="csc-session-moscow-2026")
    change = ValuesFilter(
        "change",
        choices=PublicChange.Kind,
        label=_("What happened"),
        example="added",
        other_example="deleted",
    )
    until = DayFilter(
        "changed_at", lookup="date__lte", label=_("Changed on this day or before (UTC)"),
        example="2099-12-31",
    )  # fmt: skip


@public_resource
class ChangeViewSet(RecordViewSet):
    """What changed in public, when and why; deleted and withdrawn records are in it, too."""

    serializer_class = ChangeSerializer
    record_filters = ChangeFilters
