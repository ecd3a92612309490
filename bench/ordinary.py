"""How such an API is usually written with Django REST Framework, on the product's own tables:
ModelSerializer with nested serializers, prefetch, CursorPagination; for HTML a template."""

import os

import django
from django.conf import settings

if not settings.configured:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.ordinary_settings"
    django.setup()

from django.core.wsgi import get_wsgi_application
from django.db.models import Prefetch
from django.shortcuts import render
from django.urls import include, path
from rest_framework import pagination, routers, serializers, viewsets

from events.models import Attendance, Contribution, Event
from members.models import Body
from sources.models import Source


class AttendanceSerializer(serializers.ModelSerializer):
    state = serializers.CharField(source="state.code")

    class Meta:
        model = Attendance
        fields = ["state", "role", "level", "position", "confidence", "note"]


class ContributionSerializer(serializers.ModelSerializer):
    priority = serializers.CharField(source="priority.key")

    class Meta:
        model = Contribution
        fields = ["priority", "relation", "basis", "reason", "reason_ru"]


class EventSerializer(serializers.ModelSerializer):
    key = serializers.CharField(source="slug")
    earliest = serializers.DateField(source="period.lower")
    latest = serializers.DateField(source="period.upper")
    bodies = serializers.SlugRelatedField("slug", many=True, read_only=True)
    sources = serializers.SlugRelatedField("slug", many=True, read_only=True)
    attendances = AttendanceSerializer(many=True)
    contributions = ContributionSerializer(many=True)

    class Meta:
        model = Event
        fields = [
            "key", "kind", "status", "title", "title_ru", "summary", "summary_ru", "date",
            "earliest", "latest", "date_note", "date_note_ru", "start_time", "end_time",
            "time_zone", "place", "place_ru", "country", "url", "bodies", "attendances",
            "contributions", "sources", "confidence", "note", "note_ru", "sequence", "changed_at",
        ]  # fmt: skip


class Paging(pagination.CursorPagination):
    page_size = 50
    ordering = ("-period", "-id")


def events():
    return (
        Event.objects.filter(is_published=True)
        .defer("search")
        .prefetch_related(
            Prefetch("bodies", Body.objects.filter(is_published=True)),
            Prefetch("sources", Source.objects.filter(is_published=True).only("slug")),
            Prefetch(
                "attendances", Attendance.objects.filter(state__is_published=True)
                .select_related("state").order_by("state__code"),
            ),
            Prefetch(
                "contributions", Contribution.objects.filter(
                    priority__is_published=True, priority__presidency__is_published=True
                ).select_related("priority__presidency").order_by("pk"),
            ),
        )
    )  # fmt: skip


class EventViewSet(viewsets.ReadOnlyModelViewSet):
    serializer_class = EventSerializer
    pagination_class = Paging
    lookup_field = "slug"

    def get_queryset(self):
        rows, asked = events(), self.request.query_params
        if "state" in asked:
            rows = rows.filter(attendances__state__code=asked["state"])
        if "priority" in asked:
            presidency, slug = asked["priority"].split(":")
            rows = rows.filter(
                contributions__priority__slug=slug,
                contributions__priority__presidency__slug=presidency,
            )
        if "since" in asked:
            rows = rows.filter(
                period__endswith__gt=asked["since"], period__startswith__lte=asked["until"]
            )
        return rows.distinct() if "state" in asked else rows


def page(request):
    rows = events().order_by("-period", "-id")[:50]
    return render(request, "ordinary.html", {"events": rows})


router = routers.SimpleRouter()
router.register("events", EventViewSet, basename="event")
urlpatterns = [
    path("api/v1/", include(router.urls)),
    path("events/", page, name="list"),
    path("events/<slug:slug>/", page, name="event"),
    path("states/<slug:slug>/", page, name="state"),
    path("presidencies/<slug:presidency>/priorities/<slug:slug>/", page, name="priority"),
]
application = get_wsgi_application()
