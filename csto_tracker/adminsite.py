"""The admin site: curators begin with what waits for them."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.db.models import Q
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TrackerAdminSite(AdminSite):
    site_header = _("CSTO Presidency Tracker: curators")
    site_title = _("Curators")
    index_title = _("The record")

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        context = {**(extra_context or {}), "curator_tasks": self._tasks(request)}
        return super().index(request, context)

    def _tasks(self, request: HttpRequest) -> list[tuple[Any, str]]:
        """Open tasks with the address of the record that each is about."""
        from assessments.models import CuratorTask  # models must be there first
        from events.models import Event
        from priorities.models import Priority

        if not request.user.has_perm("assessments.view_curatortask"):
            return []
        awake = Q(snoozed_until=None) | Q(snoozed_until__lte=timezone.now().date())
        tasks = list(CuratorTask.objects.filter(awake).select_related("assigned_to"))
        events = dict(
            Event.objects.filter(slug__in=[task.subject for task in tasks]).values_list(
                "slug", "pk"
            )
        )
        priorities = {
            f"{presidency}:{slug}": pk
            for presidency, slug, pk in Priority.objects.filter(
                slug__in=[task.subject.rpartition(":")[2] for task in tasks]
            ).values_list("presidency__slug", "slug", "pk")
        }
        found = []
        for task in tasks:
            if task.kind == CuratorTask.Kind.OUTCOME_MISSING and task.subject in events:
                name, pk = "admin:events_event_change", events[task.subject]
            elif task.subject in priorities:
                name, pk = "admin:priorities_priority_change", priorities[task.subject]
            else:
                continue
            found.append((task, reverse(name, args=[pk])))
        return found


class TrackerAdminConfig(AdminConfig):
    default_site = "csto_tracker.adminsite.TrackerAdminSite"
