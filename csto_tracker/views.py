"""Views that belong to no app."""

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.urls import resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from publishing.problems import problem
from reminders import sweep


def healthz(request: HttpRequest) -> JsonResponse:
    """Whether this process can answer: 200 when PostgreSQL answers, else 503 by the handler.

    `sweep` says “late” when nothing has looked for due reminders for three minutes. That is no
    reason to take this process out of service, so monitors of it ask /healthz/sweep.
    """
    return JsonResponse({"status": "ok", "sweep": "late" if sweep.is_late() else "ok"})


def sweep_health(request: HttpRequest) -> JsonResponse:
    """The dead-man check of reminders: 503 when nothing has swept for three minutes."""
    late = sweep.is_late()
    return JsonResponse({"sweep": "late" if late else "ok"}, status=503 if late else 200)


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """An address under /api/ that there is none of: 404 by any method, also while debugging.

    As elsewhere, a slash that was left out is put at the end.
    """
    path = request.path_info
    if not path.endswith("/") and resolve(f"{path}/").func is not unknown:
        return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
    return problem(request, 404)


unknown.answers_unknown_address = True  # type: ignore[attr-defined]  # no method is refused by it
schema = SpectacularAPIView.as_view()
# Swagger UI and Redoc write styles into the page; no script is inline, and what another host would
# have to give, such as Redoc's logo, the policy for pictures keeps from being asked for.
_styled = csp_update({"style-src": ["'unsafe-inline'"]})
swagger = _styled(SpectacularSwaggerSplitView.as_view(url_name="schema"))
reference = _styled(TemplateView.as_view(template_name="site/reference.html"))
