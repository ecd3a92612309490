"""The table of contents of the API: one list and one detail for each kind of record."""

from rest_framework.routers import SimpleRouter

from events import api as events

router = SimpleRouter()
for name, viewset in {
    "events": events.EventViewSet,
    "attendances": events.AttendanceViewSet,
    "contributions": events.ContributionViewSet,
}.items():
    router.register(name, viewset, basename=name)
