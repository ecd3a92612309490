"""The admin site: curators begin with what waits for them."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FIRST_TASKS = 15  # on the start page


class TrackerAdminSite(AdminSite):
    site_header = _("CSTO Presidency Tracker: curators")
    site_title = _("Curators")
    index_title = _("The record")

    def index(self, request: HttpRequest, extra_context: Any = None) -> TemplateResponse:
        work = self._work(request)
        context = {
            **(extra_context or {}),
            "curator_work": work[:FIRST_TASKS],
            "more_work": len(work) - FIRST_TASKS,
            **self._delivery(request),
        }
        return super().index(request, context)

    def _delivery(self, request: HttpRequest) -> dict[str, Any]:
        """Whether reminders are delivered, for those who may look into it."""
        from reminders import status, sweep  # models must be there first

        if not request.user.has_perm("reminders.view_delivery"):
            return {}
        return {"sweep_is_late": sweep.is_late(), "dead_letters": status.given_up_lately()}

    def _work(self, request: HttpRequest) -> list[Any]:
        """What does not sleep, whoever it was given to."""
        from reminders import curators  # models must be there first

        day = timezone.now().date()
        return curators.described(list(curators.tasks_for(request.user, day)))


class TrackerAdminConfig(AdminConfig):
    default_site = "csto_tracker.adminsite.TrackerAdminSite"
