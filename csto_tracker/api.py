"""The table of contents of the API: one list and one detail for each kind of record."""

from rest_framework.routers import SimpleRouter

from assessments.api import AssessmentViewSet, ClaimViewSet, PriorityViewSet
from events.api import AttendanceViewSet, ContributionViewSet, EventViewSet
from members.api import (
    BodyViewSet,
    MembershipViewSet,
    MilestoneViewSet,
    PresidencyViewSet,
    StateViewSet,
)
from priorities.api import LineageViewSet, ThemeViewSet
from publishing.api import RecordViewSet
from publishing.resources import ChangeViewSet
from sources.api import PassageViewSet, SourceViewSet

RESOURCES: dict[str, type[RecordViewSet]] = {
    "sources": SourceViewSet,
    "passages": PassageViewSet,
    "states": StateViewSet,
    "memberships": MembershipViewSet,
    "milestones": MilestoneViewSet,
    "bodies": BodyViewSet,
    "presidencies": PresidencyViewSet,
    "themes": ThemeViewSet,
    "priorities": PriorityViewSet,
    "lineage": LineageViewSet,
    "events": EventViewSet,
    "attendances": AttendanceViewSet,
    "contributions": ContributionViewSet,
    "assessments": AssessmentViewSet,
    "claims": ClaimViewSet,
    "changes": ChangeViewSet,
}

router = SimpleRouter()
for name, viewset in RESOURCES.items():
    router.register(name, viewset, basename=name)
