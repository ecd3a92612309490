"""Search by programs: `/api/v1/search/`, and what it finds as a file or a feed."""

import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.plumbing import build_array_type, build_object_type
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.views import APIView

from csto_tracker.pages.asking import yes
from csto_tracker.pages.search import FIELDS, PARAMETERS, Found, asked, rows_of
from csto_tracker.pages.searching import BY_NAME, CANDIDATES, OF_ONE_KIND
from publishing.conditional import public_data
from publishing.expanding import wanted
from publishing.formats import atom, flat
from publishing.formats.answers import CSV, TABLES
from publishing.openapi import RECORDED_AT, refusals
from publishing.problems import BadQuery
from publishing.values import MAX_SEARCH


def _looked_for(request: HttpRequest, *further: str) -> Found:
    """What is found, at most OF_ONE_KIND of each kind; raises BadQuery, also for no words."""
    text, found = asked(request, {*PARAMETERS, *further}, OF_ONE_KIND)
    if not text:
        raise BadQuery({"q": [_("Say which words to look for.")]})
    wanted(request.GET, list(FIELDS))
    return found


class SearchView(APIView):
    """Words in any list, in English or Russian and in all spellings, as the page searches."""

    @extend_schema(
        operation_id="search_list",
        tags=["search"],
        parameters=[
            OpenApiParameter(
                "q",
                {"type": "string", "minLength": 1, "maxLength": MAX_SEARCH, "example": "Рубеж"},
                required=True,
                description="Words; quotation marks, `or` and a minus sign work as usual.",
            ),
            OpenApiParameter(
                "kind",
                {"type": "string", "enum": list(BY_NAME), "example": "events"},
                description="Records of one kind only.",
            ),
            OpenApiParameter(
                "as_of",
                {"type": "string", "format": "date", "example": "2026-02-15"},
                description="Only records that the lists of their kinds have as of this day.",
            ),
            OpenApiParameter(
                "fields",
                build_array_type({"type": "string", "enum": list(FIELDS)})
                | {"example": ["kind", "title"]},
                description="The fields to be answered with; all of them if none is named.",
                explode=False,
                style="form",
            ),
            RECORDED_AT,
        ],
        responses={
            200: OpenApiResponse(
                build_object_type(
                    properties={
                        "query": {"type": "string"},
                        "searched": {
                            "type": "string",
                            "description": "With other spellings of its names.",
                        },
                        "instead": {
                            "type": "string",
                            "description": "What was guessed, as nothing matched; else empty.",
                        },
                        "matches": {
                            "type": "object",
                            "additionalProperties": {"type": "integer"},
                            "description": "How many records of each kind match;"
                            f" at most {CANDIDATES} are counted.",
                        },
                        "results": build_array_type(
                            build_object_type(
                                properties={
                                    name: {
                                        "type": "number" if name == "rank" else "string",
                                        "description": meaning,
                                    }
                                    for name, meaning in FIELDS.items()
                                },
                                description="All fields, or those that `fields` names.",
                            )
                        ),
                    },
                    required=["query", "searched", "instead", "matches", "results"],
                ),
                f"The best {OF_ONE_KIND} of each kind.",
            ),
            **refusals(400, 401, 406, 429),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        found = _looked_for(request._request, "format")
        answer = {
            "query": request.GET["q"].strip(),
            "searched": found.query,
            "instead": found.instead,
            "matches": {group.kind.name: group.matches for group in found.groups},
            "results": rows_of(found, wanted(request.GET, list(FIELDS))),
        }
        return HttpResponse(orjson.dumps(answer), content_type="application/json")


api = public_data(SearchView.as_view())


def file(request: HttpRequest, extension: str, citation: str) -> HttpResponse:
    """What is found, in the format of an extension; raises Http404 where there is no such one."""
    if extension == "json":
        response: HttpResponse = SearchView.as_view()(request)
        return response
    if extension in TABLES:
        format_ = TABLES[extension]
        found = _looked_for(request, *(["bom"] if format_ is CSV else []))
        fields = wanted(request.GET, list(FIELDS))
        chosen = [
            (name, request.GET[name]) for name in ("q", "kind", "as_of") if request.GET.get(name)
        ]
        on_site = not request.path.startswith("/api/")
        return flat.table(
            request,
            "search",
            {name: FIELDS[name] for name in fields},
            [list(row.values()) for row in rows_of(found, fields)],
            format_,
            chosen=chosen,
            citation=citation,
            bom=format_ is CSV and yes(request, "bom", default=on_site),
        )
    if extension == "atom":
        return _feed(request, _looked_for(request), citation)
    raise Http404


def _feed(request: HttpRequest, found: Found, citation: str) -> HttpResponse:
    entries = [
        atom.Entry(
            id=settings.SITE_URL + reverse(f"api:{group.kind.name}-detail", args=[hit.key]),
            title="".join(text for text, _found in hit.title),
            url=settings.SITE_URL + hit.url,
            updated=hit.changed_at,
            published=None,
            summary="".join(text for text, _found in hit.snippet),
        )
        for group in found.groups
        for hit in group.hits
    ]
    query = request.META.get("QUERY_STRING", "")
    body = atom.feed(
        title=_("CSTO Presidency Tracker: %(list)s") % {"list": request.GET["q"]},
        address=settings.SITE_URL + request.get_full_path(),
        page=f"{settings.SITE_URL}{reverse('site:search')}?{query}",
        author=_("CSTO Presidency Tracker"),
        language=str(get_language()),
        citation=citation,
        entries=entries,
    )
    return HttpResponse(body, content_type="application/atom+xml; charset=utf-8")
