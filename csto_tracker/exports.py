"""Every list as a file: `/events.csv` beside `/events/`, `/api/v1/events.csv` beside the API's."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from csto_tracker import matrices, searches
from csto_tracker.annotations import collection
from csto_tracker.api import RESOURCES
from csto_tracker.calendars import CALENDARS, calendar_of
from csto_tracker.pages.asking import yes
from csto_tracker.pages.citing import cited_at, tell_citation
from csto_tracker.pages.lists import page_of_list
from publishing.addresses import address
from publishing.asking import asked_moment, note_day
from publishing.conditional import public_data
from publishing.expanding import asked, chosen
from publishing.filters import RecordFilters
from publishing.formats import atom
from publishing.formats.answers import TABLES, download

FEED_ENTRIES = 100
# Files of other pages than lists, by name: the page, and what makes them.
FILES = {
    "search": ("site:search", searches.file),
    "matrix": ("site:matrix", matrices.file),
}
# Lists of the API by view name.
LISTS = {f"api:{name}-list": name for name in RESOURCES} | {"api-search": "search"}


@public_data
def export(request: HttpRequest, name: str, extension: str) -> HttpResponseBase:
    """A list in the format of its extension; raises Http404 where it has no such format."""
    if name not in FILES and name not in RESOURCES:
        raise Http404
    citation = _citation(request, name)
    if name in FILES:
        response: HttpResponseBase = FILES[name][1](request, extension, citation)
    else:
        note_day(request)
        response = _list(request, name, extension, citation)
    tell_citation(response, citation)
    return response


class CitationMiddleware:
    """Lists of the API say in a header where it stands how to cite them, as their files do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code == 200 and match and match.view_name in LISTS:
            tell_citation(response, _citation(request, LISTS[match.view_name]))
        return response


def _citation(request: HttpRequest, name: str) -> str:
    """Where it stands how to cite the question that a file answers."""
    asked_for: QueryDict = request.GET
    if controls := {"bom", "cursor", "format", "page_size", "table"}.intersection(asked_for):
        asked_for = asked_for.copy()
        for control in controls:
            del asked_for[control]
    page = FILES[name][0] if name in FILES else page_of_list(name)
    return cited_at(address(page), asked_for)


def _list(request: HttpRequest, name: str, extension: str, citation: str) -> HttpResponseBase:
    resource = RESOURCES[name]
    serializer = resource.serializer_class
    further = ["bom"] * (extension == "csv")
    filters = resource.record_filters(request.GET, resource().get_queryset(), further)
    if extension == "json":
        response: HttpResponseBase = resource.as_view({"get": "list"})(request)
        return response
    # A feed and a calendar have a form of their own; what is asked of them must be right anyway.
    shown, expand = chosen(serializer, request.GET)[0], asked(serializer, request.GET)
    if extension in TABLES:
        on_site = not request.path.startswith("/api/")
        file = download(
            request,
            name,
            filters,
            shown,
            TABLES[extension],
            bom=yes(request, "bom", default=on_site),
            recorded_at=asked_moment(request.GET),
            citation=citation,
            expand=expand,
        )
        if request.method == "HEAD":
            file.streaming_content = iter(())  # no row is read for headers
        return file
    if extension == "ics" and name in CALENDARS:
        body = calendar_of(request, name, citation, filters)
        return HttpResponse(body, content_type="text/calendar; charset=utf-8")
    if extension == "jsonld" and name == "passages":
        return collection(request, filters)
    if extension == "atom":
        body = _feed(request, name, filters, citation)
        return HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    raise Http404


def _feed(request: HttpRequest, name: str, filters: RecordFilters, citation: str) -> bytes:
    """The rows that changed last, as Atom."""
    rows = filters.rows.order_by("-changed_at", "-pk")[:FEED_ENTRIES]
    path = address(page_of_list(name))
    query = request.META.get("QUERY_STRING", "")
    return atom.feed(
        title=_("CSTO Presidency Tracker: %(list)s") % {"list": name},
        address=settings.SITE_URL + request.get_full_path(),
        page=settings.SITE_URL + (f"{path}?{query}" if query else path),
        author=_("CSTO Presidency Tracker"),
        language=str(get_language()),
        citation=citation,
        entries=_entries(name, rows),
    )


def _entries(name: str, rows: Any) -> Iterator[atom.Entry]:
    for row in rows:
        api = reverse(f"api:{name}-detail", args=[row.key])
        own = row.get_absolute_url() if hasattr(row, "get_absolute_url") else api
        summary = ""
        for field in ("summary", "text", "rationale", "description", "note"):
            if hasattr(row, f"{field}_ru"):
                summary = row.in_language(field)
                break
        yield atom.Entry(
            id=settings.SITE_URL + api,
            title=str(row),
            url=settings.SITE_URL + own,
            updated=row.changed_at,
            published=None,
            summary=summary,
        )
