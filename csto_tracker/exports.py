"""Every list as a file: `/events.csv` beside `/events/`, `/api/v1/events.csv` beside the API's."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from csto_tracker import matrices, searches
from csto_tracker.annotations import collection
from csto_tracker.api import RESOURCES
from csto_tracker.calendars import CALENDARS, calendar_of
from csto_tracker.pages.asking import yes
from csto_tracker.pages.lists import page_of_list
from publishing.addresses import address
from publishing.asking import asked_moment, note_day
from publishing.conditional import public_data
from publishing.expanding import asked, chosen
from publishing.filters import RecordFilters
from publishing.formats import atom
from publishing.formats.answers import TABLES, download

FEED_ENTRIES = 100


@public_data
def export(request: HttpRequest, name: str, extension: str) -> HttpResponseBase:
    """A list in the format of its extension; raises Http404 where it has no such format."""
    if name == "search":
        return searches.file(request, extension)
    if name == "matrix":
        return matrices.file(request, extension)
    if name not in RESOURCES:
        raise Http404
    note_day(request)
    response = _list(request, name, extension)
    link = f'<{_citation(request, name)}>; rel="describedby"; type="text/html"'
    before = response.headers.get("Link")
    response.headers["Link"] = f"{before}, {link}" if before else link
    return response


def _citation(request: HttpRequest, name: str) -> str:
    """Where it stands how to cite the question that a file answers."""
    asked_for = request.GET.copy()
    for control in ("bom", "cursor", "expand", "format", "page_size"):
        asked_for.pop(control, None)
    page = address(page_of_list(name))
    of = f"{page}?{asked_for.urlencode()}" if asked_for else page
    return f"{settings.SITE_URL}{address('site:cite')}?{urlencode({'of': of})}"


def _list(request: HttpRequest, name: str, extension: str) -> HttpResponseBase:
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
            citation=_citation(request, name),
            expand=expand,
        )
        if request.method == "HEAD":
            file.streaming_content = iter(())  # no row is read for headers
        return file
    if extension == "ics" and name in CALENDARS:
        body = calendar_of(request, name, _citation(request, name), filters)
        return HttpResponse(body, content_type="text/calendar; charset=utf-8")
    if extension == "jsonld" and name == "passages":
        return collection(request, filters)
    if extension == "atom":
        body = _feed(request, name, filters)
        return HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
    raise Http404


def _feed(request: HttpRequest, name: str, filters: RecordFilters) -> bytes:
    """The rows that changed last, as Atom."""
    rows = filters.rows.order_by("-changed_at", "-pk")[:FEED_ENTRIES]
    path = request.path.removesuffix(".atom").rstrip("/") + "/"
    query = request.META.get("QUERY_STRING", "")
    return atom.feed(
        title=_("CSTO Presidency Tracker: %(list)s") % {"list": name},
        address=settings.SITE_URL + request.get_full_path(),
        page=settings.SITE_URL + (f"{path}?{query}" if query else path),
        author=_("CSTO Presidency Tracker"),
        language=str(get_language()),
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
