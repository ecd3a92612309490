"""API resources of this app; the router in csto_tracker.api names their addresses."""

from priorities.filters import LineageFilters, ThemeFilters
from priorities.serializers import LineageSerializer, ThemeSerializer
from publishing.api import RecordViewSet, public_resource


@public_resource
class ThemeViewSet(RecordViewSet):
    """Subjects that priorities of several presidencies share."""

    serializer_class = ThemeSerializer
    record_filters = ThemeFilters


@public_resource
class LineageViewSet(RecordViewSet):
    """That a later priority takes up an earlier one, with the basis in their wording."""

    serializer_class = LineageSerializer
    record_filters = LineageFilters
