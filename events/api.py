"""API resources of this app; the router in csto_tracker.urls names their addresses."""

from events.filters import AttendanceFilters, ContributionFilters, EventFilters
from events.serializers import AttendanceSerializer, ContributionSerializer, EventSerializer
from publishing.api import RecordViewSet, public_resource


@public_resource
class EventViewSet(RecordViewSet):
    """Dated events, newest first. A date is as precise as its source (EDTF)."""

    serializer_class = EventSerializer
    record_filters = EventFilters


@public_resource
class AttendanceViewSet(RecordViewSet):
    """What sources say of a state's part in an event. No row means unknown, never absent."""

    serializer_class = AttendanceSerializer
    record_filters = AttendanceFilters


@public_resource
class ContributionViewSet(RecordViewSet):
    """That an event bears on a priority: activity, never achievement."""

    serializer_class = ContributionSerializer
    record_filters = ContributionFilters
