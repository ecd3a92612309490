"""Views that belong to no app."""

from csp.decorators import csp_update
from django.db import connection
from django.http import HttpRequest, JsonResponse
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


def healthz(request: HttpRequest) -> JsonResponse:
    """Whether this process can answer: 200 when PostgreSQL answers, else 503 by the handler."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


schema = SpectacularAPIView.as_view()
# Swagger UI writes style attributes; no script is inline, nothing comes from another host.
swagger = csp_update({"style-src": ["'unsafe-inline'"]})(
    SpectacularSwaggerSplitView.as_view(url_name="schema")
)
