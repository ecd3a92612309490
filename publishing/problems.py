"""Errors as problem details (RFC 9457), for the API and for everything that shares its filters."""

from typing import Any

import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.views import exception_handler as drf_handler

TITLES = {
    400: gettext_lazy("The request is not valid"),
    401: gettext_lazy("The token is not valid"),
    404: gettext_lazy("Not found"),
    405: gettext_lazy("Method not allowed"),
    406: gettext_lazy("Format not available"),
    410: gettext_lazy("No longer here"),
    414: gettext_lazy("The address is too long"),
    429: gettext_lazy("Too many requests"),
    500: gettext_lazy("Something went wrong here"),
    503: gettext_lazy("Not available just now"),
}


class BadQuery(APIException):
    """A parameter is unknown or has a bad value. `errors` maps its name to messages."""

    status_code = status.HTTP_400_BAD_REQUEST

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self.errors = errors
        super().__init__(detail="; ".join(f"{name}: {' '.join(m)}" for name, m in errors.items()))


def problem(request: HttpRequest, status_code: int, detail: str = "", **extra: Any) -> HttpResponse:
    """An `application/problem+json` response with the request's id.

    Its type is the line of the guide that explains it, the same in each language.
    """
    known = status_code in TITLES
    body = {
        "type": f"{settings.SITE_URL}/api/#problem-{status_code}" if known else "about:blank",
        "title": str(TITLES.get(status_code, _("Error"))),
        "status": status_code,
        **({"detail": detail} if detail else {}),
        "instance": request.path,
        "request_id": getattr(request, "id", ""),
        **extra,
    }
    return HttpResponse(
        orjson.dumps(body), status=status_code, content_type="application/problem+json"
    )


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's hook: what DRF knows becomes a problem; anything else goes on to Django."""
    response = drf_handler(error, context)
    if response is None:
        return None
    request = context["request"]
    if isinstance(error, BadQuery):
        errors = [
            {"parameter": name, "detail": " ".join(messages)}
            for name, messages in error.errors.items()
        ]
        answer = problem(request, 400, str(error.detail), errors=errors)
    elif isinstance(error, Http404):
        answer = problem(request, 404, _("No such record, or it is not public."))
    else:
        answer = problem(request, response.status_code, str(getattr(error, "detail", error)))
    for name, value in response.headers.items():
        if name.lower() not in {"content-type", "content-length"}:
            answer.headers[name] = value
    return answer
