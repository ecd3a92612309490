"""What a reader sees when a request fails: a page, or problem details under /api/.

Pages for what is likely to happen while the site itself is ill (400, 403, 500, 503) need
neither database nor context, and speak both languages.
"""

import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.models import Event
from members.models import Body, Presidency, State
from priorities.models import Priority
from publishing.api import moved
from publishing.changes import list_name
from publishing.models import PublicChange
from publishing.problems import TITLES, BadQuery, problem
from publishing.services import merged_into
from sources.models import Source

PAGE_TITLES: dict[int, Promise] = {**TITLES, 403: _("Not allowed")}
TEXTS: dict[int, Promise] = {
    400: _("The server could not make sense of this request. Please check the address."),
    403: _("You may not do this here, or the page you came from has expired. Please go back."),
    405: _("This address can only be read. Please go back and try another way."),
    414: _("The question in this address is longer than 8,192 bytes. Please ask for less at once."),
    429: _("Too many attempts to sign in. Please wait an hour, or ask an administrator."),
    500: _("This is our fault. It has been noted, and nothing you entered was half saved."),
    503: _("The database does not answer. Please try again in a minute."),
}
RETRY_AFTER = 10  # seconds


class ErrorPagesMiddleware:
    """Turn what a page's view raises into the page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, BadQuery):
            return bad_query(request, error)
        if isinstance(error, Http404) and _is_api(request):
            return problem(request, 404)  # also while debugging
        return unavailable(request) if is_outage(error) else None


def is_outage(error: BaseException | None) -> bool:
    """True when PostgreSQL cannot be reached or went away, not when a statement is wrong."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    # Class 57 is operator intervention; a cancelled statement (57014) is not an outage.
    code = getattr(error.__cause__, "pgcode", None)
    return code is None or (code[:2] in {"08", "57", "53"} and code != "57014")


def bad_query(request: HttpRequest, error: BadQuery) -> HttpResponse:
    """400 naming each parameter that is wrong."""
    if _is_api(request):
        errors = [
            {"parameter": name, "detail": " ".join(messages)}
            for name, messages in error.errors.items()
        ]
        return problem(request, 400, str(error.detail), errors=errors)
    return render(request, "errors/bad_query.html", {"errors": error.errors.items()}, status=400)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return plain(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return plain(request, 403)


def locked_out(
    request: HttpRequest,
    original_response: HttpResponse | None = None,
    credentials: dict[str, str] | None = None,
) -> HttpResponse:
    """429 after too many wrong passwords, as django-axes asks for it."""
    return plain(request, 429)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return plain(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if (kind := _kind(request)) and (key := _key(request, kind)):
        if other := merged_into(kind, key):
            return moved(request, other.get_absolute_url())
        log = PublicChange.objects.filter(list=list_name(kind), record=key)
        if moment := getattr(request, "recorded_at", None):
            log = log.filter(changed_at__lte=moment)  # what came later is no news of that day
        if log.exists():
            return gone(request)
    if _is_api(request):
        return problem(request, 404)
    return render(request, "errors/404.html", status=404)


PAGES: dict[str, Any] = {
    "events:event": Event,
    "members:presidency": Presidency,
    "members:body": Body,
    "members:state": State,
    "sources:source": Source,
    "priorities:priority": Priority,
}


def _kind(request: HttpRequest) -> Any:
    """The model of the record whose page was asked for; None for other addresses."""
    match = request.resolver_match
    return PAGES.get(match.view_name) if match else None


def _key(request: HttpRequest, kind: Any) -> str:
    """The natural key in the address of a record; empty when no record ever had that address."""
    parts = list(request.resolver_match.kwargs.values())  # type: ignore[union-attr]
    if kind is not State:
        return ":".join(str(part) for part in parts)
    # The address of a state has its name, its key is the code; the row may be gone.
    history: Any = State.history.rel.related_model  # type: ignore[attr-defined]
    codes = history.objects.filter(slug=parts[0]).order_by("-pgh_id").values_list("code")
    return next((code for (code,) in codes[:1]), "")


def gone(request: HttpRequest) -> HttpResponse:
    """410 for a record that was here and was withdrawn."""
    if _is_api(request):
        return problem(request, 410)
    return render(request, "errors/410.html", status=410)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the failure is that the database cannot be reached."""
    if is_outage(sys.exc_info()[1]):
        return unavailable(request)
    return plain(request, 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    response = plain(request, 503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def plain(request: HttpRequest, status: int, text: Promise | None = None) -> HttpResponse:
    """A page in both languages, the likelier one first, made without database or context."""
    if _is_api(request):
        return problem(request, status)
    active = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
    codes = sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != active)
    texts = []
    for code in codes:
        with translation.override(code):
            home = "/" if code == settings.LANGUAGE_CODE else f"/{code}/"
            texts.append(
                {
                    "code": code,
                    "title": str(PAGE_TITLES[status]),
                    "text": str(text or TEXTS[status]),
                    "home": home,
                    "link": str(_("Home page")),
                }
            )
    html = render_to_string(
        "errors/plain.html",
        {
            "status": status,
            "texts": texts,
            "stylesheet": f"{settings.STATIC_URL}css/site.css",
            "request_id": getattr(request, "id", ""),
        },
    )
    return HttpResponse(html, status=status)


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")
