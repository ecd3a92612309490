"""API resources of this app; the router in csto_tracker.api names their addresses."""

from members.filters import (
    BodyFilters,
    MembershipFilters,
    MilestoneFilters,
    PresidencyFilters,
    StateFilters,
)
from members.serializers import (
    BodySerializer,
    MembershipSerializer,
    MilestoneSerializer,
    PresidencySerializer,
    StateSerializer,
)
from publishing.api import RecordViewSet, public_resource


@public_resource
class StateViewSet(RecordViewSet):
    """States that are or were parties, with their status over time."""

    serializer_class = StateSerializer
    record_filters = StateFilters


@public_resource
class MembershipViewSet(RecordViewSet):
    """A state's status for a period, and who says so."""

    serializer_class = MembershipSerializer
    record_filters = MembershipFilters


@public_resource
class MilestoneViewSet(RecordViewSet):
    """Dated legal facts of states and of the organisation itself."""

    serializer_class = MilestoneSerializer
    record_filters = MilestoneFilters


@public_resource
class BodyViewSet(RecordViewSet):
    """Statutory and working organs of the organisation."""

    serializer_class = BodySerializer
    record_filters = BodyFilters


@public_resource
class PresidencyViewSet(RecordViewSet):
    """Terms in the chair of the Collective Security Council, the newest first."""

    serializer_class = PresidencySerializer
    record_filters = PresidencyFilters
