"""API resources of this app; the router in csto_tracker.api names their addresses."""

from assessments.filters import AssessmentFilters, ClaimFilters
from assessments.serializers import (
    AssessedPrioritySerializer,
    AssessmentSerializer,
    ClaimSerializer,
)
from priorities.filters import PriorityFilters
from publishing.api import RecordViewSet, public_resource


@public_resource
class PriorityViewSet(RecordViewSet):
    """What presidencies said they would do, the passages that say so, and assessments of it."""

    serializer_class = AssessedPrioritySerializer
    record_filters = PriorityFilters


@public_resource
class AssessmentViewSet(RecordViewSet):
    """Curators' judgements of priorities: append-only, by a published rubric."""

    serializer_class = AssessmentSerializer
    record_filters = AssessmentFilters


@public_resource
class ClaimViewSet(RecordViewSet):
    """What governments and officials say of progress: attributed and dated, not our judgement."""

    serializer_class = ClaimSerializer
    record_filters = ClaimFilters
