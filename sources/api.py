"""API resources of this app; the router in csto_tracker.api names their addresses."""

from publishing.api import RecordViewSet, public_resource
from sources.filters import PassageFilters, SourceFilters
from sources.serializers import PassageSerializer, SourceSerializer


@public_resource
class SourceViewSet(RecordViewSet):
    """Documents that claims are traced to, and how much of each was read."""

    serializer_class = SourceSerializer
    record_filters = SourceFilters


@public_resource
class PassageViewSet(RecordViewSet):
    """Spans of stored texts as W3C text position and text quote selectors (code points)."""

    serializer_class = PassageSerializer
    record_filters = PassageFilters
