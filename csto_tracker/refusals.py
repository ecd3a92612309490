"""What is refused before a view runs, and the format that a client's Accept header chooses."""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.request import MediaType
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from csto_tracker.annotations import annotation
from csto_tracker.api import RESOURCES
from csto_tracker.calendars import CALENDARS
from csto_tracker.errors import bad_query, plain
from csto_tracker.exports import FILES, export
from csto_tracker.throttle import counted
from publishing.conditional import is_public_data
from publishing.formats.answers import CSV, JSONL, TABLES, XLSX
from publishing.problems import BadQuery, problem

READ = ("GET", "HEAD", "OPTIONS")
# Longer ones are no question that a filter can ask, and servers differ in what they let through.
LONGEST_QUERY = 8192  # bytes
LD_JSON = "application/ld+json"
# What each list can be had as, besides its page or its JSON.
FORMATS = {
    "application/json": "json",
    "text/csv": CSV.extension,
    "application/jsonl": JSONL.extension,
    "application/x-ndjson": JSONL.extension,
    XLSX.content_type: XLSX.extension,
    "application/atom+xml": "atom",
    "text/calendar": "ics",
    LD_JSON: "jsonld",
}
_LIST = re.compile(r"^(/api/v1/|/ru/|/)([a-z]+)/$")
_PASSAGE = re.compile(r"^/api/v1/passages/([^/]+)/$")


class RefusalMiddleware:
    """Addresses too long answer 414, writing what is read-only 405, and OPTIONS what may be done.

    Before the check for forged forms, which would tell a client of the API about cookies.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
            return plain(request, 414)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, options: Any
    ) -> HttpResponse | None:
        if request.method in {"GET", "HEAD"} or not is_read_only(request, view):
            return None
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers={"Allow": ", ".join(READ)})
        response = problem(request, 405) if view is export else plain(request, 405)
        response.headers["Allow"] = ", ".join(READ)
        return response


def is_read_only(request: HttpRequest, view: Any) -> bool:
    """Whether an address is of the API, or shows public data and nothing else."""
    known = getattr(view, "answers_unknown_address", False)
    return not known and (request.path_info.startswith("/api/") or is_public_data(view))


class NegotiationMiddleware:
    """Answer the address of a list in the format that the client prefers (RFC 9110, 12.5.1).

    The API answers 406 when it has none of the formats accepted; a page is then sent as HTML.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, options: Any
    ) -> HttpResponseBase | None:
        if not is_public_data(view):
            return None
        accept = request.headers.get("Accept", "*/*")
        if passage := _PASSAGE.match(request.path_info):
            return _as_annotation(request, passage[1], accept)
        found = _LIST.match(request.path_info)
        if not found or found[2] not in {*RESOURCES, *FILES}:
            return None
        prefix, name = found.groups()
        in_api = prefix == "/api/v1/"
        offers = [one for one, extension in FORMATS.items() if _has(name, extension)]
        preferred = preferred_type(accept, offers if in_api else ["text/html", *offers])
        if preferred is None and in_api:
            known = {"types": ", ".join(offers)}
            return problem(request, 406, _("Accept names none of %(types)s.") % known)
        if preferred is None or preferred == ("application/json" if in_api else "text/html"):
            return None
        extension = FORMATS[preferred]
        if not in_api and (refusal := counted(request)):
            return refusal  # A file costs the same at the address of a page.
        try:
            response: HttpResponseBase = export(request, name=name, extension=extension)
        except BadQuery as error:
            return bad_query(request, error)
        _locate(request, response, f"{prefix}{name}.{extension}")
        if extension == JSONL.extension:
            response.headers["Content-Type"] = preferred
        return response


def preferred_type(accept: str, offers: list[str]) -> str | None:
    """The offer that an Accept header likes best, the first of equals; None if it likes none.

    A range that names an offer decides over one that merely covers it, whatever its parameters:
    clients add `charset=utf-8`, which Django's `get_preferred_type` would not match.
    """
    ranges = [MediaType(part) for part in accept.split(",") if part.strip()]

    def liking(offer: str) -> tuple[float, int]:
        kind = offer.partition("/")[0]
        wanted = {offer: 2, f"{kind}/*": 1, "*/*": 0}
        found = [
            (wanted[name], one.quality)
            for one in ranges
            if (name := f"{one.main_type}/{one.sub_type}".lower()) in wanted
        ]
        specificity, quality = max(found, default=(0, 0))
        return quality, specificity

    best = max(offers, key=liking)
    return best if liking(best)[0] > 0 else None


def _has(name: str, extension: str) -> bool:
    if name == "matrix":
        return extension in {"json", *TABLES}
    if extension == "ics":
        return name in CALENDARS
    return extension != "jsonld" or name == "passages"


def _as_annotation(request: HttpRequest, key: str, accept: str) -> HttpResponse | None:
    """One passage in JSON-LD, if the client prefers it to JSON."""
    if preferred_type(accept, ["application/json", LD_JSON]) != LD_JSON:
        return None
    try:
        response: HttpResponse = annotation(request, key)
    except BadQuery as error:
        return bad_query(request, error)
    _locate(request, response, reverse("annotation", args=[key]))
    return response


def _locate(request: HttpRequest, response: HttpResponseBase, path: str) -> None:
    """Say where the format that was chosen has an address of its own."""
    query = request.META.get("QUERY_STRING", "")
    response.headers["Content-Location"] = f"{path}?{query}" if query else path
